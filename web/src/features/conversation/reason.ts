// Why something was not sent, in the agent's language, by the server's stable word for it.
import { useTranslation } from "react-i18next";

import type en from "../../i18n/en.json";

type Reason = keyof typeof en.reason;

/** Many words, fewer sentences: what an agent can do about it is what counts. */
const REASONS: Record<string, Reason> = {
  window_closed: "window_closed",
  previous_part: "previous_part",
  token_refused: "unauthorized",
  reconnect_needed: "unauthorized",
  permission_missing: "account",
  account_gone: "account",
  account_blocked: "account",
  display_name_missing: "account",
  payment_problem: "account",
  undeliverable: "unreachable",
  no_address: "unreachable",
  phone_needed: "unreachable",
  contact_blocked: "unreachable",
  country_not_allowed: "unreachable",
  not_allowed_in_test: "unreachable",
  rate_limited: "throttled",
  spam_limited: "throttled",
  channel_unavailable: "throttled",
  channel_unreachable: "throttled",
  opted_out: "opted_out",
  held_back: "held_back",
  cancelled: "cancelled",
  number_not_registered: "account",
  terms_not_accepted: "account",
  marketing_not_allowed: "account",
  identity_changed: "unreachable",
  template_syncing: "throttled",
  template_parameters: "template",
  template_missing: "template",
  template_too_long: "template",
  template_policy: "template",
  template_paused: "template",
  template_disabled: "template",
  template_not_approved: "template",
  template_unsupported: "template",
  unknown_template: "template",
  unknown_parameter: "template",
  media_refused: "file",
  file_missing: "file",
  unknown_upload: "file_gone",
  content_mismatch: "file",
  codec_not_taken: "file",
  type_not_taken: "file",
  too_large: "file",
  file_unreadable: "throttled",
  flow_blocked: "rejected",
  not_offered: "rejected",
  rejected: "rejected",
  not_ahead: "time_over",
  forbidden: "forbidden",
};

export function useReason(): (code: string, title: string | null) => string {
  const { t } = useTranslation();
  return (code, title) => {
    const reason = REASONS[code];
    if (reason !== undefined) return t(`reason.${reason}`);
    // A word that this version does not know: the server's own sentence says more than "something".
    return title ?? t("reason.other");
  };
}
