// Times, days and spans in the language on the screen.
import { useMemo, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { LANGUAGES, isLanguage } from "./index";

const MINUTE = 60_000;
const DAY = 86_400_000;

function dayNumber(date: Date): number {
  return Math.round(new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / DAY);
}

export function useFormats() {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => {
    const locale = isLanguage(language) ? LANGUAGES[language].locale : language;
    const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
    const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
    const dated = new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "2-digit" });
    const long = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
    const whole = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
    return {
      time: (at: string) => clock.format(new Date(at)),
      whole: (at: string) => whole.format(new Date(at)),
      /** The zone of the clock on this machine, as it is called at that time. */
      zone: (at: Date) => new Intl.DateTimeFormat(locale, { timeZoneName: "long" }).formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "",
      /** As short as the age allows: a time today, a weekday this week, a date before. */
      age: (at: string, now: number) => {
        const date = new Date(at);
        const days = dayNumber(new Date(now)) - dayNumber(date);
        if (now - date.getTime() < MINUTE && days <= 0) return t("list.now");
        if (days <= 0) return clock.format(date);
        if (days === 1) return t("thread.yesterday");
        if (days < 7) return weekday.format(date);
        return date.getFullYear() === new Date(now).getFullYear() ? short.format(date) : dated.format(date);
      },
      day: (at: string, now: number) => {
        const days = dayNumber(new Date(now)) - dayNumber(new Date(at));
        if (days <= 0) return t("thread.today");
        return days === 1 ? t("thread.yesterday") : long.format(new Date(at));
      },
      span: (ms: number) => {
        // Whole minutes that are surely left: a promise of one more would be a wrong one.
        const minutes = Math.max(1, Math.floor(ms / MINUTE));
        const hours = Math.floor(minutes / 60);
        if (hours === 0) return t("window.minutes", { minutes });
        return minutes % 60 === 0 ? t("window.hours", { hours }) : t("window.hours_minutes", { hours, minutes: minutes % 60 });
      },
      /** For a pill: hours alone once there is more than one. */
      roughSpan: (ms: number) => {
        const minutes = Math.max(1, Math.floor(ms / MINUTE));
        return minutes < 60 ? t("window.minutes", { minutes }) : t("window.hours", { hours: Math.round(minutes / 60) });
      },
      /** A size as people say it: in the largest unit that leaves a whole number or more. */
      bytes: (count: number) => {
        const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
        const place = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)));
        const size = count / 1_000 ** place;
        return new Intl.NumberFormat(locale, { style: "unit", unit: units[place], unitDisplay: "short", maximumFractionDigits: size < 10 && place > 0 ? 1 : 0 }).format(size);
      },
      sameDay: (a: string, b: string) => dayNumber(new Date(a)) === dayNumber(new Date(b)),
    };
  }, [t, language]);
}

// One clock for the page, in steps that a countdown in minutes needs.
const STEP = 15_000;
let now = Date.now();
const watchers = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | null = null;

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  ticking ??= setInterval(() => {
    now = Date.now();
    for (const each of watchers) each();
  }, STEP);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0 && ticking !== null) clearInterval(ticking);
    if (watchers.size === 0) ticking = null;
  };
}

/** The time, in milliseconds since 1970; moves every fifteen seconds. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}
