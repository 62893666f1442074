// The one strip over the composer: what is being replied to, or how long one may still write.
import { Clock, Lock, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Conversation, Message } from "../../api/schemas";
import { IconButton } from "../../design/button";
import { useFormats, useNow } from "../../i18n/formats";
import { timeLeft } from "../inbox/window-pill";
import styles from "./strip.module.css";

const HOUR = 3_600_000;

export function Strip({ row, quoted, onCancelReply }: { row: Conversation; quoted: Message | null; onCancelReply: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const now = useNow();
  if (quoted !== null) {
    const name = quoted.direction === "inbound" ? row.contact.name : quoted.author.name;
    return (
      <div className={styles.quote}>
        <div className={styles.quoted}>
          <strong>{t("composer.replying_to", { name: `\u2068${name}\u2069` })}</strong>
          <span dir="auto">{quoted.text ?? t(`kind.${quoted.type}`)}</span>
        </div>
        <IconButton label={t("composer.cancel_reply")} onPress={onCancelReply}>
          <X size={16} />
        </IconButton>
      </div>
    );
  }
  const left = timeLeft(row.window, now);
  if (left === null) return null;
  return (
    <p className={styles.window} data-soon={left <= HOUR || undefined}>
      <Clock size={14} aria-hidden="true" />
      {t("window.left_hours", { time: formats.span(left) })}
    </p>
  );
}

/** Why it is shut, and what is possible now; the 24 hours are WhatsApp's rule. */
export function ClosedPanel({ channel }: { channel: string }) {
  const { t } = useTranslation();
  return (
    <div className={styles.closed}>
      <Lock size={18} aria-hidden="true" />
      <div>
        <strong>{t("window.closed")}</strong>
        {channel === "whatsapp" && <p>{t("window.closed_text")}</p>}
        {channel === "whatsapp" && <p>{t("window.closed_next")}</p>}
      </div>
    </div>
  );
}
