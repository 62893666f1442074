// A server with a memory, at the HTTP and WebSocket seam: what unit tests and screenshots talk to. Never part of the app.
import type { Channel, Conversation, Message, NewTemplate, RichPart, Template } from "../api/schemas";
import { CHANNELS, ME, NOA, SOMCHAI, TEMPLATES, ada, conversations, messages, sendOptions } from "./fixtures";

export interface Answer {
  status: number;
  body: unknown;
}

export interface Asked {
  method: string;
  /** With the query, without the origin and `/v1`. */
  path: string;
  headers: Record<string, string>;
  body: Record<string, unknown> | null;
}

type Handler = (asked: Asked, parts: string[], query: URLSearchParams) => Answer;

const ok = (body: unknown): Answer => ({ status: 200, body });
export const refusal = (status: number, code: string, more: object = {}): Answer => ({ status, body: { type: "about:blank", title: code, status, code, request_id: "req_7f3c", ...more } });

export class FakeServer {
  readonly asked: Asked[] = [];
  conversations: Conversation[];
  threads = new Map<string, Message[]>();
  channels: readonly Channel[] = CHANNELS;
  templates: readonly Template[] = TEMPLATES;
  /** What the channel has that nobody has asked it for yet. */
  elsewhere: readonly Template[] = [];
  /** Answers given once, instead of the usual one, to the first request whose `METHOD path` starts like this. */
  private once: { start: string; answer: Answer | "no network" }[] = [];
  private tokens = 0;
  private uploads = 0;
  private rev = 1_000;
  private log = 0;
  private changes: { n: number; type: "conversation" | "message"; id: string }[] = [];
  private sends = new Map<string, Message[]>();
  hasSession = true;

  constructor(private readonly now: () => number) {
    this.conversations = conversations(now());
    for (const row of this.conversations) this.threads.set(row.id, messages(row.id, now()));
  }

  next(start: string, answer: Answer | "no network"): void {
    this.once.push({ start, answer });
  }

  answer(asked: Asked): Answer {
    this.asked.push(asked);
    const planned = this.once.findIndex((plan) => `${asked.method} ${asked.path}`.startsWith(plan.start));
    if (planned >= 0) {
      const [plan] = this.once.splice(planned, 1);
      if (plan?.answer === "no network") throw new TypeError("Failed to fetch");
      if (plan !== undefined) return plan.answer;
    }
    const [path = "", query = ""] = asked.path.split("?");
    const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
    return this.handler(asked.method, parts)(asked, parts, new URLSearchParams(query));
  }

  /** A customer writes: the message, its row, and the frames that tell of them. */
  customerWrites(conversation: string, text: string): { message: Message; row: Conversation } {
    const row = this.row(conversation);
    const at = new Date(this.now()).toISOString();
    const message: Message = {
      id: `msg_${++this.rev}`, conversation_id: conversation, seq: row.seq + 1, direction: "inbound", type: "text", text, author: { kind: "contact", id: row.contact.id, name: row.contact.name },
      channel_message_id: null, client_id: null, reply_to: null, reactions: [], attachments: [], delivery_status: null, error: null, sent_at: at, received_at: at, created_at: at,
      edited_at: null, deleted_at: null, raw_type: null, rev: this.rev,
    };
    this.store(message);
    const after = this.change(conversation, { seq: message.seq, unread_count: row.unread_count + 1, last_message_at: at, last_message_preview: text, last_message_type: "text", last_message_direction: "inbound" });
    return { message, row: after };
  }

  /** A receipt moves a send on. */
  receipt(id: string, status: Message["delivery_status"]): Message {
    const before = [...this.threads.values()].flat().find((message) => message.id === id);
    if (before === undefined) throw new Error(`no message ${id}`);
    const after = { ...before, delivery_status: status, rev: ++this.rev };
    this.store(after);
    return after;
  }

  private takeBack(id: string): Message {
    const after: Message = { ...this.receipt(id, "failed"), error: { code: "cancelled", title: "Taken back", channel_code: null }, rev: ++this.rev };
    this.store(after);
    return after;
  }

  row(id: string): Conversation {
    const row = this.conversations.find((each) => each.id === id);
    if (row === undefined) throw new Error(`no conversation ${id}`);
    return row;
  }

  change(id: string, change: Partial<Conversation>): Conversation {
    const after = { ...this.row(id), ...change, rev: ++this.rev };
    this.conversations = this.conversations.map((row) => (row.id === id ? after : row));
    this.changes.push({ n: ++this.log, type: "conversation", id });
    return after;
  }

  private store(message: Message): void {
    const thread = (this.threads.get(message.conversation_id) ?? []).filter((each) => each.id !== message.id);
    this.threads.set(message.conversation_id, [...thread, message]);
    this.changes.push({ n: ++this.log, type: "message", id: message.id });
  }

  private handler(method: string, [first, second, third, fourth]: string[]): Handler {
    switch (`${method} ${first ?? ""}`) {
      case "POST auth":
        return this.auth;
      case "GET me":
        return () => ok(ME);
      case "GET users":
        return () => ok({ items: [{ ...ada, email: ME.user.email, role: "owner" }, { ...NOA, email: "noa@acme.test", role: "agent" }, { ...SOMCHAI, email: "somchai@acme.test", role: "agent" }], next_cursor: null });
      case "GET sync":
        return this.sync;
      case "POST realtime":
        return () => ok({ ticket: "tkt", url: "wss://socket.test/?ticket=tkt", expires_at: new Date(this.now() + 30_000).toISOString() });
      case "POST messages":
        return (_, [, id = ""]) => ({ status: 202, body: this.receipt(id, "queued") });
      case "DELETE messages":
        return (_, [, id = ""]) => ok(this.takeBack(id));
      case "POST uploads":
        return () => ({ status: 201, body: { upload_id: `upl_${++this.uploads}`, url: "https://files.test/bucket", fields: { key: "k", policy: "p" }, expires_at: new Date(this.now() + 600_000).toISOString() } });
      case "GET channels":
        return () => ok({ items: third === "templates" ? this.templates : this.channels, next_cursor: null });
      case "POST channels":
        if (third === "templates") return fourth === "sync" ? this.syncTemplates : this.createTemplate;
        return second === "connect" ? this.connect : (_, [, id = ""]) => this.changeChannel(id, { status: "active", health: null });
      case "PATCH channels":
        return ({ body }, [, id = ""]) => this.changeChannel(id, { read_receipts: body?.["read_receipts"] === true });
      case "DELETE channels":
        return (_, [, id = ""]) => this.changeChannel(id, { status: "disconnected", health: null });
      case "GET conversations":
        if (third === "send-options") return (_, [, id = ""]) => ok(sendOptions(this.row(id)));
        return second === undefined ? this.list : third === "messages" ? this.thread : (_, [, id = ""]) => this.found(id);
      case "POST conversations":
        return third === "messages" ? this.send : this.act;
      default:
        return () => refusal(404, "not_found");
    }
  }

  private auth: Handler = ({ body }, [, what]) => {
    if (what === "logout") this.hasSession = false;
    if (what === "logout") return { status: 204, body: null };
    if (what === "login" && body?.["password"] !== "correct horse") return refusal(401, "unauthenticated");
    if (what === "refresh" && !this.hasSession) return refusal(401, "unauthenticated");
    this.hasSession = true;
    return ok({ access_token: `token-${++this.tokens}`, expires_in: 600 });
  };

  private changeChannel(id: string, change: Partial<Channel>): Answer {
    this.channels = this.channels.map((account) => (account.id === id ? { ...account, ...change } : account));
    return ok(this.channels.find((account) => account.id === id));
  }

  private connect: Handler = ({ body }) => {
    const known = this.channels.find((account) => account.phone_number_id === body?.["phone_number_id"]);
    if (known !== undefined) return this.changeChannel(known.id, { status: "active", health: null });
    const account: Channel = { id: "acc_new", type: "whatsapp", status: "active", health: null, read_receipts: true, name: "", phone_number_id: null, waba_id: null, display_phone_number: null, ...(body as Partial<Channel>) };
    this.channels = [...this.channels, account];
    return ok(account);
  };

  private createTemplate: Handler = ({ body }) => {
    const { name, language, category, header, media, body: words, footer = null, buttons = [] } = body as unknown as NewTemplate;
    const shown = header == null ? (media == null ? null : ({ format: "image" } as const)) : ({ format: "text", text: header } as const);
    const template: Template = {
      name, language, category, header: shown, body: words, footer, buttons, status: "pending", quality: null, reason: null, parameter_format: "positional", has_more: false,
      synced_at: new Date(this.now()).toISOString(),
    };
    this.templates = [...this.templates, template].sort((a, b) => a.name.localeCompare(b.name));
    return { status: 201, body: template };
  };

  private syncTemplates: Handler = () => {
    const changed = this.elsewhere.length;
    this.templates = [...this.templates, ...this.elsewhere];
    this.elsewhere = [];
    return ok({ total: this.templates.length, changed, removed: 0 });
  };

  private found(id: string): Answer {
    const row = this.conversations.find((each) => each.id === id);
    return row === undefined ? refusal(404, "not_found") : ok(row);
  }

  private list: Handler = (_, __, query) => {
    const owner = query.get("assigned_to");
    const rows = this.conversations
      .filter((row) => row.status === query.get("status"))
      .filter((row) => owner === null || (owner === "none" ? row.assigned_to === null : row.assigned_to?.id === ME.user.id))
      .sort((a, b) => b.last_message_at.localeCompare(a.last_message_at));
    return page(rows, query);
  };

  private thread: Handler = (_, [, id = ""], query) => page([...(this.threads.get(id) ?? [])].sort((a, b) => b.sent_at.localeCompare(a.sent_at) || b.seq - a.seq), query);

  private act: Handler = ({ body }, [, id = "", what]) => {
    if (what === "mark-read") return ok(this.change(id, { unread_count: 0 }));
    if (what === "status") return ok(this.change(id, { status: body?.["status"] as Conversation["status"] }));
    const owner = [ada, NOA, SOMCHAI].find((person) => person.id === body?.["user_id"]) ?? null;
    return ok(this.change(id, { assigned_to: owner }));
  };

  private send: Handler = ({ body, headers }, [, id = ""]) => {
    const key = headers["idempotency-key"] ?? "";
    const done = this.sends.get(key);
    if (done !== undefined) return { status: 202, body: { messages: done } };
    const row = this.row(id);
    const at = new Date(this.now()).toISOString();
    const [part] = body?.["parts"] as Part[];
    const text = (part !== undefined && "text" in part ? part.text : this.templates.find((template) => part?.type === "template" && template.name === part.name)?.body) ?? "";
    const replyTo = typeof body?.["reply_to"] === "string" ? { id: body["reply_to"] } : null;
    const { type, more } = carried(part);
    const sendAt = typeof body?.["send_at"] === "string" ? { send_at: body["send_at"], sent_at: body["send_at"] } : {};
    const message: Message = {
      id: `msg_${++this.rev}`, conversation_id: id, seq: row.seq + 1, direction: "outbound", type, text, author: { kind: "user", ...ada }, channel_message_id: null, client_id: key,
      reply_to: replyTo, reactions: [], attachments: [], delivery_status: "queued", error: null, sent_at: at, received_at: at, created_at: at, edited_at: null, deleted_at: null, raw_type: null, rev: this.rev, ...more, ...sendAt,
    };
    this.store(message);
    this.change(id, { seq: message.seq, last_message_at: at, last_message_preview: text, last_message_type: type, last_message_direction: "outbound" });
    this.sends.set(key, [message]);
    return { status: 202, body: { messages: [message] } };
  };

  private sync: Handler = (_, __, query) => {
    const since = query.get("since");
    if (since === null) return ok({ items: [], next: String(this.log), complete: true });
    const items = this.changes.filter((change) => change.n > Number(since)).map(({ type, id }) => {
      const data = type === "conversation" ? this.row(id) : [...this.threads.values()].flat().find((message) => message.id === id);
      return { type, id, rev: data?.rev, data };
    });
    return ok({ items, next: String(this.log), complete: true });
  };
}

type Part = { type: "text" | "template" | "media"; text?: string; name?: string } | RichPart;

/** What a message says beside its words: as it was sent. */
function carried(part: Part | undefined): { type: Message["type"]; more: Partial<Message> } {
  if (part?.type === "location") return { type: "location", more: { text: null, location: { latitude: part.latitude, longitude: part.longitude, name: part.name ?? null, address: part.address ?? null } } };
  if (part?.type === "contacts") return { type: "contacts", more: { text: null, contacts: part.contacts } };
  if (part?.type === "interactive") return { type: "interactive", more: { interactive: part.interactive } };
  return { type: "text", more: {} };
}

function page(items: readonly unknown[], query: URLSearchParams): Answer {
  const from = Number(query.get("cursor") ?? 0);
  const to = from + Number(query.get("limit") ?? 50);
  return ok({ items: items.slice(from, to), next_cursor: to < items.length ? String(to) : null });
}
