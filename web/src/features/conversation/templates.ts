// How an account's template is filled in: its places, its words, the part that is sent.
import { queryOptions } from "@tanstack/react-query";

import type { FileKind, Template, TemplateFilling } from "../../api/schemas";
import { templatesQuery } from "../templates/templates";

/** A card of a carousel. */
export type TemplateCard = NonNullable<Template["cards"]>[number];

/** Every template that can be sent from here, by name. */
export const sendableQuery = (channel: string) => queryOptions({ ...templatesQuery(channel), select: (all: Template[]) => all.filter(isSendable) });

export function isSendable(template: Template): boolean {
  const strange = template.header?.format === "other" || template.buttons.some((button) => button.type === "other");
  return template.status === "approved" && !template.has_more && !strange && cardsOf(template).every(isSendableCard);
}

const NO_CARDS: readonly TemplateCard[] = [];

export const cardsOf = (template: Pick<Template, "cards">): readonly TemplateCard[] => template.cards ?? NO_CARDS;

function isSendableCard({ header, buttons = [] }: TemplateCard): boolean {
  return (header.format === "image" || header.format === "video") && buttons.every(({ type }) => type !== "other" && type !== "one_time_code");
}

/** The kind of file that stands above the words, where one does. */
export function fileOf(template: Pick<Template, "header">): FileKind | null {
  switch (template.header?.format) {
    case "image":
    case "video":
      return template.header.format;
    case "document":
      return "file";
    case "text":
    case "location":
    case "other":
    case undefined:
      return null;
  }
}

/** A place to fill in: where it stands, and its name there. */
export interface Place {
  part: "header" | "location" | "body" | "buttons";
  name: string;
  /** The words on the button that it belongs to. */
  button: string | null;
  /** The card of the carousel that it is on, from 0. */
  card?: number;
}

export const PLACE = /\{\{\s*([^}]*?)\s*\}\}/g;

/** The names of a text's places, each once. */
export function placesIn(text: string): string[] {
  return [...new Set([...text.matchAll(PLACE)].map((match) => match[1] ?? ""))];
}

export function placesOf(template: Template): Place[] {
  const { header, body, buttons } = template;
  const above: Place[] =
    header?.format === "text"
      ? placesIn(header.text).map((name) => ({ part: "header", name, button: null }))
      : header?.format === "location"
        ? ["latitude", "longitude", "name"].map((name) => ({ part: "location", name, button: null }))
        : [];
  return [...above, ...wordsOf(body), ...openOf(buttons), ...cardsOf(template).flatMap(placesOfCard)];
}

/** Those of one card of a carousel. */
export function placesOfCard({ body, buttons = [] }: TemplateCard, card: number): Place[] {
  return [...wordsOf(body ?? ""), ...openOf(buttons)].map((place) => ({ ...place, card }));
}

const wordsOf = (body: string) => placesIn(body).map((name): Place => ({ part: "body", name, button: null }));

function openOf(buttons: Template["buttons"]): Place[] {
  return buttons.flatMap((button, index): Place[] => {
    const isOpen = button.type === "copy_code" || (button.type === "url" && placesIn(button.url).length > 0);
    return isOpen ? [{ part: "buttons", name: String(index), button: button.text }] : [];
  });
}

/** Whether it tells a one-time code: the body's place, which the button copies. */
export const isCode = (template: Template) => template.buttons.some(({ type }) => type === "one_time_code");

/** Longest one-time code on WhatsApp, in characters. */
export const CODE_MAX = 15;

export const keyOf = (place: Place) => `${onCard(place.card)}${place.part}.${place.name}`;

const onCard = (card: number | undefined) => (card === undefined ? "" : `cards.${card}.`);

export type Values = Readonly<Record<string, string>>;

const REQUIRED = (place: Place) => place.part !== "location" || place.name !== "name";

export function isFilled(template: Template, values: Values): boolean {
  return placesOf(template)
    .filter(REQUIRED)
    .every((place) => {
      const value = (values[keyOf(place)] ?? "").trim();
      return place.part === "location" ? value !== "" && Number.isFinite(Number(value)) : value !== "";
    });
}

/** A text with its places filled in; one that is still empty shows its name. */
export function filledIn(text: string, part: "header" | "body", values: Values, card?: number): string {
  return text.replace(PLACE, (whole, name: string) => values[`${onCard(card)}${part}.${name}`] || whole);
}

/** `upload` is what the server calls the header's file; `shown` what it calls each card's. */
export function fillingOf(template: Template, values: Values, upload: string | null = null, shown: readonly string[] = []): TemplateFilling {
  const places = placesOf(template);
  const of = (part: Place["part"], card?: number) =>
    Object.fromEntries(places.filter((place) => place.part === part && place.card === card).map((place) => [place.name, (values[keyOf(place)] ?? "").trim()]));
  const parameters: TemplateFilling["parameters"] = { header: of("header"), body: of("body"), buttons: of("buttons") };
  if (template.header?.format === "location") {
    const { latitude, longitude, name } = of("location");
    parameters.location = { latitude: Number(latitude), longitude: Number(longitude), ...(name ? { name } : {}) };
  }
  if (upload !== null) parameters.media = { upload_id: upload };
  const cards = cardsOf(template).map((_, card) => ({ media: { upload_id: shown[card] ?? "" }, body: of("body", card), buttons: of("buttons", card) }));
  if (cards.length > 0) parameters.cards = cards;
  return { name: template.name, language: template.language, parameters };
}
