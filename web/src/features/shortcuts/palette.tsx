// ⌘K: commands and conversations by name.
import { Command } from "cmdk";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";

import { Avatar } from "../../design/avatar";
import menu from "../../design/menu.module.css";
import { assign, setStatus } from "../inbox/act";
import { useGo, usePlace } from "../inbox/place";
import { STATUSES, VIEWS, useKnownConversations } from "../inbox/rows";
import { may, useMe } from "../session/session";
import styles from "./palette.module.css";
import { show, usePanel } from "./panels";

/** Names found among the newest of those we know; more would only slow the typing. */
const NAMES = 200;

export function Palette() {
  const { t } = useTranslation();
  return (
    <ModalOverlay className={menu.veil} data-place="high" isDismissable isOpen={usePanel() === "palette"} onOpenChange={(open) => show(open ? "palette" : null)}>
      <Modal className={menu.dialog}>
        <Dialog aria-label={t("shortcuts.palette")} className={styles.dialog}>
          <Commands />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Commands() {
  const { t } = useTranslation();
  const go = useGo();
  const { conversation } = usePlace();
  const me = useMe();
  const rows = useKnownConversations();
  const open = conversation === null ? undefined : rows.find((row) => row.id === conversation);
  const then = (act: () => void) => () => {
    show(null);
    act();
  };
  return (
    <Command label={t("shortcuts.palette")} loop>
      <Command.Input autoFocus placeholder={t("palette.placeholder")} className={styles.input} dir="auto" />
      <Command.List className={styles.list}>
        <Command.Empty className={styles.empty}>{t("palette.empty")}</Command.Empty>
        {open !== undefined && may(me, "conversation:update") && (
          <Command.Group heading={t("palette.actions")} className={styles.group}>
            <Item text={`${t("assign.title")}: ${t("assign.me")}`} onSelect={then(() => assign(open.id, { id: me.user.id, name: me.user.name }))} />
            <Item text={`${t("assign.title")}: ${t("assign.nobody")}`} onSelect={then(() => assign(open.id, null))} />
            {STATUSES.filter((status) => status !== open.status).map((status) => (
              <Item key={status} text={t("status.label", { status: t(`state.${status}`) })} onSelect={then(() => setStatus(open.id, status))} />
            ))}
          </Command.Group>
        )}
        <Command.Group heading={t("palette.go")} className={styles.group}>
          {VIEWS.map((view) => (
            <Item key={view} text={t(`nav.${view}`)} onSelect={then(() => go({ view, conversation: null }))} />
          ))}
          <Item text={t("nav.shortcuts")} onSelect={then(() => show("help"))} />
        </Command.Group>
        <Command.Group heading={t("palette.conversations")} className={styles.group}>
          {rows.slice(0, NAMES).map((row) => (
            <Command.Item key={row.id} value={`${row.contact.name} ${row.id}`} className={styles.item} onSelect={then(() => go({ conversation: row.id }))}>
              <Avatar id={row.contact.id} name={row.contact.name} url={row.contact.avatar_url} size={24} />
              <bdi>{row.contact.name}</bdi>
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command>
  );
}

function Item({ text, onSelect }: { text: string; onSelect: () => void }) {
  return (
    <Command.Item value={text} className={styles.item} onSelect={onSelect}>
      {text}
    </Command.Item>
  );
}
