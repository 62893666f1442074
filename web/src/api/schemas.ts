// What the server says, checked at the door. Generated from its OpenAPI document; here is what differs, and the socket's own words.
import { config, z } from "zod";

import {
  zAccessToken, zChannel, zChannelRef, zContactsPart, zConversation, zDeliveryStatus, zInteractivePart, zListUser, zLocationPart, zMe, zMessage, zMessageType, zNewTemplate, zSendOptions, zSent, zStatus, zSync, zTemplate, zTicket, zUpload, zFileKind, zUser, zUserRef,
} from "./generated/zod.gen";

// Zod would try `new Function`, which the content policy refuses and reports.
config({ jitless: true });

/** Absent and null are the same to us: null. */
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

/** An open tab outlives a release: a kind that this version does not know is shown like one that the server does not know. */
const messageType = zMessageType.catch("unsupported");

/** … and an answer or a call of a form that it does not know is left out. */
export const message = zMessage.extend({
  type: messageType,
  interactive: zMessage.shape.interactive.catch(undefined),
  call: zMessage.shape.call.catch(undefined),
});
export const conversation = zConversation.extend({
  // A new channel is shown with a plain glyph.
  channel: zChannelRef.extend({ type: z.string() }),
  last_message_type: messageType.nullable(),
});

export const attachment = zMessage.shape.attachments.element;

const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next_cursor: z.string().nullable() });
export const conversations = list(conversation);
export const messages = list(message);
export const teammates = zListUser;

export const channel = zChannel.extend({ type: z.string() });
export const channels = list(channel);

export const upload = zUpload;
export const fileKind = zFileKind;

export const sendOptions = zSendOptions;
/** A category or a standing that this version does not know is the unknown one: such a template is not offered. */
export const template = zTemplate.extend({ status: zTemplate.shape.status.catch("unknown"), category: zTemplate.shape.category.catch("unknown") });
export const templates = list(template);
export const templatesSynced = z.object({ total: z.number(), changed: z.number(), removed: z.number() });
export const newTemplate = zNewTemplate;
/** A template's name and what fills it in, as a part of a send. */
export const templateFilling = z.object({
  name: z.string(),
  language: z.string(),
  parameters: z.object({
    header: z.record(z.string(), z.string()),
    body: z.record(z.string(), z.string()),
    buttons: z.record(z.string(), z.string()),
    location: z.object({ latitude: z.number(), longitude: z.number(), name: z.string().optional() }).optional(),
    media: z.object({ upload_id: z.string() }).optional(),
    cards: z.array(z.object({ media: z.object({ upload_id: z.string() }), body: z.record(z.string(), z.string()), buttons: z.record(z.string(), z.string()) })).optional(),
  }),
});

/** What is more than words, and fills a message of its own. */
export const richPart = z.union([zLocationPart, zContactsPart, zInteractivePart]);

export const token = zAccessToken;
export const me = zMe.extend({ role: z.string() });
export const sent = zSent.extend({ messages: z.array(message) });
export const ticket = zTicket;

/** Lenient, because a gateway on the way may answer too. */
export const problem = z.object({
  title: maybe(z.string()),
  detail: maybe(z.string()),
  code: z.string(),
  field: maybe(z.string()),
  request_id: maybe(z.string()),
  tenants: z.array(z.string()).catch([]),
  current: conversation.nullable().catch(null),
});

/** `data` is read by its type, so that a kind of resource that we do not show is passed over. */
export const syncItem = z.object({ type: z.string(), id: z.string(), rev: maybe(z.number()), removed: z.boolean().default(false), data: z.unknown().optional() });
export const sync = zSync.extend({ items: z.array(syncItem) });

/** Everything that the socket says: events, and the answers to what we said. */
export const frame = z.object({
  type: z.string(),
  conversation_id: maybe(z.string()),
  cursor: maybe(z.string()),
  data: z.unknown().optional(),
});
export const typing = z.object({ conversation_id: z.string(), user: zUserRef });
export const presence = z.object({ conversation_id: z.string(), users: z.array(zUserRef) });

export type FileKind = z.infer<typeof fileKind>;
export type SendOptions = z.infer<typeof sendOptions>;
export type Template = z.infer<typeof template>;
export type NewTemplate = z.infer<typeof newTemplate>;
export type TemplatesSynced = z.infer<typeof templatesSynced>;
export type TemplateFilling = z.infer<typeof templateFilling>;
export type RichPart = z.infer<typeof richPart>;
export type Conversation = z.infer<typeof conversation>;
export type Message = z.infer<typeof message>;
export type MessageType = z.infer<typeof zMessageType>;
export type Status = z.infer<typeof zStatus>;
export type DeliveryStatus = z.infer<typeof zDeliveryStatus>;
export type Me = z.infer<typeof me>;
export type Person = z.infer<typeof zUserRef>;
export type Teammate = z.infer<typeof zUser>;
export type Channel = z.infer<typeof channel>;
export type SyncItem = z.infer<typeof syncItem>;
export type Frame = z.infer<typeof frame>;
