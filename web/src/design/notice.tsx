// What a screen says when it has nothing to show: why, and what to do next.
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Malformed, Refused, Unreachable } from "../api/failure";
import { Button } from "./button";
import styles from "./notice.module.css";

export function Empty({ icon, text, hint, children }: { icon?: ReactNode; text: string; hint?: string; children?: ReactNode }) {
  return (
    <div className={styles.notice}>
      {icon !== undefined && <span className={styles.icon}>{icon}</span>}
      <p className={styles.text}>{text}</p>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      {children}
    </div>
  );
}

/** What happened, why in words, the request to name to whoever helps, and another try. */
export function Failure({ what, error, onAgain }: { what: string; error: unknown; onAgain: () => void }) {
  const { t } = useTranslation();
  const why = useWhy(error);
  return (
    <div className={styles.notice} role="alert">
      <p className={styles.text}>{what}</p>
      <p className={styles.hint}>{why}</p>
      <Button onPress={onAgain}>{t("error.again")}</Button>
      <RequestId error={error} />
    </div>
  );
}

export function RequestId({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!(error instanceof Refused) || error.requestId === null) return null;
  return <p className={styles.request}>{t("error.request", { id: `\u2066${error.requestId}\u2069` })}</p>;
}

export function useWhy(error: unknown): string {
  const { t } = useTranslation();
  if (error instanceof Unreachable) return t("error.network");
  if (error instanceof Malformed) return t("error.malformed");
  if (error instanceof Refused && error.status === 403) return t("error.forbidden");
  return t("error.unexpected");
}
