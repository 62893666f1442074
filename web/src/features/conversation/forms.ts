// What an agent fills in to send a place, a card, buttons, a list or a link; and the part of the API that it becomes.
import type { RichPart } from "../../api/schemas";
import { spotIn } from "./coordinates";

export const KINDS = ["location", "contacts", "buttons", "list", "cta_url"] as const;
export type Kind = (typeof KINDS)[number];

/** What the API takes of each, in characters (code points), or how many of them. */
export const LIMITS = {
  words: 1_000,
  body: 1_024,
  listBody: 4_096,
  header: 60,
  footer: 60,
  buttons: 3,
  button: 20,
  rows: 10,
  sectionTitle: 24,
  rowTitle: 24,
  rowDescription: 72,
  url: 2_000,
} as const;

/** More phone numbers than these belong on two cards. */
export const PHONES_MAX = 5;

interface Frame {
  text: string;
  header: string;
  footer: string;
}
/** `key` tells rows apart while they come and go. */
export interface Phone {
  key: string;
  number: string;
  isOnWhatsApp: boolean;
}
export interface Choice {
  key: string;
  title: string;
  description: string;
}
export interface Section {
  key: string;
  title: string;
  rows: readonly Choice[];
}

export type Values =
  | { kind: "location"; where: string; name: string; address: string }
  | { kind: "contacts"; name: string; organization: string; email: string; phones: readonly Phone[] }
  | ({ kind: "buttons"; buttons: readonly Choice[] } & Frame)
  | ({ kind: "list"; button: string; sections: readonly Section[] } & Frame)
  | ({ kind: "cta_url"; title: string; url: string } & Frame);
export type ValuesOf<K extends Kind> = Extract<Values, { kind: K }>;

let made = 0;
const key = () => `k${++made}`;

export const newPhone = (number = "", isOnWhatsApp = false): Phone => ({ key: key(), number, isOnWhatsApp });
export const newChoice = (title = "", description = ""): Choice => ({ key: key(), title, description });
export const newSection = (title = "", rows: readonly Choice[] = [newChoice()]): Section => ({ key: key(), title, rows });

/** An empty form; `text` is what stands in the composer. */
export function blank(kind: Kind, text: string): Values {
  const frame = { text, header: "", footer: "" };
  switch (kind) {
    case "location":
      return { kind, where: "", name: "", address: "" };
    case "contacts":
      return { kind, name: "", organization: "", email: "", phones: [newPhone()] };
    case "buttons":
      return { kind, ...frame, buttons: [newChoice(), newChoice()] };
    case "list":
      return { kind, ...frame, button: "", sections: [newSection("", [newChoice(), newChoice()])] };
    case "cta_url":
      return { kind, ...frame, title: "", url: "" };
  }
}

const some = (text: string) => text.trim() || undefined;
const digits = (number: string) => number.replace(/\D/g, "");
/** A number that says its country: only such a one can be somebody on WhatsApp. */
export const isInternational = (number: string) => /^\s*\+/.test(number) && digits(number).length >= 7;

/** The part as it stands, `null` where it has no place at all; whether it may be sent is for `flaws` and the server to say. */
export function partOf(values: Values): RichPart | null {
  switch (values.kind) {
    case "location": {
      const spot = spotIn(values.where);
      if (spot === null) return null;
      return { type: "location", latitude: spot.latitude, longitude: spot.longitude, ...set({ name: some(values.name), address: some(values.address) }) };
    }
    case "contacts": {
      const phones = values.phones.filter(({ number }) => number.trim() !== "").map(({ number, isOnWhatsApp }) => ({
        phone: number.trim(), type: "CELL", ...(isOnWhatsApp && isInternational(number) ? { wa_id: digits(number) } : {}),
      }));
      const email = values.email.trim();
      return { type: "contacts", contacts: [{ name: values.name.trim(), ...set({ organization: some(values.organization) }), phones, emails: email === "" ? [] : [{ email, type: "WORK" }] }] };
    }
    case "buttons":
      return offer(values, { type: "buttons", ...frameOf(values), buttons: values.buttons.map(({ title }, index) => ({ id: `button-${index + 1}`, title: title.trim() })) });
    case "list":
      return offer(values, { type: "list", ...frameOf(values), button: values.button.trim(), sections: sectionsOf(values.sections) });
    case "cta_url":
      return offer(values, { type: "cta_url", ...frameOf(values), title: values.title.trim(), url: values.url.trim() });
  }
}

type Interactive = Extract<RichPart, { type: "interactive" }>;

const offer = ({ text }: Frame, interactive: Interactive["interactive"]): Interactive => ({ type: "interactive", text: text.trim(), interactive });
const frameOf = ({ header, footer }: Frame) => set({ header: some(header), footer: some(footer) });

/** Only what says something. */
function set<T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };
}

function sectionsOf(sections: readonly Section[]) {
  let row = 0;
  return sections.map(({ title, rows }) => ({
    ...set({ title: some(title) }),
    rows: rows.map(({ title, description }) => ({ id: `row-${++row}`, title: title.trim(), ...set({ description: some(description) }) })),
  }));
}

/** The form that a part was made from, to mend it. */
export function valuesOf(part: RichPart): Values {
  if (part.type === "location") return { kind: "location", where: `${part.latitude}, ${part.longitude}`, name: part.name ?? "", address: part.address ?? "" };
  if (part.type === "contacts") {
    const card = part.contacts[0];
    const phones = (card?.phones ?? []).map(({ phone, wa_id: id }) => newPhone(phone, id != null));
    return { kind: "contacts", name: card?.name ?? "", organization: card?.organization ?? "", email: card?.emails?.[0]?.email ?? "", phones: phones.length === 0 ? [newPhone()] : phones };
  }
  const said = part.interactive;
  const frame = { text: part.text, header: said.header ?? "", footer: said.footer ?? "" };
  switch (said.type) {
    case "buttons":
      return { kind: "buttons", ...frame, buttons: said.buttons.map(({ title }) => newChoice(title)) };
    case "list":
      return { kind: "list", ...frame, button: said.button, sections: said.sections.map(({ title, rows }) => newSection(title ?? "", rows.map((row) => newChoice(row.title, row.description ?? "")))) };
    case "cta_url":
      return { kind: "cta_url", ...frame, title: said.title, url: said.url };
  }
}

/** Characters as the server counts them: code points. */
export const lengthOf = (text: string) => Array.from(text.trim()).length;

/** Whether something is missing or too long: fields by the server's names, as it would refuse them. */
export function isFit(values: Values): boolean {
  const within = (text: string, most: number) => lengthOf(text) <= most;
  const filled = (text: string, most: number) => lengthOf(text) > 0 && within(text, most);
  switch (values.kind) {
    case "location":
      return spotIn(values.where) !== null && within(values.name, LIMITS.words) && within(values.address, LIMITS.words);
    case "contacts": {
      const isReachable = values.email.trim() !== "" || values.phones.some(({ number }) => number.trim() !== "");
      return isReachable && filled(values.name, LIMITS.words) && within(values.organization, LIMITS.words) && within(values.email, LIMITS.words);
    }
    case "buttons":
      return isFramed(values, LIMITS.body) && values.buttons.length > 0 && values.buttons.every(({ title }) => filled(title, LIMITS.button));
    case "list": {
      const needsTitles = values.sections.length > 1;
      const rows = values.sections.flatMap((section) => section.rows);
      const titled = values.sections.every(({ title }) => within(title, LIMITS.sectionTitle) && (!needsTitles || title.trim() !== ""));
      const listed = rows.length > 0 && rows.length <= LIMITS.rows && rows.every(({ title, description }) => filled(title, LIMITS.rowTitle) && within(description, LIMITS.rowDescription));
      return isFramed(values, LIMITS.listBody) && filled(values.button, LIMITS.button) && titled && listed;
    }
    case "cta_url":
      return isFramed(values, LIMITS.body) && filled(values.title, LIMITS.button) && filled(values.url, LIMITS.url);
  }
}

function isFramed({ text, header, footer }: Frame, most: number): boolean {
  return lengthOf(text) > 0 && lengthOf(text) <= most && lengthOf(header) <= LIMITS.header && lengthOf(footer) <= LIMITS.footer;
}

/** Which forms a channel's API takes today, by its kind. */
const TAKEN: Readonly<Record<string, readonly Kind[]>> = { whatsapp: KINDS };

export const kindsOf = (channel: string): readonly Kind[] => TAKEN[channel] ?? [];

/** The API's name of a field without its part: `interactive.buttons[1].title`. A place's two numbers are one field here. */
export const fieldOf = (field: string | null): string | null => field?.replace(/^parts\[\d+\]\.?/, "").replace(/^longitude$/, "latitude") ?? null;
