// Who is on the other side, and how this conversation stands.
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../../api/schemas";
import { Avatar, ChannelGlyph } from "../../design/avatar";
import { IconButton } from "../../design/button";
import { useFormats, useNow } from "../../i18n/formats";
import { useGo } from "../inbox/place";
import { useKnownConversations } from "../inbox/rows";
import { timeLeft } from "../inbox/window-pill";
import styles from "./contact-panel.module.css";

export function ContactPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const rows = useKnownConversations();
  const row = rows.find((each) => each.id === id);
  return (
    <aside className={styles.panel} aria-label={t("contact.label")}>
      <header className={styles.head}>
        <h2>{t("contact.label")}</h2>
        <IconButton label={t("contact.hide")} onPress={onClose}>
          <X size={18} />
        </IconButton>
      </header>
      {row !== undefined && <Person row={row} others={rows.filter((each) => each.contact.id === row.contact.id && each.id !== row.id)} />}
    </aside>
  );
}

function Person({ row, others }: { row: Conversation; others: readonly Conversation[] }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const now = useNow();
  const left = timeLeft(row.window, now);
  return (
    <div className={styles.body}>
      <div className={styles.person}>
        <Avatar id={row.contact.id} name={row.contact.name} url={row.contact.avatar_url} size={64} />
        <h3 dir="auto">{row.contact.name}</h3>
        <p className={styles.channel}>
          <ChannelGlyph type={row.channel.type} />
          <bdi>{row.channel.name}</bdi>
        </p>
      </div>
      <section className={styles.section}>
        <h4>{t("contact.details")}</h4>
        <dl className={styles.facts}>
          <Fact name={t("contact.status")}>{t(`state.${row.status}`)}</Fact>
          <Fact name={t("contact.assignee")}>
            {row.assigned_to === null ? (
              t("assign.nobody")
            ) : (
              <span className={styles.who}>
                <Avatar id={row.assigned_to.id} name={row.assigned_to.name} size={18} />
                <bdi>{row.assigned_to.name}</bdi>
              </span>
            )}
          </Fact>
          <Fact name={t("contact.last_message")}>{formats.whole(row.last_message_at)}</Fact>
          {left !== null && (
            <Fact name={t("contact.window")}>
              {left > 0 && row.window.closes_at !== null ? t("contact.window_open", { time: formats.whole(row.window.closes_at) }) : t("window.closed")}
            </Fact>
          )}
        </dl>
      </section>
      {others.length > 0 && <Others rows={others} />}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Others({ rows }: { rows: readonly Conversation[] }) {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <section className={styles.section}>
      <h4>{t("contact.others")}</h4>
      <ul className={styles.others}>
        {rows.map((row) => (
          <li key={row.id}>
            <button type="button" onClick={() => go({ conversation: row.id })}>
              <ChannelGlyph type={row.channel.type} />
              <bdi>{row.last_message_preview === "" ? row.channel.name : row.last_message_preview}</bdi>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
