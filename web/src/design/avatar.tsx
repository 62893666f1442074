// A face: the picture, else initials on a quiet ground that stays the same for the same person.
import { Camera, MessageCircle, MessagesSquare, Phone, UserRound, type LucideIcon } from "lucide-react";
import { useState } from "react";

import styles from "./avatar.module.css";

interface AvatarProps {
  id: string;
  name: string;
  url?: string | null;
  size: 18 | 24 | 28 | 36 | 64;
  channel?: string;
}

export function Avatar({ id, name, url = null, size, channel }: AvatarProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const letters = initials(name, size);
  const picture = url !== null && url !== broken;
  return (
    <span className={styles.avatar} data-size={size} data-face={faceOf(id)} aria-hidden="true">
      {picture ? <img src={url} alt="" onError={() => setBroken(url)} /> : letters === "" ? <UserRound size={Math.round(size * 0.55)} strokeWidth={2} /> : <span dir="auto">{letters}</span>}
      {channel !== undefined && <ChannelGlyph type={channel} />}
    </span>
  );
}

const GLYPHS: Record<string, LucideIcon> = { whatsapp: Phone, messenger: MessageCircle, instagram: Camera, line: MessagesSquare };

export function ChannelGlyph({ type }: { type: string }) {
  const Glyph = GLYPHS[type] ?? MessageCircle;
  return (
    <span className={styles.glyph} data-channel={type} aria-hidden="true">
      <Glyph size={9} strokeWidth={2.5} fill="currentColor" />
    </span>
  );
}

/** The first letter of the first and last word; one letter where the face is small. Empty for a telephone number. */
export function initials(name: string, size: number): string {
  const words = name.trim().split(/\s+/).filter((word) => /[\p{L}\p{Emoji_Presentation}]/u.test(word));
  const picked = size < 28 ? words.slice(0, 1) : words.length > 1 ? [words[0] ?? "", words.at(-1) ?? ""] : words;
  const letters = picked.map((word) => firstLetter(word));
  return letters.join("").toLocaleUpperCase();
}

function firstLetter(word: string): string {
  // A grapheme, so that an emoji or a Thai vowel sign is not cut in half; and never the `+` or quote before it.
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word)) {
    if (/[\p{L}\p{Emoji_Presentation}]/u.test(segment)) return segment;
  }
  return "";
}

function faceOf(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return sum % 6;
}
