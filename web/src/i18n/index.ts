// Languages: their names, directions and texts. A key is typed from en.json, so a misspelt one is a type error.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import en from "./en.json";

export const LANGUAGES = {
  en: { name: "English", direction: "ltr", locale: "en-GB" },
  he: { name: "עברית", direction: "rtl", locale: "he-IL" },
  // Latin digits, so that times and counts share Inter's tabular figures.
  ar: { name: "العربية", direction: "rtl", locale: "ar-u-nu-latn" },
  th: { name: "ไทย", direction: "ltr", locale: "th-TH" },
} as const;

export type Language = keyof typeof LANGUAGES;

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(LANGUAGES, text);
}

/** The first of the browser's languages that we speak. */
export function preferredLanguage(wanted: readonly string[]): Language {
  // Browsers still call Hebrew `iw` here and there.
  const codes = wanted.map((tag) => tag.split("-")[0]?.toLowerCase().replace("iw", "he") ?? "");
  return codes.find(isLanguage) ?? "en";
}

/** English is always here: its keys are typed, and it stands in where another language cannot be loaded. */
export async function textsOf(language: Language): Promise<object> {
  switch (language) {
    case "en":
      return en;
    case "he":
      return (await import("./he.json")).default;
    case "ar":
      return (await import("./ar.json")).default;
    case "th":
      return (await import("./th.json")).default;
  }
}

let wanted: Language = "en";

export async function startTexts(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: "en",
    fallbackLng: "en",
    interpolation: { escapeValue: false }, // React escapes.
  });
  await speak(language);
}

/** Turns the whole page to a language: texts, direction, `lang`. What is asked last counts, whichever texts come first. */
export async function speak(language: Language): Promise<void> {
  wanted = language;
  if (!i18next.hasResourceBundle(language, "translation")) {
    const texts = await textsOf(language).catch(() => null);
    // Without a network the page stays as it is.
    if (texts === null) return;
    i18next.addResourceBundle(language, "translation", texts);
  }
  if (wanted !== language) return;
  document.documentElement.lang = language;
  document.documentElement.dir = LANGUAGES[language].direction;
  await i18next.changeLanguage(language);
}
