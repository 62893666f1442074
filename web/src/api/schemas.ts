// What the server says, checked at the door: one schema per payload of REST and WebSocket.
import { config, z } from "zod";

// Zod would try `new Function`, which the content policy refuses and reports.
config({ jitless: true });

/** Absent and null are the same to us: null. */
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

const id = z.string().min(1);
const time = z.iso.datetime({ offset: true });

const MESSAGE_TYPES = [
  "text", "image", "video", "audio", "voice", "file", "sticker", "location", "contacts", "interactive", "template", "reaction", "order", "call",
  "comment", "story_mention", "story_reply", "share", "system", "unsupported",
] as const;

/** A type that this version does not know is shown like one that the server does not know. */
export const messageType = z.enum(MESSAGE_TYPES).catch("unsupported");
export const status = z.enum(["open", "pending", "resolved", "snoozed"]);
export const direction = z.enum(["inbound", "outbound"]);
export const deliveryStatus = z.enum(["queued", "parked", "sent", "delivered", "read", "failed", "unknown"]);

const person = z.object({ id, name: z.string() });

export const conversation = z.object({
  id,
  channel: z.object({ id, type: z.string(), name: z.string() }),
  contact: z.object({ id, name: z.string(), avatar_url: maybe(z.string()) }),
  status,
  assigned_to: maybe(person),
  unread_count: z.number().int().min(0),
  last_message_at: maybe(time),
  last_message_preview: maybe(z.string()),
  last_message_type: maybe(messageType),
  last_message_direction: maybe(direction),
  seq: z.number().int().min(0),
  window: maybe(z.object({ state: z.enum(["open", "closed"]), closes_at: maybe(time) })),
  version: z.number().int(),
  rev: z.number().int(),
});

const author = z.object({ kind: z.enum(["contact", "user", "system", "external"]), id: maybe(z.string()), name: maybe(z.string()) });

const attachment = z.object({
  id,
  kind: z.string(),
  mime_type: maybe(z.string()),
  file_name: maybe(z.string()),
  bytes: maybe(z.number()),
  state: z.enum(["pending", "ready", "failed"]),
  url: maybe(z.string()),
  thumbnail_url: maybe(z.string()),
  reason: maybe(z.string()),
});

export const message = z.object({
  id,
  conversation_id: id,
  seq: z.number().int(),
  direction,
  type: messageType,
  text: maybe(z.string()),
  author,
  channel_message_id: maybe(z.string()),
  client_id: maybe(z.string()),
  // The id is null where the quoted message was never stored here.
  reply_to: maybe(z.object({ id: maybe(z.string()) })),
  reactions: z.array(z.object({ emoji: z.string(), by: z.unknown() })).default([]),
  attachments: z.array(attachment).default([]),
  delivery_status: maybe(deliveryStatus),
  error: maybe(z.object({ code: z.string(), title: maybe(z.string()), channel_code: maybe(z.union([z.number(), z.string()])) })),
  sent_at: time,
  received_at: maybe(time),
  created_at: maybe(time),
  edited_at: maybe(time),
  deleted_at: maybe(time),
  raw_type: maybe(z.string()),
  rev: z.number().int(),
});

export const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next_cursor: maybe(z.string()) });

export const token = z.object({ access_token: z.string().min(1), expires_in: z.number() });
export const me = z.object({
  user: z.object({ id, name: z.string(), email: z.string() }),
  tenant: maybe(z.object({ id, slug: z.string(), name: z.string() })),
  role: z.string(),
  permissions: z.array(z.string()),
});
export const teammate = z.object({ id, name: z.string(), email: maybe(z.string()), role: maybe(z.string()) });
export const sent = z.object({ messages: z.array(message) });
export const ticket = z.object({ ticket: z.string(), url: z.url(), expires_at: maybe(time) });
export const problem = z.object({
  type: maybe(z.string()),
  title: maybe(z.string()),
  status: maybe(z.number()),
  detail: maybe(z.string()),
  code: z.string(),
  field: maybe(z.string()),
  request_id: maybe(z.string()),
});

/** An item of the sync log. `data` is read by its type; a type that we do not show is passed over. */
export const syncItem = z.object({ type: z.string(), id, rev: maybe(z.number()), removed: z.boolean().default(false), data: z.unknown() });
/** A cursor is opaque, and may be written as a number. */
export const cursor = z.union([z.string(), z.number()]).transform(String);
export const sync = z.object({ items: z.array(syncItem).default([]), next: cursor, complete: z.boolean().default(true) });

export const frame = z.object({
  type: z.string(),
  id: maybe(z.string()),
  conversation_id: maybe(z.string()),
  seq: maybe(z.number()),
  rev: maybe(z.number()),
  cursor: maybe(cursor),
  n: maybe(z.number()),
  data: z.unknown(),
});
export const typing = z.object({ conversation_id: maybe(z.string()), user: person });
export const presence = z.object({ conversation_id: maybe(z.string()), users: z.array(person) });

export type Conversation = z.infer<typeof conversation>;
export type Message = z.infer<typeof message>;
export type MessageType = z.infer<typeof messageType>;
export type Status = z.infer<typeof status>;
export type DeliveryStatus = z.infer<typeof deliveryStatus>;
export type Me = z.infer<typeof me>;
export type Person = z.infer<typeof person>;
export type Teammate = z.infer<typeof teammate>;
export type SyncItem = z.infer<typeof syncItem>;
export type Frame = z.infer<typeof frame>;
