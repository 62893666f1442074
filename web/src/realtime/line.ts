// The WebSocket: opened with a single-use ticket, opened again when it breaks, with jitter so that a crowd does not return at once.
import * as api from "../api";
import { Refused } from "../api/failure";
import * as schemas from "../api/schemas";
import type { Frame } from "../api/schemas";

/** API Gateway closes a socket that was silent for ten minutes; we ask far sooner, to learn of a dead one. ms */
const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;
/** Longest pause between two attempts, ms. */
const LONGEST_PAUSE = 30_000;

export type LineState = "connecting" | "live" | "offline";

interface Ears {
  state: (state: LineState) => void;
  connected: () => void;
  frame: (frame: Frame) => void;
  pong: (cursor: string | null) => void;
}

export class Line {
  private socket: WebSocket | null = null;
  private topics: readonly string[] = [];
  private n = 0;
  private naming = false;
  private attempts = 0;
  private running = false;
  private dialing = false;
  private pause: ReturnType<typeof setTimeout> | null = null;
  private pings: ReturnType<typeof setInterval> | null = null;
  private deadline: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly ears: Ears) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    window.addEventListener("online", this.cameOnline);
    window.addEventListener("offline", this.wentOffline);
    this.ears.state(navigator.onLine ? "connecting" : "offline");
    void this.dial();
  }

  stop(): void {
    this.running = false;
    window.removeEventListener("online", this.cameOnline);
    window.removeEventListener("offline", this.wentOffline);
    if (this.pause !== null) clearTimeout(this.pause);
    this.pause = null;
    this.hangUp();
  }

  /** Names the whole set of topics; `n` lets the server ignore an older set that arrives late. */
  watch(topics: readonly string[]): void {
    this.topics = topics;
    if (this.naming) return;
    this.naming = true;
    // Leaving one thread for another is two changes in one breath, and worth one frame.
    queueMicrotask(() => {
      this.naming = false;
      this.subscribe();
    });
  }

  private subscribe(): void {
    this.n += 1;
    this.say({ action: "subscribe", n: this.n, topics: this.topics });
  }

  say(words: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(words));
  }

  private cameOnline = (): void => {
    this.attempts = 0;
    this.ears.state("connecting");
    if (this.pause !== null) clearTimeout(this.pause);
    this.pause = null;
    void this.dial();
  };

  private wentOffline = (): void => {
    this.hangUp();
    this.ears.state("offline");
  };

  private async dial(): Promise<void> {
    if (!this.running || this.dialing || this.socket !== null || !navigator.onLine) return;
    this.dialing = true;
    try {
      const { url } = await api.ticket();
      this.open(url);
    } catch (error) {
      // A 401 here has ended the session already; anything else passes.
      if (!(error instanceof Refused && error.status === 401)) this.again();
    } finally {
      this.dialing = false;
    }
  }

  private open(url: string): void {
    // `stop` may have been called while the ticket was on its way.
    if (!this.running) return;
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.addEventListener("open", () => this.subscribe());
    socket.addEventListener("message", (event) => this.read(event.data));
    socket.addEventListener("close", () => {
      if (this.socket !== socket) return;
      this.hangUp();
      this.again();
    });
  }

  private read(text: unknown): void {
    const frame = schemas.frame.safeParse(typeof text === "string" ? json(text) : null);
    if (!frame.success) return;
    if (frame.data.type === "subscribed") return this.subscribed();
    if (frame.data.type === "pong") return this.pong(frame.data.cursor);
    this.ears.frame(frame.data);
  }

  private subscribed(): void {
    if (this.pings !== null) return; // A change of topics, not a new line.
    this.attempts = 0;
    this.pings = setInterval(() => this.ping(), PING_EVERY);
    this.ears.state("live");
    this.ears.connected();
  }

  private ping(): void {
    this.say({ action: "ping" });
    this.deadline ??= setTimeout(() => this.socket?.close(), PONG_WITHIN);
  }

  private pong(cursor: string | null): void {
    if (this.deadline !== null) clearTimeout(this.deadline);
    this.deadline = null;
    this.ears.pong(cursor);
  }

  private hangUp(): void {
    if (this.pings !== null) clearInterval(this.pings);
    if (this.deadline !== null) clearTimeout(this.deadline);
    this.pings = null;
    this.deadline = null;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private again(): void {
    if (!this.running || this.pause !== null) return;
    if (!navigator.onLine) return this.ears.state("offline");
    this.ears.state("connecting");
    const ceiling = Math.min(LONGEST_PAUSE, 1_000 * 2 ** this.attempts);
    this.attempts += 1;
    this.pause = setTimeout(
      () => {
        this.pause = null;
        void this.dial();
      },
      // The first return is quick; later ones spread over the whole range.
      ceiling * (0.25 + 0.75 * Math.random()),
    );
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
