// The messages of a thread, and what is drawn between them.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useSyncExternalStore } from "react";

import * as api from "../../api";
import type { Message } from "../../api/schemas";
import { known, oldestFirst } from "../inbox/known";
import { isScheduled, wasUnscheduled } from "./later";
import type { Outgoing } from "./outbox";

export interface Page {
  next: string | null;
  oldest: Message | null;
}

export const messagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["conversation", id, "messages"],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      const page = await api.messages(id, pageParam, { signal });
      known.take({ messages: page.items });
      return { next: page.next_cursor, oldest: page.items.at(-1) ?? null };
    },
    getNextPageParam: (page) => page.next,
    staleTime: 5 * 60_000, // The log tells of changes sooner; this mends what it might have missed.
  });

/** The known messages from the oldest one that was listed on; older ones may have gaps before them. */
export function within(all: readonly Message[], pages: readonly Page[]): readonly Message[] {
  const oldest = pages.findLast((page) => page.oldest !== null)?.oldest ?? null;
  if (pages.at(-1)?.next === null || oldest === null) return all;
  return all.filter((message) => oldestFirst(message, oldest) >= 0);
}

export function useMessages(id: string) {
  const query = useInfiniteQuery(messagesQuery(id));
  const all = useSyncExternalStore(
    known.subscribe,
    useCallback(() => known.messages(id), [id]),
  );
  const pages = query.data?.pages;
  const messages = useMemo(() => (pages === undefined ? [] : within(all, pages)), [all, pages]);
  return { query, messages };
}

/** A message and its place in its group: same author within two minutes. */
export interface MessageItem {
  kind: "message";
  key: string;
  message: Message;
  isFirst: boolean;
  isLast: boolean;
}

export type Item =
  | { kind: "start"; key: string }
  | { kind: "day"; key: string; at: string }
  | { kind: "new"; key: string }
  /** Below it stands what is still to go out. */
  | { kind: "scheduled"; key: string }
  | MessageItem
  | { kind: "outgoing"; key: string; entry: Outgoing; isFirst: boolean };

const GROUP = 2 * 60_000;

interface Between {
  messages: readonly Message[];
  outgoing: readonly Outgoing[];
  /** `seq` of the first message that was unread when the thread was opened. */
  newFrom: number | null;
  isComplete: boolean;
  sameDay: (a: string, b: string) => boolean;
}

export function itemsOf({ messages: all, outgoing, newFrom, isComplete, sameDay }: Between): Item[] {
  const shown = all.filter(hasBubble);
  const messages = shown.filter((message) => !isScheduled(message));
  const items: Item[] = isComplete && messages.length > 0 ? [{ kind: "start", key: "start" }] : [];
  const has = new Set(all.map((message) => message.client_id));
  const keys = new Set<string>();
  const newAt = newFrom === null ? -1 : messages.findIndex((message) => message.direction === "inbound" && message.seq >= newFrom);
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const opensDay = before === undefined || !sameDay(before.sent_at, message.sent_at);
    const opensNew = index === newAt;
    if (opensDay) items.push({ kind: "day", key: `day ${message.sent_at.slice(0, 10)} ${message.id}`, at: message.sent_at });
    if (opensNew) items.push({ kind: "new", key: "new" });
    const isFirst = opensDay || opensNew || !isOneGroup(before, message);
    const isLast = after === undefined || index + 1 === newAt || !sameDay(message.sent_at, after.sent_at) || !isOneGroup(message, after);
    // The key survives the change from optimistic to confirmed, so the bubble does not jump; of several parts, the first has it.
    const sent = message.client_id;
    const key = sent === null || keys.has(sent) ? message.id : sent;
    keys.add(key);
    items.push({ kind: "message", key, message, isFirst, isLast });
  });
  const last = messages.at(-1);
  const waiting = outgoing.filter((entry) => !has.has(entry.clientId));
  waiting.forEach((entry, index) => {
    if (index === 0 && (last === undefined || !sameDay(last.sent_at, entry.createdAt))) items.push({ kind: "day", key: "day outgoing", at: entry.createdAt });
    items.push({ kind: "outgoing", key: entry.clientId, entry, isFirst: index === 0 });
  });
  shown.filter(isScheduled).forEach((message, index) => {
    if (index === 0) items.push({ kind: "scheduled", key: "scheduled" });
    const sent = message.client_id;
    const key = sent === null || keys.has(sent) ? message.id : sent;
    keys.add(key);
    items.push({ kind: "message", key, message, isFirst: true, isLast: true });
  });
  return items;
}

/** Of each message that offered something, the id of what the customer chose last; of a template, which tells of no ids, its words. */
export function chosenOf(messages: readonly Message[]): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>();
  for (const { direction, interactive, reply_to: answered } of messages) {
    if (direction !== "inbound" || answered?.id == null) continue;
    if (interactive?.type === "button_reply" || interactive?.type === "list_reply") chosen.set(answered.id, interactive.id);
    if (interactive?.type === "template_button") chosen.set(answered.id, interactive.title);
  }
  return chosen;
}

/** Our reaction shows on the message that it is on; by itself only where it did not get there. */
export function hasBubble(message: Message): boolean {
  if (wasUnscheduled(message)) return false;
  return message.type !== "reaction" || message.delivery_status === "failed" || message.delivery_status === "unknown" || message.delivery_status === "parked";
}

function isOneGroup(before: Message | undefined, message: Message): boolean {
  if (before === undefined || before.type === "system" || message.type === "system") return false;
  const apart = new Date(message.sent_at).getTime() - new Date(before.sent_at).getTime();
  return before.direction === message.direction && before.author.id === message.author.id && before.author.kind === message.author.kind && apart <= GROUP;
}

/** The first of the last `unread` messages of the customer, by `seq`. */
export function firstUnread(messages: readonly Message[], unread: number): number | null {
  if (unread === 0) return null;
  const inbound = messages.filter((message) => message.direction === "inbound");
  return inbound.at(-Math.min(unread, inbound.length))?.seq ?? null;
}
