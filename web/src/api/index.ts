// The agents' API, a function per operation.
import { z } from "zod";

import { credentialCall, holdToken, request, takeToken } from "./http";
import * as schemas from "./schemas";
import type { Channel, Conversation, FileKind, Message, NewTemplate, Status, Template } from "./schemas";

export { putFile } from "./put-file";

interface Cancel {
  signal?: AbortSignal;
}

export interface Filter {
  status: Status;
  /** `me`, `none`, or left out for everybody's. */
  assignedTo?: "me" | "none";
}

export interface Reply {
  /** The Idempotency-Key: made with the draft, so that pressing Send twice sends once. */
  clientId: string;
  /** One message each, in this order. */
  parts: readonly object[];
  replyTo: string | null;
  /** The newest `seq` that the agent has seen. */
  expectedSeq: number;
  force: boolean;
  /** When it is to go out; `null` is now. */
  sendAt: string | null;
}

/** Rows per page of the list, and messages per page of a thread. */
export const PAGE = 50;

function query(values: Record<string, string | number | null | undefined>): string {
  const set = Object.entries(values).filter((entry): entry is [string, string | number] => entry[1] !== null && entry[1] !== undefined);
  return set.length === 0 ? "" : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()}`;
}

const at = (conversation: string) => `/conversations/${encodeURIComponent(conversation)}`;

export async function signIn(credentials: { email: string; password: string; tenant?: string }): Promise<void> {
  await takeToken(await credentialCall("/auth/login", credentials));
}

export async function signOut(): Promise<void> {
  await credentialCall("/auth/logout");
  holdToken(null);
}

export const me = (cancel: Cancel = {}) => request(schemas.me, "/me", cancel);

export const teammates = (cancel: Cancel = {}) => request(schemas.teammates, `/users${query({ limit: 200 })}`, cancel);

export const conversations = (filter: Filter, cursor: string | null, cancel: Cancel = {}) =>
  request(schemas.conversations, `/conversations${query({ status: filter.status, assigned_to: filter.assignedTo, limit: PAGE, cursor })}`, cancel);

export const conversation = (id: string, cancel: Cancel = {}): Promise<Conversation> => request(schemas.conversation, at(id), cancel);

/** What the agent saw: who changes a conversation that a teammate has changed since is told, and changes nothing. */
const seen = (version: number) => ({ "if-match": `"${version}"` });

export const assign = (id: string, userId: string | null, version: number): Promise<Conversation> =>
  request(schemas.conversation, `${at(id)}/assign`, { method: "POST", body: { user_id: userId }, headers: seen(version) });

export const setStatus = (id: string, status: Status, version: number): Promise<Conversation> =>
  request(schemas.conversation, `${at(id)}/status`, { method: "POST", body: { status }, headers: seen(version) });

export const markRead = (id: string, seq: number): Promise<Conversation> =>
  request(schemas.conversation, `${at(id)}/mark-read`, { method: "POST", body: { seq } });

export const messages = (id: string, cursor: string | null, cancel: Cancel = {}) =>
  request(schemas.messages, `${at(id)}/messages${query({ limit: PAGE, cursor })}`, cancel);

/** A file as it stands now, with fresh links. */
export const attachment = (id: string, cancel: Cancel = {}) => request(schemas.attachment, `/attachments/${encodeURIComponent(id)}`, cancel);

/** Where a file is to go: into a conversation, or by a channel to whom nobody knows yet. */
export type Destination = { conversation_id: string } | { channel: string };

/** A form to upload one file by, if the channel takes such a file. */
export const upload = (file: { to: Destination; name: string; mimeType: string; bytes: number; kind: FileKind }, cancel: Cancel = {}) =>
  request(schemas.upload, "/uploads", {
    method: "POST",
    body: { ...file.to, file_name: file.name, mime_type: file.mimeType || "application/octet-stream", bytes: file.bytes, kind: file.kind },
    ...cancel,
  });

export async function reply(id: string, reply: Reply): Promise<Message[]> {
  const body: Record<string, unknown> = { parts: reply.parts, expected_seq: reply.expectedSeq };
  if (reply.replyTo !== null) body["reply_to"] = reply.replyTo;
  if (reply.force) body["force"] = true;
  if (reply.sendAt !== null) body["send_at"] = reply.sendAt;
  const call = { method: "POST", body, headers: { "idempotency-key": reply.clientId } } as const;
  return (await request(schemas.sent, `${at(id)}/messages`, call)).messages;
}

export const sendOptions = (id: string, cancel: Cancel = {}) => request(schemas.sendOptions, `${at(id)}/send-options`, cancel);

export const channels = (cancel: Cancel = {}) => request(schemas.channels, "/channels", cancel);

/** A number that is new here, or another token for one that is known by its `phone_number_id`. */
export const connectChannel = (account: Record<string, unknown>): Promise<Channel> => request(schemas.channel, "/channels/connect", { method: "POST", body: { type: "whatsapp", ...account } });

const account = (id: string) => `/channels/${encodeURIComponent(id)}`;

export const testChannel = (id: string): Promise<Channel> => request(schemas.channel, `${account(id)}/test`, { method: "POST" });

export const setReadReceipts = (id: string, shown: boolean): Promise<Channel> => request(schemas.channel, account(id), { method: "PATCH", body: { read_receipts: shown } });

export const disconnectChannel = (id: string): Promise<Channel> => request(schemas.channel, account(id), { method: "DELETE" });

const ofChannel = (channel: string) => `/channels/${encodeURIComponent(channel)}/templates`;

export const templates = (channel: string, cursor: string | null, cancel: Cancel = {}) =>
  request(schemas.templates, `${ofChannel(channel)}${query({ limit: 250, cursor })}`, cancel);

export const syncTemplates = (channel: string) => request(schemas.templatesSynced, `${ofChannel(channel)}/sync`, { method: "POST" });

/** Hands a new one in: the channel looks at it before it may be sent. */
export const createTemplate = (channel: string, template: NewTemplate): Promise<Template> => request(schemas.template, ofChannel(channel), { method: "POST", body: template });

/** An empty emoji takes the reaction back; `key` is the Idempotency-Key. */
export async function react(id: string, reaction: { messageId: string; emoji: string; key: string }): Promise<Message[]> {
  const body = { parts: [{ type: "reaction", message_id: reaction.messageId, emoji: reaction.emoji }] };
  const call = { method: "POST", body, headers: { "idempotency-key": reaction.key } } as const;
  return (await request(schemas.sent, `${at(id)}/messages`, call)).messages;
}

/** `key` is made once per press of the button: the same press twice is one more try, not two. */
export const retry = (message: string, key: string): Promise<Message> =>
  request(
    z.union([schemas.message, schemas.sent.transform((answer, context) => answer.messages[0] ?? (context.addIssue("no message"), z.NEVER))]),
    `/messages/${encodeURIComponent(message)}/retry`,
    { method: "POST", headers: { "idempotency-key": key } },
  );

/** Takes a send back that still waits for its turn or its time. */
export const takeBack = (message: string): Promise<Message> => request(schemas.message, `/messages/${encodeURIComponent(message)}`, { method: "DELETE" });

export const ticket = () => request(schemas.ticket, "/realtime/tickets", { method: "POST" });

/** Without `since`: the place to start from. */
export const sync = (since: string | null) => request(schemas.sync, `/sync${query({ since })}`);
