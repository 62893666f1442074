// Drafts, per person and conversation: what is being written, kept over reloads, never shown to the next person on this machine.
import { useSyncExternalStore } from "react";
import { z } from "zod";

const schema = z.object({ text: z.string(), replyTo: z.string().nullable(), clientId: z.string().min(1) });

/** `clientId` is the Idempotency-Key: made when the writing starts, so that pressing Send twice sends once. */
export type Draft = z.infer<typeof schema>;

const cache = new Map<string, Draft | null>();
const listeners = new Set<() => void>();
const keyOf = (user: string, conversation: string) => `switchboard.draft.${user}.${conversation}`;

export function draftOf(user: string, conversation: string): Draft | null {
  const key = keyOf(user, conversation);
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const draft = load(key);
  cache.set(key, draft);
  return draft;
}

function load(key: string): Draft | null {
  try {
    const stored = schema.safeParse(JSON.parse(localStorage.getItem(key) ?? "null"));
    return stored.success ? stored.data : null;
  } catch {
    return null;
  }
}

/** Changes the draft; one that says nothing and quotes nothing is no draft. */
export function writeDraft(user: string, conversation: string, change: { text?: string; replyTo?: string | null }): void {
  const before = draftOf(user, conversation);
  const text = change.text ?? before?.text ?? "";
  const replyTo = change.replyTo !== undefined ? change.replyTo : (before?.replyTo ?? null);
  keep(keyOf(user, conversation), text === "" && replyTo === null ? null : { text, replyTo, clientId: before?.clientId ?? crypto.randomUUID() });
}

export function dropDraft(user: string, conversation: string): void {
  keep(keyOf(user, conversation), null);
}

function keep(key: string, draft: Draft | null): void {
  cache.set(key, draft);
  try {
    if (draft === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full storage costs the draft only at a reload.
  }
  for (const listener of listeners) listener();
}

export function useDraft(user: string, conversation: string): Draft | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => draftOf(user, conversation),
  );
}
