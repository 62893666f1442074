// What a reply is made of: its files, and its words below the first of them that has room for words; or one thing alone.
import type { RichPart, TemplateFilling } from "../../api/schemas";
import type { ReadyFile } from "./uploads";

/** Longest caption on WhatsApp, in characters as the server counts them: code points. */
const CAPTION_MAX = 1_024;

export function partsOf({ text, template, part, files }: { text: string; template: TemplateFilling | null; part: RichPart | null; files: readonly ReadyFile[] }): object[] {
  if (part !== null) return [part];
  if (template !== null) return [{ type: "template", ...template }];
  const bearer = Array.from(text).length <= CAPTION_MAX ? files.findIndex(({ kind }) => kind !== "audio" && kind !== "voice" && kind !== "sticker") : -1;
  const media = files.map(({ uploadId }, index) => ({ type: "media", upload_id: uploadId, ...(index === bearer && text !== "" ? { caption: text } : {}) }));
  return text === "" || bearer >= 0 ? media : [...media, { type: "text", text }];
}
