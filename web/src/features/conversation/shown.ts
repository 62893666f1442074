// Which kinds of message this screen can show in full today.
import type { Message, MessageType } from "../../api/schemas";

export function isShownAsText(type: MessageType): boolean {
  return type === "text" || type === "system";
}

/** WhatsApp's words for kinds that have another name, or one of their own, here. */
const RAW_KINDS: Record<string, MessageType> = {
  image: "image", video: "video", audio: "audio", voice: "voice", document: "file", sticker: "sticker", location: "location", contacts: "contacts",
  interactive: "interactive", button: "interactive", order: "order", reaction: "reaction",
};

/** What it is, told by the channel's word where ours says only that we do not show it yet. */
export function kindOf(message: Message): MessageType {
  if (message.type !== "unsupported" || message.raw_type === null) return message.type;
  return RAW_KINDS[message.raw_type] ?? "unsupported";
}

/** Words that stand for the whole: a text, or an answer that was chosen from ours. */
export function isShownInFull(message: Message): boolean {
  return isShownAsText(message.type) && message.text !== null;
}

/** What a message of its kind says beside its words; without any of it only its kind can be named. */
export function hasDetails(message: Message): boolean {
  const { location, contacts, interactive, template, reaction, order, call } = message;
  return message.attachments.length > 0 || [location, contacts, interactive, template, reaction, order, call].some((details) => details != null);
}

/** An address that a customer gave is followed only where it is one of the web. */
export function webAddress(url: string | null | undefined): string | null {
  return url != null && /^https?:\/\//i.test(url) ? url : null;
}

/** What channels tell of a thread, as far as we have words for it. */
const EVENTS = ["user_changed_number", "user_changed_user_id", "customer_identity_changed", "request_welcome", "control_passed"] as const;

export function knownEvent(message: Message): (typeof EVENTS)[number] | null {
  return EVENTS.find((event) => event === message.system?.event) ?? null;
}
