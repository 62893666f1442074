// One field of a form: its name, how much of its room is used, and what is wrong with it.
import { createContext, useContext, type ReactNode } from "react";
import { FieldError, Input, Label, Text, TextArea, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";

import { fieldOf, lengthOf } from "./forms";
import type { Problem } from "./outbox";
import styles from "./part-field.module.css";

/** What the server said of this form, if it said anything. */
export const Refusal = createContext<Problem | null>(null);

/** The server's words for what a person can mend, by its stable code. */
const CODES = { empty: "empty", missing: "empty", too_long: "too_long", too_many: "surplus", duplicate: "duplicate", invalid: "invalid", channel_unsupported: "channel_unsupported" } as const;

export function useProblemText(): (problem: Problem) => string {
  const { t } = useTranslation();
  return (problem) => {
    const code = Object.hasOwn(CODES, problem.code) ? CODES[problem.code as keyof typeof CODES] : null;
    return code === null ? (problem.detail ?? t("reason.other")) : t(`problem.${code}`);
  };
}

const SHOWN = /^(latitude|name|address|text|contacts\[0\]\.(name|organization|phones\[\d+\]\.phone|emails\[0\]\.email)|interactive\.(header|footer|button|title|url|buttons\[\d+\]\.title|sections\[\d+\]\.(title|rows\[\d+\]\.(title|description))))$/;

/** Whether a field of the API has one here to stand at. */
export const isFieldShown = (field: string | null) => field !== null && SHOWN.test(field);

interface PartFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The API's name of it, within the part. */
  field: string;
  most?: number;
  lines?: number;
  placeholder?: string;
  type?: "text" | "email" | "tel" | "url";
  /** What was understood, or what else helps. */
  help?: ReactNode;
  error?: string | null;
  autoFocus?: boolean;
}

/** Near its end a field says how much room is left. */
const NEAR = 0.8;

export function PartField({ label, value, onChange, field, most, lines, placeholder, type = "text", help, error = null, autoFocus = false }: PartFieldProps) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  const refusal = useContext(Refusal);
  const refused = refusal !== null && fieldOf(refusal.field) === field ? problemText(refusal) : null;
  const used = lengthOf(value);
  const over = most === undefined ? 0 : used - most;
  const said = over > 0 ? t("form.over", { count: over }) : (error ?? refused);
  const isShort = most !== undefined && most <= 100;
  const shows = most !== undefined && (isShort || used > most * NEAR);
  const direction = type === "text" ? (value === "" ? undefined : "auto") : "ltr";
  const input = { className: styles.input, dir: direction, placeholder };
  return (
    <TextField className={styles.field} value={value} onChange={onChange} isInvalid={said !== null} type={type} autoFocus={autoFocus} autoComplete="off">
      <span className={styles.head}>
        <Label>{label}</Label>
        {shows && (
          <bdi className={styles.count} data-over={over > 0 || undefined} aria-hidden="true" dir="ltr">
            {used}/{most}
          </bdi>
        )}
      </span>
      {lines === undefined ? <Input {...input} /> : <TextArea {...input} rows={lines} />}
      {help !== undefined && said === null && (
        <Text slot="description" className={styles.help}>
          {help}
        </Text>
      )}
      <FieldError className={styles.error}>{said}</FieldError>
    </TextField>
  );
}
