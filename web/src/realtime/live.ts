// Keeps what we know up to date: the socket hints, the sync log tells. Order: place first, then lists, then the log from that place.
import * as api from "../api";
import { Refused } from "../api/failure";
import * as schemas from "../api/schemas";
import type { Frame, SyncItem } from "../api/schemas";
import { known } from "../features/inbox/known";
import { company } from "./company";
import { Line, type LineState } from "./line";

/** A burst of hints becomes one question; ms. */
const SYNC_PAUSE = 400;
/** The same after frames, which have shown what they are about already; ms. */
const SYNC_AFTER_FRAMES = 5_000;
/** How often to ask the log while the socket does not work at all, ms. */
const SYNC_WITHOUT_LINE = 30_000;
/** After a question that failed, ms; doubles up to thirty seconds. */
const SYNC_AGAIN = 1_000;

export type LiveState = LineState;

class Live {
  state: LiveState = "connecting";
  /** Where we stand in the log: only what `sync` called `next`. */
  private place: string | null = null;
  private open: string | null = null;
  private running: Promise<void> | null = null;
  private wanted = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** When `timer` fires, in milliseconds since 1970. */
  private due = 0;
  private failures = 0;
  private poll: ReturnType<typeof setInterval> | null = null;
  private line: Line | null = null;
  private listeners = new Set<() => void>();
  private whenReset: () => void = () => undefined;
  private whenChannels: () => void = () => undefined;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  currentState = (): LiveState => this.state;

  /** What to load afresh when the log no longer reaches back to our place. */
  onReset(listener: () => void): void {
    this.whenReset = listener;
  }

  /** What to do when a channel account changed. */
  onChannels(listener: () => void): void {
    this.whenChannels = listener;
  }

  async takePlace(): Promise<void> {
    this.place = (await api.sync(null)).next;
  }

  start(): void {
    this.line ??= new Line({
      state: (state) => this.become(state),
      connected: () => this.catchUp(),
      frame: (frame) => this.hear(frame),
      pong: (cursor) => this.compare(cursor),
    });
    this.line.watch(this.topics());
    this.line.start();
    this.poll ??= setInterval(() => {
      if (this.state === "connecting") this.catchUp();
    }, SYNC_WITHOUT_LINE);
  }

  stop(): void {
    this.line?.stop();
    this.line = null;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.poll !== null) clearInterval(this.poll);
    this.timer = null;
    this.poll = null;
    this.wanted = false;
    this.place = null;
    this.open = null;
    company.clear();
  }

  /** The thread on the screen, whose messages we want as they come. */
  look(conversation: string | null): void {
    if (this.open === conversation) return;
    this.open = conversation;
    company.clear();
    this.line?.watch(this.topics());
  }

  typing(conversation: string): void {
    this.line?.say({ action: "typing", conversation_id: conversation });
  }

  /** Asks the log for what we missed; soon, so that a burst of hints is one question. */
  catchUp(pause = SYNC_PAUSE): void {
    this.wanted = true;
    this.later(pause);
  }

  private topics(): string[] {
    return this.open === null ? ["inbox"] : ["inbox", `conversation:${this.open}`];
  }

  private become(state: LiveState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  private compare(cursor: string | null): void {
    if (this.isAhead(cursor)) this.catchUp();
  }

  /** Cursors are whole numbers as text; a later one than ours says that we are behind. */
  private isAhead(cursor: string | null): boolean {
    return cursor !== null && this.place !== null && Number(cursor) > Number(this.place);
  }

  private hear(frame: Frame): void {
    // The frame brings its own news at once; what else the log has can wait for the burst to end.
    if (this.isAhead(frame.cursor)) this.catchUp(SYNC_AFTER_FRAMES);
    if (frame.type === "typing.started") return this.hearTyping(frame);
    if (frame.type === "presence.changed") return this.hearPresence(frame);
    if (frame.type.startsWith("message.")) return this.hearMessage(frame);
    if (frame.type.startsWith("conversation.")) return this.hearConversation(frame);
  }

  private hearMessage(frame: Frame): void {
    const message = schemas.message.safeParse(frame.data);
    // Too large for a frame: only its id is there, and the log has it.
    if (!message.success) return this.catchUp();
    const newest = known.messages(message.data.conversation_id).reduce((top, line) => Math.max(top, line.seq), 0);
    known.take({ messages: [message.data] });
    if (message.data.author.kind === "user" && message.data.author.id !== null) company.stopped(message.data.author.id);
    // `seq` has no holes: a jump means that a frame went missing.
    if (newest > 0 && message.data.seq > newest + 1) this.catchUp();
  }

  private hearConversation(frame: Frame): void {
    const row = schemas.conversation.safeParse(frame.data);
    if (!row.success) return this.catchUp();
    known.take({ conversations: [row.data] });
  }

  private hearTyping(frame: Frame): void {
    const typing = schemas.typing.safeParse(frame.data);
    if (typing.success) company.types(typing.data.conversation_id, typing.data.user);
  }

  private hearPresence(frame: Frame): void {
    const presence = schemas.presence.safeParse(frame.data);
    if (presence.success) company.sees(presence.data.conversation_id, presence.data.users);
  }

  private later(pause: number): void {
    const due = Date.now() + pause;
    if (this.timer !== null && this.due <= due) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.running ??= this.syncAll().finally(() => {
        this.running = null;
        if (this.wanted) this.later(this.failures > 0 ? Math.min(30_000, SYNC_AGAIN * 2 ** this.failures) : SYNC_PAUSE);
      });
    }, pause);
  }

  private async syncAll(): Promise<void> {
    this.wanted = false;
    try {
      for (let complete = false; !complete; ) {
        const since = this.place;
        if (since === null) return;
        const answer = await api.sync(since);
        if (this.place !== since) return; // Signed out, or reset, meanwhile.
        this.apply(answer.items);
        this.place = answer.next;
        complete = answer.complete || answer.next === since;
      }
      this.failures = 0;
    } catch (error) {
      await this.syncFailed(error);
    }
  }

  private async syncFailed(error: unknown): Promise<void> {
    if (error instanceof Refused && error.status === 410) {
      await this.reset().catch(() => this.syncAgain());
    } else if (!(error instanceof Refused && error.status < 500 && error.status !== 429)) {
      this.syncAgain();
    }
  }

  private syncAgain(): void {
    this.failures += 1;
    this.wanted = this.place !== null;
  }

  private async reset(): Promise<void> {
    await this.takePlace();
    known.clear();
    this.whenReset();
  }

  private apply(items: readonly SyncItem[]): void {
    const conversations = [];
    const messages = [];
    for (const item of items) {
      if (item.removed) known.remove(item.id, item.rev);
      const row = item.type === "conversation" ? schemas.conversation.safeParse(item.data) : null;
      const line = item.type === "message" ? schemas.message.safeParse(item.data) : null;
      if (row?.success === true) conversations.push(row.data);
      if (line?.success === true) messages.push(line.data);
    }
    known.take({ conversations, messages });
    if (items.some((item) => item.type === "channel")) this.whenChannels();
  }
}

export const live = new Live();
