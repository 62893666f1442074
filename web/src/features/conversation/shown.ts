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

/** A message of another kind is shown with its name, and whatever words came with it. */
export function isShownInFull(message: Message): boolean {
  return isShownAsText(message.type) && message.text !== null;
}
