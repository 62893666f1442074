// Languages: their names, directions and texts. A key is typed from en.json, so a misspelt one is a type error.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import ar from "./ar.json";
import en from "./en.json";
import he from "./he.json";
import th from "./th.json";

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

export const resources = {
  en: { translation: en },
  he: { translation: he },
  ar: { translation: ar },
  th: { translation: th },
};

export async function startTexts(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources,
    lng: language,
    fallbackLng: "en",
    interpolation: { escapeValue: false }, // React escapes.
  });
}

/** Turns the whole page to a language: texts, direction, `lang`. */
export async function speak(language: Language): Promise<void> {
  document.documentElement.lang = language;
  document.documentElement.dir = LANGUAGES[language].direction;
  await i18next.changeLanguage(language);
}
