// What is wrong with a template that is being written, by the API's names of its fields: as far as we know, and as the server says.
import { useTranslation } from "react-i18next";

import { Refused } from "../../api/failure";
import { useWhy } from "../../design/notice";
import { lengthOf } from "../conversation/forms";
import { placesIn } from "../conversation/templates";
import type { Upload } from "../conversation/uploads";
import { LIMITS, examplesOf, fileKindOf, hasExample, headerOf, type Draft, type DraftButton } from "./draft";

/** Each has its sentence in the texts. */
export type Wrong = "empty" | "too_long" | "name" | "category" | "edges" | "places" | "one_place" | "url" | "file" | "file_waits" | "file_gone" | "file_type" | "file_large" | "invalid";

export type Problems = Readonly<Partial<Record<string, Wrong>>>;

/** By the API's rules, so that most is mended before anybody is asked. */
export function problemsOf(draft: Draft, file: Upload | null): Problems {
  const found: [string, Wrong | null][] = [
    ["name", filled(draft.name, LIMITS.name) ?? (/^[a-z0-9_]+$/.test(draft.name.trim()) ? null : "name")],
    ["category", draft.category === null ? "category" : null],
    ["header", draft.headerKind === "text" ? headerProblem(draft) : null],
    ["media.upload_id", fileKindOf(draft.headerKind) === null ? null : fileProblem(file)],
    ["body", filled(draft.body, LIMITS.body) ?? bodyProblem(draft)],
    ["footer", within(draft.footer, LIMITS.footer)],
    ...examplesOf(draft, "header").map((field) => example(draft, field)),
    ...examplesOf(draft, "body").map((field) => example(draft, field)),
    ...draft.buttons.flatMap(buttonProblems),
  ];
  return Object.fromEntries(found.filter((entry): entry is [string, Wrong] => entry[1] !== null));
}

const within = (text: string, most: number): Wrong | null => (lengthOf(text) > most ? "too_long" : null);
const filled = (text: string, most: number): Wrong | null => (text.trim() === "" ? "empty" : within(text, most));

const example = (draft: Draft, field: string): [string, Wrong | null] => [`examples.${field}`, filled(draft.examples[field] ?? "", LIMITS.example)];

function headerProblem(draft: Draft): Wrong | null {
  const names = placesIn(draft.header);
  return filled(draft.header, LIMITS.header) ?? (names.length > 1 ? "one_place" : fit(names, draft) ? null : "places");
}

function bodyProblem(draft: Draft): Wrong | null {
  const body = draft.body.trim();
  if (body.startsWith("{{") || body.endsWith("}}")) return "edges";
  return fit(placesIn(body), draft) ? null : "places";
}

/** All are numbered from 1 without a hole, or all have names; the header's and the body's alike. */
function fit(names: readonly string[], draft: Draft): boolean {
  const isNumbered = [...placesIn(draft.body), ...placesIn(headerOf(draft))].every((name) => /^\d+$/.test(name));
  if (!isNumbered) return names.every((name) => /^[a-z][a-z0-9_]*$/.test(name));
  return names.every((name) => Number(name) >= 1 && Number(name) <= names.length && name === String(Number(name)));
}

function fileProblem(file: Upload | null): Wrong | null {
  if (file === null || file.state === "failed") return "file";
  return file.state === "uploading" ? "file_waits" : null;
}

function buttonProblems(button: DraftButton, index: number): [string, Wrong | null][] {
  const at = `buttons[${index}]`;
  const words: [string, Wrong | null] = [`${at}.text`, button.type === "copy_code" ? null : filled(button.text, LIMITS.button)];
  const shown: [string, Wrong | null] = [`examples.buttons.${index}`, hasExample(button) ? filled(button.example, button.type === "url" ? LIMITS.url : LIMITS.code) : null];
  switch (button.type) {
    case "quick_reply":
      return [words];
    case "url":
      return [words, [`${at}.url`, filled(button.target.replace(/^https:\/\/$/, ""), LIMITS.url) ?? (isAddress(button.target.trim()) ? null : "url")], shown];
    case "phone_number":
      return [words, [`${at}.phone_number`, filled(button.target, LIMITS.phone)]];
    case "copy_code":
      return [shown];
  }
}

/** It may end in one place, and has none elsewhere. */
const isAddress = (url: string) => /^https:\/\/[^\s{}]+(\{\{[^{}]+\}\})?$/.test(url);

/** The server's words that say more than "invalid", whatever the field. */
const CODES: Readonly<Partial<Record<string, Wrong>>> = {
  empty: "empty", missing: "empty", too_long: "too_long", too_many: "one_place", unknown_upload: "file_gone", content_mismatch: "file_type", type_not_taken: "file_type", too_large: "file_large",
};

/** What is `invalid` says more by where it is. */
const BY_FIELD: readonly (readonly [RegExp, Wrong])[] = [[/^name$/, "name"], [/^category$/, "category"], [/^(header|body)$/, "places"], [/\.url$/, "url"]];

const REFUSED = ["token_refused", "waba_unknown", "signup_not_configured", "channel_unreachable", "no_templates"] as const;

/** What a refusal says, and the field that it is about where the form has one. */
export function useRefusal(error: unknown): { field: string | null; text: string } | null {
  const { t } = useTranslation();
  const why = useWhy(error);
  if (error === null) return null;
  if (!(error instanceof Refused)) return { field: null, text: why };
  const known = REFUSED.find((code) => code === error.code);
  if (known !== undefined) return { field: null, text: t(`templates.refused.${known}`) };
  if (error.code === "channel_refused") return { field: null, text: t("templates.refused.channel_refused", { why: `\u2068${error.detail ?? ""}\u2069` }) };
  if (error.status !== 422) return { field: null, text: why };
  const field = error.field === "media" ? "media.upload_id" : error.field;
  const code = error.code === "invalid" ? BY_FIELD.find(([pattern]) => pattern.test(field ?? ""))?.[1] : CODES[error.code];
  if (code !== undefined) return { field, text: t(`templates.wrong.${code}`) };
  return { field, text: error.detail ?? t("templates.wrong.invalid") };
}
