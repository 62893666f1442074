// The one strip over the composer: what is being replied to, or how long one may still write.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Clock, LayoutTemplate, Lock, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import type { Conversation, Message } from "../../api/schemas";
import { Button, IconButton } from "../../design/button";
import { useFormats, useNow } from "../../i18n/formats";
import { timeLeft } from "../inbox/window-pill";
import styles from "./strip.module.css";

/** Loaded when it is first asked for: most days it is not. */
export const TemplatePicker = lazy(async () => ({ default: (await import("./template-picker")).TemplatePicker }));

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

/** Which ways are open now: asked when the window moves. */
export const sendOptionsQuery = (row: Conversation) =>
  queryOptions({
    queryKey: ["conversation", row.id, "send-options", row.window.state, row.window.closes_at],
    queryFn: ({ signal }) => api.sendOptions(row.id, { signal }),
    staleTime: 60_000,
  });

/** Why it is shut, and what is possible now; the 24 hours are WhatsApp's rule. */
export function ClosedPanel({ row, seen }: { row: Conversation; seen: number }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { data } = useQuery(sendOptionsQuery(row));
  const [picking, setPicking] = useState(false);
  const isWhatsApp = row.channel.type === "whatsapp";
  const free = data?.options.find((option) => option.path === "free_form");
  const template = data?.options.find((option) => option.path === "template" && option.open);
  const never = free?.closed?.code === "window_never_opened";
  return (
    <div className={styles.closed}>
      <Lock size={18} aria-hidden="true" />
      <div className={styles.why}>
        <strong>{never ? t("window.never") : t("window.closed")}</strong>
        {isWhatsApp && <p>{t("window.closed_text")}</p>}
        {isWhatsApp && <p>{t("window.closed_next")}</p>}
        {template !== undefined && (
          <p className={styles.way}>
            <Button onPress={() => setPicking(true)}>
              <LayoutTemplate size={16} aria-hidden="true" /> {t("template.choose")}
            </Button>
            <span>{template.free_until === null ? t("template.price_category") : t("template.price_free", { time: formats.whole(template.free_until) })}</span>
          </p>
        )}
      </div>
      {picking && (
        <Suspense fallback={null}>
          <TemplatePicker row={row} seen={seen} isOpen onClose={() => setPicking(false)} />
        </Suspense>
      )}
    </div>
  );
}
