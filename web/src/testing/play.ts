// Puts the fake server behind `fetch` and `WebSocket`, and plays what a customer does.
import { vi } from "vitest";

import { FakeServer } from "./fake-server";

export class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static last: FakeSocket | null = null;
  readyState = 1;
  readonly said: Record<string, unknown>[] = [];

  constructor(readonly url: string) {
    super();
    FakeSocket.last = this;
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }

  send(text: string): void {
    const words = JSON.parse(text) as Record<string, unknown>;
    this.said.push(words);
    if (words["action"] === "subscribe") this.hear({ type: "subscribed", n: words["n"], topics: words["topics"] });
  }

  hear(frame: object): void {
    queueMicrotask(() => this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) })));
  }

  close(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
}

export function play(): FakeServer {
  const server = new FakeServer(() => Date.now());
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => {
    const headers = Object.fromEntries(Object.entries(init.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : null;
    return Promise.resolve().then(() => {
      const { status, body: answer } = server.answer({ method: init.method ?? "GET", path: url.replace("/v1", ""), headers, body });
      return new Response(status === 204 ? null : JSON.stringify(answer), { status });
    });
  });
  return server;
}
