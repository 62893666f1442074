// Connects a WhatsApp number by its token, or gives one that is known another.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent } from "react";
import { Dialog, FieldError, Form, Heading, Input, Label, Modal, ModalOverlay, Text, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import { Refused } from "../../api/failure";
import type { Channel } from "../../api/schemas";
import { Button } from "../../design/button";
import fields from "../../design/field.module.css";
import menu from "../../design/menu.module.css";
import { RequestId, useWhy } from "../../design/notice";
import { takeChannel } from "./channels";
import styles from "./channels.module.css";

/** As the API names them. */
const FIELDS = ["name", "display_phone_number", "phone_number_id", "waba_id", "access_token", "pin"] as const;
type Field = (typeof FIELDS)[number];

/** What a reconnect cannot do without; the rest is known. */
const OF_RECONNECT: readonly Field[] = ["access_token", "pin"];
const NEEDED: readonly Field[] = ["name", "phone_number_id", "access_token"];
/** Digits alone: a token's neighbours are easily pasted in their place. */
const DIGITS: readonly Field[] = ["phone_number_id", "waba_id", "pin"];

interface ConnectDialogProps {
  /** `null` for a number that is new here. */
  account: Channel | null;
  onClose: () => void;
}

export function ConnectDialog({ account, onClose }: ConnectDialogProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: api.connectChannel,
    onSuccess: (now) => {
      takeChannel(queries, now);
      onClose();
    },
  });
  const refusal = useRefusal(error);

  function submit(event: SyntheticEvent<HTMLFormElement>): void {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const known: Partial<Record<Field, string | null>> = account ?? {};
    const value = (field: Field) => {
      const text = typed.get(field);
      return typeof text === "string" && text.trim() !== "" ? text.trim() : (known[field] ?? null);
    };
    mutate(Object.fromEntries(FIELDS.flatMap((field) => [[field, value(field)] as const]).filter(([, text]) => text !== null)));
  }

  return (
    <ModalOverlay className={menu.veil} isOpen onOpenChange={onClose}>
      <Modal className={menu.dialog}>
        <Dialog className={menu.body}>
          <Heading slot="title" className={menu.title}>
            {account === null ? t("channels.connect_title") : t("channels.reconnect_title", { name: account.name })}
          </Heading>
          <p className={menu.quiet}>{t("channels.where")}</p>
          <Form className={styles.form} onSubmit={submit} validationErrors={refusal.at}>
            {(account === null ? FIELDS : OF_RECONNECT).map((field, place) => (
              <ConnectField key={field} field={field} autoFocus={place === 0} />
            ))}
            {refusal.text !== null && (
              <div role="alert" className={fields.refusal}>
                <p>{refusal.text}</p>
                <RequestId error={error} />
              </div>
            )}
            <div className={menu.ends}>
              <Button slot="close">{t("channels.cancel")}</Button>
              <Button type="submit" look="accent" isDisabled={isPending}>
                {t(isPending ? "channels.connecting" : account === null ? "channels.connect" : "channels.reconnect")}
              </Button>
            </div>
          </Form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function ConnectField({ field, autoFocus }: { field: Field; autoFocus: boolean }) {
  const { t } = useTranslation();
  const isNeeded = NEEDED.includes(field);
  const isDigits = DIGITS.includes(field);
  return (
    <TextField name={field} type={field === "access_token" ? "password" : "text"} inputMode={isDigits ? "numeric" : undefined} isRequired={isNeeded} autoComplete="off" autoFocus={autoFocus} className={fields.field}>
      <Label>{t(`channels.field.${field}`)}</Label>
      <Input className={fields.input} dir={field === "name" ? "auto" : "ltr"} />
      {field !== "name" && field !== "access_token" && (
        <Text slot="description" className={fields.help}>
          {t(`channels.help.${field}`)}
        </Text>
      )}
      <FieldError className={fields.error}>{({ validationDetails, validationErrors }) => (validationDetails.valueMissing ? t("sign_in.required") : validationErrors.join(" "))}</FieldError>
    </TextField>
  );
}

const CODES = ["token_refused", "not_owned", "channel_taken", "pin_refused", "number_unverified", "channel_refused", "registration_waits", "no_number"] as const;

/** What a refusal says: at the field that it names, else below them all. */
function useRefusal(error: unknown): { text: string | null; at: Record<string, string> } {
  const { t } = useTranslation();
  const why = useWhy(error);
  if (error === null) return { text: null, at: {} };
  const code = error instanceof Refused ? CODES.find((one) => one === error.code) : undefined;
  const text = code !== undefined ? t(`channels.refused.${code}`) : error instanceof Refused && error.status === 422 ? t("channels.refused.invalid") : why;
  const field = error instanceof Refused ? FIELDS.find((one) => one === error.field) : undefined;
  return field === undefined ? { text, at: {} } : { text: null, at: { [field]: text } };
}
