// The links of a file: they come with its message, end after minutes, and are then asked for anew.
import { useQuery, useQueryClient, queryOptions } from "@tanstack/react-query";
import { useCallback } from "react";

import * as api from "../../api";
import type { Message } from "../../api/schemas";

export type File = Message["attachments"][number];

/** A link is followed only while it surely lasts this long, ms. */
const SPARE = 20_000;

/** Links are given for five to ten minutes. */
const FRESH = 4 * 60_000;

/** Until when a signed link can be used, ms since 1970; without a signature: for ever. */
export function endOf(link: string): number {
  const said = new URL(link, "https://none.invalid").searchParams;
  const [at, seconds] = [said.get("X-Amz-Date"), said.get("X-Amz-Expires")];
  const parts = at?.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/);
  if (parts == null || seconds === null) return Number.POSITIVE_INFINITY;
  const [, year, month, day, hour, minute, second] = parts.map(Number) as [number, number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second) + Number(seconds) * 1_000;
}

export function lasts(link: string | null, now: number): boolean {
  return link !== null && endOf(link) - now > SPARE;
}

/** Whether a browser may show or play it where it stands: the server's own answer is "save it" for all the rest. */
export function canShow(file: File): boolean {
  const type = file.mime_type ?? "";
  if (file.kind === "image" || file.kind === "sticker") return /^image\/(jpeg|png|webp|gif)$/.test(type);
  if (file.kind === "video") return /^video\/(mp4|3gpp|webm|quicktime)$/.test(type);
  return (file.kind === "audio" || file.kind === "voice") && type.startsWith("audio/");
}

const REASONS = ["gone", "too_large", "damaged", "unavailable", "refused_by_channel", "no_media_id"] as const;

/** A word that a later server brings is shown like none. */
export function reasonOf(file: File): (typeof REASONS)[number] | "failed" {
  return REASONS.find((reason) => reason === file.reason) ?? "failed";
}

const attachmentQuery = (id: string) => queryOptions({ queryKey: ["attachment", id], queryFn: ({ signal }) => api.attachment(id, { signal }), staleTime: FRESH });

export function useLinks(file: File) {
  const queries = useQueryClient();
  const given = lasts(file.url, Date.now());
  const { data } = useQuery({ ...attachmentQuery(file.id), enabled: !given });
  const links = data !== undefined && lasts(data.url, Date.now()) ? data : file;
  const renewed = useCallback(async () => (await queries.query(attachmentQuery(file.id)).catch(() => null))?.url ?? null, [queries, file.id]);
  const renew = useCallback(() => void renewed(), [renewed]);
  const isFresh = useCallback(() => lasts(links.url, Date.now()), [links.url]);
  return { links, renew, renewed, isFresh };
}
