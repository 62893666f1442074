// Sign in: e-mail, password, and the workspace when the person has several.
import { useState, type SyntheticEvent } from "react";
import { FieldError, Form, Input, Label, Text, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";

import { Refused } from "../../api/failure";
import { Button } from "../../design/button";
import fields from "../../design/field.module.css";
import { RequestId, useWhy } from "../../design/notice";
import { LANGUAGES, type Language } from "../../i18n";
import { prefer } from "../preferences/preferences";
import { signIn } from "./session";
import styles from "./sign-in.module.css";

export function SignIn() {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [tenants, setTenants] = useState<readonly string[] | null>(null);

  async function submit(event: SyntheticEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => {
      const value = form.get(name);
      return typeof value === "string" ? value : "";
    };
    const tenant = field("tenant").trim();
    setBusy(true);
    setFailure(null);
    try {
      await signIn({ email: field("email").trim(), password: field("password"), ...(tenant === "" ? {} : { tenant }) });
    } catch (error) {
      if (wantsTenant(error)) setTenants(error.tenants);
      setFailure(wantsTenant(error) && tenant === "" ? null : error);
      setBusy(false);
    }
  }

  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <img src="/icon.svg" alt="" width={40} height={40} />
        <h1 className={styles.title}>{t("sign_in.title")}</h1>
        <p className={styles.lead}>{t("sign_in.lead")}</p>
        <Form className={styles.form} onSubmit={(event) => void submit(event)}>
          <Field name="email" label={t("sign_in.email")} type="email" autoComplete="username" />
          <Field name="password" label={t("sign_in.password")} type="password" autoComplete="current-password" />
          {tenants !== null && tenants.length === 0 && <Field name="tenant" label={t("sign_in.tenant")} type="text" autoComplete="organization" help={t("sign_in.tenant_help")} />}
          {tenants !== null && tenants.length > 0 && <Workspaces slugs={tenants} />}
          {failure !== null && <Refusal error={failure} />}
          <Button type="submit" look="accent" isDisabled={busy} className={styles.submit}>
            {busy ? t("sign_in.busy") : t("sign_in.submit")}
          </Button>
        </Form>
      </div>
      <Languages />
    </main>
  );
}

function Workspaces({ slugs }: { slugs: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.choices}>
      <legend>{t("sign_in.tenant")}</legend>
      {slugs.map((slug, index) => (
        <label key={slug} className={styles.choice}>
          <input type="radio" name="tenant" value={slug} defaultChecked={index === 0} required />
          <span dir="ltr">{slug}</span>
        </label>
      ))}
    </fieldset>
  );
}

function wantsTenant(error: unknown): error is Refused {
  return error instanceof Refused && (error.code === "tenant_required" || error.field === "tenant");
}

function Refusal({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const why = useWhy(error);
  const wrong = error instanceof Refused && (error.status === 401 || error.status === 403);
  return (
    <div role="alert" className={fields.refusal}>
      <p>{wrong ? t("sign_in.wrong") : why}</p>
      {!wrong && <RequestId error={error} />}
    </div>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type: string;
  autoComplete: string;
  help?: string;
}

function Field({ name, label, type, autoComplete, help }: FieldProps) {
  const { t } = useTranslation();
  return (
    <TextField name={name} type={type} isRequired autoComplete={autoComplete} className={fields.field} autoFocus={name !== "password"}>
      <Label>{label}</Label>
      {/* Addresses and short names are written left to right in every language. */}
      <Input dir="ltr" className={fields.input} />
      {help !== undefined && (
        <Text slot="description" className={fields.help}>
          {help}
        </Text>
      )}
      <FieldError className={fields.error}>{({ validationDetails, validationErrors }) => (validationDetails.valueMissing ? t("sign_in.required") : validationErrors.join(" "))}</FieldError>
    </TextField>
  );
}

function Languages() {
  const { t, i18n } = useTranslation();
  return (
    <nav className={styles.languages} aria-label={t("sign_in.language")}>
      {(Object.keys(LANGUAGES) as Language[]).map((code) => (
        <Button key={code} look="quiet" aria-pressed={i18n.language === code} className={styles.language} onPress={() => prefer({ language: code })}>
          <span lang={code}>{LANGUAGES[code].name}</span>
        </Button>
      ))}
    </nav>
  );
}
