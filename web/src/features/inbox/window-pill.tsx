// How long the channel still lets us write freely.
import { Clock } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../../api/schemas";
import { useFormats } from "../../i18n/formats";
import styles from "./window-pill.module.css";

const HOUR = 3_600_000;

export type Window = Conversation["window"];
export type Urgency = "shut" | "danger" | "warning";

/** Milliseconds until it shuts; zero when it has; null where the channel has no window. */
export function timeLeft(window: Window, now: number): number | null {
  // The server's word may be minutes old: its end has passed here before the next word comes.
  if (window.closes_at === null) return window.state === "closed" ? 0 : null;
  return window.state === "closed" ? 0 : Math.max(0, new Date(window.closes_at).getTime() - now);
}

/** Within four hours it warns, within one it presses; before that it is nobody's concern. */
export function urgency(window: Window, now: number): Urgency | null {
  const left = timeLeft(window, now);
  if (left === null || left > 4 * HOUR) return null;
  if (left === 0) return "shut";
  return left <= HOUR ? "danger" : "warning";
}

export function WindowPill({ window, now }: { window: Window; now: number }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const how = urgency(window, now);
  const left = timeLeft(window, now);
  if (how === null || left === null) return null;
  const time = formats.roughSpan(left);
  const spoken = how === "shut" ? t("window.closed") : t("window.row", { time });
  return (
    <span className={styles.pill} data-urgency={how} title={spoken}>
      <Clock size={12} aria-hidden="true" />
      <span aria-hidden="true">{how === "shut" ? t("window.shut") : time}</span>
      <span className={styles.spoken}>{spoken}</span>
    </span>
  );
}
