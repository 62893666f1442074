// A template that is being written: what is typed, what is wrong with it, what is handed in.
import type { FileKind, NewTemplate, Template } from "../../api/schemas";
import { placesIn, type Values } from "../conversation/templates";

/** Of the API and of WhatsApp, in characters, or how many. [Components](https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/components). */
export const LIMITS = { name: 512, header: 60, body: 1_024, footer: 60, example: 1_024, button: 25, buttons: 10, url: 2_000, phone: 20, code: 15 } as const;

export const HEADERS = ["none", "text", "image", "video", "document"] as const;
export type HeaderKind = (typeof HEADERS)[number];

export const CATEGORIES = ["marketing", "utility"] as const;

/** What can be pressed, and how many WhatsApp takes of each. [Limits](https://docs.gupshup.io/docs/template-button-list), as one of its partners tells them. */
const MOST = { quick_reply: LIMITS.buttons, url: 2, phone_number: 1, copy_code: 1 } as const;
export type ButtonKind = keyof typeof MOST;
export const BUTTONS = Object.keys(MOST) as ButtonKind[];

/** What WhatsApp writes on the button that copies an offer's code, whoever hands it in. */
const COPY_CODE = "Copy offer code";

export interface DraftButton {
  key: string;
  type: ButtonKind;
  text: string;
  /** The address, or the phone number. */
  target: string;
  /** The end of the address, or the code. */
  example: string;
}

export interface Draft {
  name: string;
  language: string;
  category: (typeof CATEGORIES)[number] | null;
  headerKind: HeaderKind;
  header: string;
  body: string;
  footer: string;
  buttons: readonly DraftButton[];
  /** By part and place: `body.first_name`. What a place was once filled with is kept while it is rewritten. */
  examples: Values;
}

export const emptyDraft = (language: string): Draft => ({ name: "", language, category: null, headerKind: "none", header: "", body: "", footer: "", buttons: [], examples: {} });

/** As WhatsApp wants a name, as far as that is plain. */
export const asName = (typed: string) => typed.toLowerCase().replace(/[\s-]/g, "_");

/** The kind of file that such a header shows. */
export function fileKindOf(header: HeaderKind): FileKind | null {
  return header === "image" || header === "video" ? header : header === "document" ? "file" : null;
}

export const headerOf = (draft: Draft) => (draft.headerKind === "text" ? draft.header : "");

/** The places that need an example, as the API names them below `examples`. */
export const examplesOf = (draft: Draft, part: "header" | "body") => placesIn(part === "header" ? headerOf(draft) : draft.body).map((name) => `${part}.${name}`);

export const hasExample = ({ type, target }: DraftButton) => type === "copy_code" || (type === "url" && placesIn(target).length > 0);

export function isFull(draft: Draft, type: ButtonKind): boolean {
  return draft.buttons.length >= LIMITS.buttons || draft.buttons.filter((button) => button.type === type).length >= MOST[type];
}

/** Answers stand together, before all else: WhatsApp does not take them mixed. */
export function withButton(draft: Draft, type: ButtonKind, key: string): Draft {
  const button: DraftButton = { key, type, text: "", target: type === "url" ? "https://" : "", example: "" };
  const replies = draft.buttons.filter((one) => one.type === "quick_reply").length;
  const at = type === "quick_reply" ? replies : draft.buttons.length;
  return { ...draft, buttons: draft.buttons.toSpliced(at, 0, button) };
}

/** The number of the next place; a text with names gets names, which only a person can give. */
export function nextPlace(draft: Draft): string | null {
  const names = [...placesIn(draft.body), ...placesIn(headerOf(draft))];
  return names.some((name) => !/^\d+$/.test(name)) ? null : `{{${placesIn(draft.body).length + 1}}}`;
}

type MadeButton = NonNullable<NewTemplate["buttons"]>[number];

function made({ type, text, target }: DraftButton): MadeButton {
  const said = { text: text.trim() };
  switch (type) {
    case "quick_reply":
      return { type, ...said };
    case "url":
      return { type, ...said, url: target.trim() };
    case "phone_number":
      return { type, ...said, phone_number: target.replace(/[\s().-]/g, "") };
    case "copy_code":
      return { type, text: COPY_CODE };
  }
}

/** As it will look; `none` where the words above are still missing. */
export function shownOf(draft: Draft): Pick<Template, "header" | "body" | "footer" | "buttons"> {
  const { headerKind } = draft;
  const text = headerKind === "text" && draft.header.trim() !== "" ? ({ format: "text", text: draft.header } as const) : null;
  const header = headerKind === "none" || headerKind === "text" ? text : { format: headerKind };
  return { header, body: draft.body, footer: draft.footer.trim() === "" ? null : draft.footer, buttons: draft.buttons.map(made).filter((button) => button.text !== "") };
}

/** What the API is handed; `upload` is what the server calls the header's file. */
export function requestOf(draft: Draft, upload: string | null): NewTemplate {
  const given = (part: "header" | "body") =>
    Object.fromEntries(examplesOf(draft, part).map((field) => [field.slice(part.length + 1), (draft.examples[field] ?? "").trim()]));
  const shown = draft.buttons.flatMap((button, index) => (hasExample(button) ? [[String(index), button.example.trim()] as const] : []));
  return {
    name: draft.name.trim(),
    language: draft.language,
    category: draft.category ?? "unknown",
    ...(draft.headerKind === "text" ? { header: draft.header.trim() } : {}),
    ...(upload === null ? {} : { media: { upload_id: upload } }),
    body: draft.body.trim(),
    ...(draft.footer.trim() === "" ? {} : { footer: draft.footer.trim() }),
    buttons: draft.buttons.map(made),
    examples: { header: given("header"), body: given("body"), buttons: Object.fromEntries(shown) },
  };
}

const kept = new Map<string, Draft>();
const keyOf = (user: string, account: string) => `${user} ${account}`;

/** What was typed and not handed in yet, for whoever goes back to look something up. */
export const keptDraft = (user: string, account: string) => kept.get(keyOf(user, account)) ?? null;

export function keepDraft(user: string, account: string, draft: Draft | null): void {
  if (draft === null) kept.delete(keyOf(user, account));
  else kept.set(keyOf(user, account), draft);
}
