// A new template is written, seen as the customer will see it, and handed in to the channel.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import type { Channel } from "../../api/schemas";
import { Button } from "../../design/button";
import { Empty } from "../../design/notice";
import { say } from "../../design/toasts";
import { useAccount } from "../channels/channels";
import { Page } from "../channels/page";
import { uploads, useUploads, type Upload } from "../conversation/uploads";
import { may, useMe } from "../session/session";
import { emptyDraft, fileKindOf, keepDraft, keptDraft, requestOf, shownOf, type Draft } from "./draft";
import { problemsOf, useRefusal } from "./problems";
import { Refusal } from "./refusal";
import { TemplateBubble } from "./template-bubble";
import { Wrongs } from "./template-field";
import { AboutFields, WordFields } from "./template-form";
import styles from "./template-form.module.css";
import { takeTemplate } from "./templates";

export function NewTemplateScreen() {
  const { t } = useTranslation();
  const { account: id = "" } = useParams({ strict: false });
  const me = useMe();
  const navigate = useNavigate();
  const account = useAccount(id);
  const leave = () => void navigate({ to: "/channels/$account/templates", params: { account: id } });
  return (
    <Page isWide title={t("templates.new")} back={t("template.back")} onBack={leave}>
      {!may(me, "channel:manage") ? (
        <Empty text={t("templates.ask")} />
      ) : account === null ? (
        <Empty text={t("templates.gone")} />
      ) : (
        account !== undefined && (account.type === "whatsapp" ? <Form key={id} account={account} onLeave={leave} /> : <Empty text={t("templates.refused.no_templates")} />)
      )}
    </Page>
  );
}

/** The language that most templates of whoever reads this language are in. */
const languageOf = (language: string) => (language === "en" ? "en_US" : language);

function Form({ account, onLeave }: { account: Channel; onLeave: () => void }) {
  const { t, i18n } = useTranslation();
  const { user } = useMe();
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const list = `channel/${account.type}/${account.id}`;
  const file = useUploads(list)[0] ?? null;
  const [draft, setDraft] = useState<Draft>(() => keptDraft(user.id, account.id) ?? emptyDraft(languageOf(i18n.language)));
  const [tries, setTries] = useState(0);
  const { mutate, reset, isPending, error } = useMutation({
    mutationFn: () => api.createTemplate(account.id, requestOf(draft, fileKindOf(draft.headerKind) === null ? null : (file?.uploadId ?? null))),
    onSuccess: (now) => {
      takeTemplate(queries, account.id, now);
      forget();
      say(t("templates.handed_in", { name: `\u2068${now.name}\u2069` }));
    },
  });
  const refusal = useRefusal(error);
  const problems = tries === 0 ? {} : problemsOf(draft, file);
  useEffect(() => focusFirst(form.current), [tries, error]);

  function change(change: Partial<Draft>): void {
    const next = { ...draft, ...change };
    setDraft(next);
    keepDraft(user.id, account.id, next);
    reset();
  }

  function forget(): void {
    uploads.clear(list);
    keepDraft(user.id, account.id, null);
    onLeave();
  }

  function submit(event: SyntheticEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (isPending) return;
    setTries(tries + 1);
    if (Object.keys(problemsOf(draft, file)).length === 0) mutate();
  }

  function wrong(field: string): string | null {
    if (refusal !== null && refusal.field === field) return refusal.text;
    const known = problems[field];
    return known === undefined ? null : t(`templates.wrong.${known}`);
  }

  const fields = { draft, onChange: change };
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate aria-label={t("templates.new")}>
      <Wrongs.Provider value={wrong}>
        <div className={styles.fields}>
          <p className={styles.note}>{t("templates.lead", { name: `\u2068${account.name}\u2069` })}</p>
          <AboutFields {...fields} />
          <WordFields {...fields} list={list} file={file} />
        </div>
      </Wrongs.Provider>
      <section className={styles.preview} aria-label={t("template.preview")}>
        <p className={styles.note}>{t("template.preview")}</p>
        <Preview draft={draft} file={file} />
      </section>
      <div className={styles.ends}>
        {refusal !== null && <Refusal refusal={refusal} error={error} draft={draft} />}
        <Button look="quiet" onPress={forget}>
          {t("templates.discard")}
        </Button>
        <Button type="submit" look="accent" isDisabled={isPending}>
          {t(isPending ? "templates.handing_in" : "templates.hand_in")}
        </Button>
      </div>
    </form>
  );
}

function Preview({ draft, file }: { draft: Draft; file: Upload | null }) {
  const { t } = useTranslation();
  const shown = shownOf(draft);
  const isEmpty = shown.header === null && shown.body.trim() === "" && shown.footer === null && shown.buttons.length === 0;
  return isEmpty ? <p>{t("templates.nothing_yet")}</p> : <TemplateBubble template={shown} values={draft.examples} file={file} />;
}

/** Whoever cannot see the whole form is led to what is to be mended. */
function focusFirst(form: HTMLFormElement | null): void {
  const first = form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-wrong]');
  const field = first?.matches("input, textarea, select") === true ? first : first?.querySelector<HTMLElement>('input[type="radio"], button');
  field?.focus();
}
