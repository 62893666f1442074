// Every language says the same things, with the plural forms that it needs.
import { expect, test } from "vitest";

import { LANGUAGES, preferredLanguage, textsOf, type Language } from "./index";

const texts = Object.fromEntries(await Promise.all((Object.keys(LANGUAGES) as Language[]).map(async (language) => [language, await textsOf(language)] as const))) as Record<Language, object>;
const PLURAL = /_(zero|one|two|few|many|other)$/;

function keys(tree: object, path = ""): string[] {
  return Object.entries(tree).flatMap(([name, value]) => (typeof value === "string" ? [path + name] : keys(value as object, `${path}${name}.`)));
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").sort();
}

function textAt(language: Language, key: string): string {
  return key.split(".").reduce<unknown>((tree, name) => (tree as Record<string, unknown>)[name], texts[language]) as string;
}

const english = keys(texts.en);
const stems = (all: string[]) => [...new Set(all.map((key) => key.replace(PLURAL, "")))].sort();

test.each(Object.keys(LANGUAGES) as Language[])("%s has each key of en, and each plural form that its grammar needs", (language) => {
  const own = keys(texts[language]);
  expect(stems(own)).toEqual(stems(english));
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const plurals = stems(english.filter((key) => PLURAL.test(key)));
  const wanted = plurals.flatMap((stem) => forms.map((form) => `${stem}_${form}`)).sort();
  expect(own.filter((key) => PLURAL.test(key)).sort()).toEqual(wanted);
});

test.each(["he", "ar", "th"] as const)("%s keeps the placeholders of en", (language) => {
  for (const key of english.filter((key) => !PLURAL.test(key))) {
    expect([key, ...placeholders(textAt(language, key))]).toEqual([key, ...placeholders(textAt("en", key))]);
  }
});

test("the browser's first language that we speak is taken, Hebrew by its old name too", () => {
  expect(preferredLanguage(["fr-FR", "iw-IL", "en"])).toBe("he");
  expect(preferredLanguage(["fr"])).toBe("en");
});
