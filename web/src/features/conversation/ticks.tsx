// How a send stands, in one small sign: clock, ✓, ✓✓, ✓✓ in accent, or what went wrong.
import { CalendarClock, Check, CheckCheck, CircleAlert, CircleHelp, CirclePause, Clock, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { DeliveryStatus } from "../../api/schemas";
import styles from "./ticks.module.css";

type Sign = DeliveryStatus | "sending" | "scheduled";

const SIGNS: Record<Sign, LucideIcon> = {
  sending: Clock,
  scheduled: CalendarClock,
  queued: Clock,
  parked: CirclePause,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert,
  unknown: CircleHelp,
};

export function Ticks({ status }: { status: Sign }) {
  const { t } = useTranslation();
  const Sign = SIGNS[status];
  const spoken = t(`delivery.${status}`);
  return (
    <span className={styles.ticks} data-status={status} role="img" aria-label={spoken} title={spoken}>
      <Sign size={15} strokeWidth={2.25} aria-hidden="true" />
    </span>
  );
}
