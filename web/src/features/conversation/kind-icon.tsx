// A small picture for what kind of message it is.
import {
  AtSign, CircleHelp, Contact, FileText, Image, LayoutTemplate, List, MapPin, MessageCircle, Mic, Phone, Share2, ShoppingBag, SmilePlus, Sticker, Video, Volume2,
  type LucideIcon,
} from "lucide-react";

import type { MessageType } from "../../api/schemas";

const ICONS: Record<MessageType, LucideIcon> = {
  text: MessageCircle, image: Image, video: Video, audio: Volume2, voice: Mic, file: FileText, sticker: Sticker, location: MapPin, contacts: Contact,
  interactive: List, template: LayoutTemplate, reaction: SmilePlus, order: ShoppingBag, call: Phone, comment: MessageCircle, story_mention: AtSign,
  story_reply: MessageCircle, share: Share2, system: MessageCircle, unsupported: CircleHelp,
};

export function KindIcon({ type, size = 14 }: { type: MessageType; size?: number }) {
  const Icon = ICONS[type];
  return <Icon size={size} aria-hidden="true" />;
}
