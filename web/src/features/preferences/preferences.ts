// What a person set on this device: language, theme, how Enter behaves, which panes are open.
import { useSyncExternalStore } from "react";
import { z } from "zod";

import { preferredLanguage, speak, type Language } from "../../i18n";

const KEY = "switchboard.preferences";

const schema = z.object({
  language: z.enum(["en", "he", "ar", "th"]).nullable().catch(null).default(null),
  theme: z.enum(["system", "light", "dark"]).catch("system").default("system"),
  enterSends: z.boolean().catch(true).default(true),
  viewsOpen: z.boolean().catch(true).default(true),
  contactOpen: z.boolean().catch(true).default(true),
  /** In pixels. */
  listWidth: z.number().min(280).max(480).catch(360).default(360),
  contactWidth: z.number().min(280).max(420).catch(320).default(320),
});

export type Preferences = z.infer<typeof schema>;

let current: Preferences = schema.parse(stored());
const listeners = new Set<() => void>();

function stored(): unknown {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as unknown;
  } catch {
    return {}; // Storage may be shut or hold something else: the defaults do.
  }
}

export const preferences = (): Preferences => current;

export function language(): Language {
  return current.language ?? preferredLanguage(navigator.languages);
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // A full or forbidden storage costs only the memory of it.
  }
  if (change.theme !== undefined) showTheme();
  if (change.language !== undefined) void speak(language());
  for (const listener of listeners) listener();
}

export function showTheme(): void {
  document.documentElement.dataset["theme"] = current.theme;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
