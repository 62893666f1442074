// Replies on their way to the server: shown at once, sent in order, asked again with the same key until there is an answer.
import { useSyncExternalStore } from "react";
import { z } from "zod";

import * as api from "../../api";
import { Refused, worthAnotherTry } from "../../api/failure";
import { fileKind, richPart, templateFilling, type RichPart, type TemplateFilling } from "../../api/schemas";
import { known } from "../inbox/known";
import { partsOf } from "./parts";
import type { ReadyFile } from "./uploads";

const schema = z.object({
  clientId: z.string(),
  conversation: z.string(),
  text: z.string(),
  /** Sent instead of the text, which is how it reads. */
  template: templateFilling.nullable().default(null),
  /** A place, a card, or something to press; `text` is the words above it. */
  part: richPart.nullable().default(null),
  /** Sent before the text, or with it as a caption. */
  files: z.array(z.object({ uploadId: z.string(), name: z.string(), kind: fileKind })).default([]),
  replyTo: z.string().nullable(),
  /** Part of the request's body, which must stay the same for the same key. */
  expectedSeq: z.number(),
  force: z.boolean(),
  /** When it is to go out; at once, where it says nothing. */
  sendAt: z.string().nullable().default(null),
  createdAt: z.string(),
  /** `waiting` is sent by itself; `refused` waits for the agent. */
  state: z.enum(["waiting", "refused"]),
  problem: z.object({ code: z.string(), field: z.string().nullable().default(null), detail: z.string().nullable().default(null), requestId: z.string().nullable() }).nullable(),
});

export type Outgoing = z.infer<typeof schema>;
/** Why the server refused it, and at which field of the request. */
export type Problem = NonNullable<Outgoing["problem"]>;

/** What is to be sent. */
export interface NewReply {
  clientId: string;
  conversation: string;
  text: string;
  replyTo: string | null;
  expectedSeq: number;
  template?: TemplateFilling;
  part?: RichPart;
  files?: readonly ReadyFile[];
  sendAt?: Date | null;
}

/** First pause after a failure that passes, ms; doubles up to thirty seconds. */
const AGAIN = 1_000;

class Outbox {
  private user: string | null = null;
  private entries: readonly Outgoing[] = [];
  private busy = new Set<string>();
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): readonly Outgoing[] => this.entries;

  /** Takes up what this person's last visit left unsent. */
  openFor(user: string): void {
    if (this.user === user) return;
    this.user = user;
    this.become(load(user));
    window.addEventListener("online", this.run);
    this.run();
  }

  close(): void {
    window.removeEventListener("online", this.run);
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.user = null;
    this.entries = [];
    for (const listener of this.listeners) listener();
  }

  send(reply: NewReply, now: Date): void {
    if (this.entries.some((entry) => entry.clientId === reply.clientId)) return;
    const { template = null, part = null, files = [], sendAt } = reply;
    const entry: Outgoing = { ...reply, template, part, files: [...files], sendAt: sendAt?.toISOString() ?? null, force: false, createdAt: now.toISOString(), state: "waiting", problem: null };
    this.become([...this.entries, entry]);
    this.run();
  }

  again(clientId: string): void {
    this.change(clientId, { state: "waiting", problem: null });
    this.run();
  }

  /** Over a teammate's newer reply. The body changes, and nothing was stored under the old key: a new one. */
  force(clientId: string): void {
    this.change(clientId, { clientId: crypto.randomUUID(), force: true, state: "waiting", problem: null });
    this.run();
  }

  /** What the server says of one that is on its way: a refusal, or `null` once it is taken. Whoever gave up waiting stops it by `signal`. */
  outcome(clientId: string, signal: AbortSignal): Promise<Problem | null> {
    return new Promise((done) => {
      const look = () => {
        const entry = this.entries.find((one) => one.clientId === clientId);
        if (entry?.state === "waiting") return;
        stop();
        done(entry?.problem ?? null);
      };
      const stop = this.subscribe(look);
      signal.addEventListener("abort", stop);
      look();
    });
  }

  drop(clientId: string): void {
    this.become(this.entries.filter((entry) => entry.clientId !== clientId));
  }

  private run = (): void => {
    const user = this.user;
    const heads = new Map<string, Outgoing>();
    // In order, one at a time in each conversation; a refused one is the agent's, and holds nobody up.
    for (const entry of this.entries) if (entry.state === "waiting" && !heads.has(entry.conversation)) heads.set(entry.conversation, entry);
    for (const [conversation, entry] of heads) {
      if (user === null || this.busy.has(conversation)) continue;
      this.busy.add(conversation);
      void this.deliver(entry, user).finally(() => {
        this.busy.delete(conversation);
        if (this.timer === null) this.run();
      });
    }
  };

  private async deliver(entry: Outgoing, user: string): Promise<void> {
    try {
      const messages = await api.reply(entry.conversation, { ...entry, parts: partsOf(entry) });
      this.failures = 0;
      known.take({ messages });
      if (this.user === user) this.drop(entry.clientId);
    } catch (error) {
      if (this.user === user) this.failed(entry, error);
    }
  }

  private failed(entry: Outgoing, error: unknown): void {
    if (worthAnotherTry(error)) return this.later(error instanceof Refused ? error.retryAfter : null);
    const problem = error instanceof Refused ? { code: error.code, field: error.field, detail: error.detail, requestId: error.requestId } : { code: "other", field: null, detail: null, requestId: null };
    this.change(entry.clientId, { state: "refused", problem });
  }

  private later(seconds: number | null): void {
    const pause = seconds !== null ? seconds * 1_000 : Math.min(30_000, AGAIN * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.failures += 1;
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.run();
    }, pause);
  }

  private change(clientId: string, change: Partial<Outgoing>): void {
    this.become(this.entries.map((entry) => (entry.clientId === clientId ? { ...entry, ...change } : entry)));
  }

  private become(entries: readonly Outgoing[]): void {
    this.entries = entries;
    if (this.user !== null) store(this.user, entries);
    for (const listener of this.listeners) listener();
  }
}

const keyOf = (user: string) => `switchboard.outbox.${user}`;

function load(user: string): readonly Outgoing[] {
  try {
    const stored = z.array(schema).safeParse(JSON.parse(localStorage.getItem(keyOf(user)) ?? "[]"));
    return stored.success ? stored.data : [];
  } catch {
    return [];
  }
}

function store(user: string, entries: readonly Outgoing[]): void {
  try {
    localStorage.setItem(keyOf(user), JSON.stringify(entries));
  } catch {
    // A full storage costs the unsent only at a reload.
  }
}

export const outbox = new Outbox();

export function useOutbox(): readonly Outgoing[] {
  return useSyncExternalStore(outbox.subscribe, outbox.current);
}
