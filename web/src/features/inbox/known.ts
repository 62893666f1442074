// What we know of conversations and messages, each at its highest `rev`, from whichever way it came: list, frame, sync or answer.
import type { Conversation, Message } from "../../api/schemas";

type Listener = () => void;

/**
 * The one place that holds resources. Lists are derived from it, so a row cannot differ between two of them,
 * and an answer that comes late cannot undo what a frame has already told.
 */
export class Known {
  private conversations = new Map<string, Conversation>();
  private threads = new Map<string, Map<string, Message>>();
  /** The `rev` at which something left our sight, so that a late frame does not bring it back. */
  private gone = new Map<string, number>();
  private rows: readonly Conversation[] | null = null;
  private lines = new Map<string, readonly Message[]>();
  private listeners = new Set<Listener>();

  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Every conversation, newest first. The same array until something changes. */
  all = (): readonly Conversation[] => {
    this.rows ??= [...this.conversations.values()].sort(newestFirst);
    return this.rows;
  };

  conversation = (id: string): Conversation | undefined => this.conversations.get(id);

  /** The messages of a thread, oldest first. The same array until something changes. */
  messages = (conversation: string): readonly Message[] => {
    const made = this.lines.get(conversation);
    if (made !== undefined) return made;
    const sorted = [...(this.threads.get(conversation)?.values() ?? [])].sort(oldestFirst);
    this.lines.set(conversation, sorted);
    return sorted;
  };

  take(changes: { conversations?: readonly Conversation[]; messages?: readonly Message[] }): void {
    const rows = (changes.conversations ?? []).filter((row) => this.isNews(row.id, row.rev, this.conversations.get(row.id)?.rev));
    const lines = (changes.messages ?? []).filter((line) => this.isNews(line.id, line.rev, this.threads.get(line.conversation_id)?.get(line.id)?.rev));
    for (const row of rows) this.conversations.set(row.id, row);
    for (const line of lines) {
      const thread = this.threads.get(line.conversation_id) ?? new Map<string, Message>();
      this.threads.set(line.conversation_id, thread.set(line.id, line));
      this.lines.delete(line.conversation_id);
    }
    if (rows.length > 0) this.rows = null;
    if (rows.length + lines.length > 0) this.tell();
  }

  /** Shows what an agent just did before the server confirms it; `rev` stays, so any answer replaces it. */
  assume(id: string, change: Partial<Conversation>): () => void {
    const before = this.conversations.get(id);
    if (before === undefined) return () => undefined;
    const after = { ...before, ...change };
    this.put(after);
    return () => {
      if (this.conversations.get(id) === after) this.put(before);
    };
  }

  remove(id: string, rev: number | null): void {
    const had = this.conversations.get(id)?.rev ?? [...this.threads.values()].find((thread) => thread.has(id))?.get(id)?.rev;
    this.gone.set(id, rev ?? had ?? -1);
    this.conversations.delete(id);
    for (const [conversation, thread] of this.threads) if (thread.delete(id)) this.lines.delete(conversation);
    this.rows = null;
    this.tell();
  }

  clear(): void {
    this.conversations.clear();
    this.threads.clear();
    this.lines.clear();
    this.gone.clear();
    this.rows = null;
    this.tell();
  }

  private put(row: Conversation): void {
    this.conversations.set(row.id, row);
    this.rows = null;
    this.tell();
  }

  private isNews(id: string, rev: number, had: number | undefined): boolean {
    return rev > (had ?? -1) && rev > (this.gone.get(id) ?? -1);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** `last_message_at` and id descending, as the server lists them. RFC 3339 in UTC with milliseconds sorts as text. */
export function newestFirst(a: Conversation, b: Conversation): number {
  return compare(b.last_message_at, a.last_message_at) || compare(b.id, a.id);
}

/** (`sent_at`, `seq`): the channel's time, then the order of arrival. */
export function oldestFirst(a: Message, b: Message): number {
  return compare(a.sent_at, b.sent_at) || a.seq - b.seq;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const known = new Known();
