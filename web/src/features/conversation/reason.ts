// Why something was not sent, in the agent's language, by the server's stable word for it.
import { useTranslation } from "react-i18next";

const REASONS = ["window_closed", "previous_part", "unauthorized", "not_on_channel", "throttled", "too_long", "rejected", "forbidden"] as const;

export function useReason(): (code: string, title: string | null) => string {
  const { t } = useTranslation();
  return (code, title) => {
    const reason = REASONS.find((known) => known === code);
    if (reason !== undefined) return t(`reason.${reason}`);
    // A word that this version does not know: the server's own sentence says more than "something".
    return title ?? t("reason.other");
  };
}
