// Which kinds of message this screen can show in full today.
import type { Message, MessageType } from "../../api/schemas";

export function isShownAsText(type: MessageType): boolean {
  return type === "text" || type === "system";
}

/** A message of another kind is shown with its name, and whatever words came with it. */
export function isShownInFull(message: Message): boolean {
  return isShownAsText(message.type) && message.text !== null;
}
