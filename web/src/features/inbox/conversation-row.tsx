// One row of the list: who, when, what last, and the one thing that matters most now.
import { memo } from "react";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../../api/schemas";
import { Avatar } from "../../design/avatar";
import { useFormats, useNow } from "../../i18n/formats";
import { useDraft } from "../conversation/drafts";
import { KindIcon } from "../conversation/kind-icon";
import { isShownAsText } from "../conversation/shown";
import { useMe } from "../session/session";
import styles from "./conversation-row.module.css";
import { WindowPill, urgency } from "./window-pill";

interface RowProps {
  row: Conversation;
  /** Distance from the list's start, in pixels. */
  top: number;
  position: number;
  /** -1: not known yet. */
  total: number;
  isSelected: boolean;
  isActive: boolean;
  onOpen: () => void;
}

export const ConversationRow = memo(function ConversationRow({ row, top, position, total, isSelected, isActive, onOpen }: RowProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const now = useNow();
  const type = row.channel.type;
  const channel = type in CHANNELS ? t(`channel.${type as keyof typeof CHANNELS}`) : t("channel.other");
  return (
    // The keys are the listbox's: it has the focus, and names the active row.
    <div
      id={`row-${row.id}`}
      role="option"
      aria-selected={isSelected}
      aria-posinset={position}
      aria-setsize={total}
      className={styles.row}
      data-active={isActive || undefined}
      data-unread={row.unread_count > 0 || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onOpen}
    >
      <Avatar id={row.contact.id} name={row.contact.name} url={row.contact.avatar_url} size={36} channel={type} />
      <div className={styles.text}>
        <div className={styles.line}>
          <bdi className={styles.name}>{row.contact.name}</bdi>
          <span className={styles.spoken}>{t("list.via", { channel, account: row.channel.name })}</span>
          <time className={styles.time} dateTime={row.last_message_at}>
            {formats.age(row.last_message_at, now)}
          </time>
        </div>
        <div className={styles.line}>
          <Preview row={row} />
          <End row={row} now={now} />
        </div>
      </div>
    </div>
  );
});

const CHANNELS = { whatsapp: true, messenger: true, instagram: true, line: true };

function Preview({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const me = useMe();
  const draft = useDraft(me.user.id, row.id);
  if (draft !== null && draft.text.trim() !== "") {
    return (
      <span className={styles.preview}>
        <span className={styles.draft}>{t("list.draft")}</span>
        <bdi className={styles.words}>{draft.text}</bdi>
      </span>
    );
  }
  const type = row.last_message_type ?? "text";
  const text = row.last_message_preview;
  const words = text !== "" ? text : isShownAsText(type) ? "" : t(`kind.${type}`);
  return (
    <span className={styles.preview}>
      {row.last_message_direction === "outbound" && <span>{t("list.you_said")}</span>}
      {!isShownAsText(type) && <KindIcon type={type} />}
      <bdi className={styles.words}>{words}</bdi>
    </span>
  );
}

/** The end of the second line has room for one thing. */
function End({ row, now }: { row: Conversation; now: number }) {
  const { t } = useTranslation();
  const isUrgent = urgency(row.window, now) !== null;
  return (
    <span className={styles.end}>
      {isUrgent && <WindowPill window={row.window} now={now} />}
      {row.unread_count > 0 ? (
        <span className={styles.unread}>
          <span aria-hidden="true">{row.unread_count > 99 ? "99+" : row.unread_count}</span>
          <span className={styles.spoken}>{t("list.unread", { count: row.unread_count })}</span>
        </span>
      ) : (
        row.assigned_to !== null && (
          <>
            <Avatar id={row.assigned_to.id} name={row.assigned_to.name} size={18} />
            <span className={styles.spoken}>{t("list.assigned", { name: row.assigned_to.name })}</span>
          </>
        )
      )}
    </span>
  );
}
