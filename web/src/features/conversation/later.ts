// When a reply that is not for now may go out.
import type { Message } from "../../api/schemas";

export interface Choice {
  key: "hour" | "evening" | "morning" | "monday";
  at: Date;
}

const HOUR = 3_600_000;
/** When the office opens, and when people are home: hours by the agent's own clock. */
const MORNING = 9;
const EVENING = 18;

function atHour(now: Date, days: number, hour: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}

/** What one is likely to want, soonest first. No two of them are the same time. */
export function choices(now: Date): Choice[] {
  const toMonday = ((8 - now.getDay()) % 7) || 7;
  const all: Choice[] = [{ key: "hour", at: new Date(now.getTime() + HOUR) }];
  const evening = atHour(now, 0, EVENING);
  if (evening.getTime() - now.getTime() > HOUR) all.push({ key: "evening", at: evening });
  all.push({ key: "morning", at: atHour(now, 1, MORNING) });
  if (toMonday > 1) all.push({ key: "monday", at: atHour(now, toMonday, MORNING) });
  return all;
}

/** A time as a `datetime-local` field has it: by the agent's own clock, to the minute. */
export function asField(at: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What such a field says, if it is ahead and at most a year. */
export function fromField(text: string, now: Date): Date | null {
  const at = new Date(text);
  const ahead = at.getTime() - now.getTime();
  return Number.isNaN(at.getTime()) || ahead <= 0 || ahead > 364 * 24 * HOUR ? null : at;
}

/** It waits for its time. */
export function isScheduled(message: Message): boolean {
  return message.delivery_status === "queued" && message.send_at != null;
}

/** It was taken back before its time: nobody need see it. */
export function wasUnscheduled(message: Message): boolean {
  return message.send_at != null && message.error?.code === "cancelled";
}
