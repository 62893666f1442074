// An account's templates: all of them, in the order in which they are looked for, and those that are sought.
import { queryOptions, type QueryClient } from "@tanstack/react-query";

import * as api from "../../api";
import type { Template } from "../../api/schemas";

export type Standing = Template["status"];

/** In the order in which they are offered to choose from. */
export const STANDINGS: readonly Standing[] = ["approved", "pending", "rejected", "paused", "disabled", "archived", "deleted", "unknown"];

/** Every template of an account by name and language, as the channel last told of them. */
export const templatesQuery = (channel: string) =>
  queryOptions({
    queryKey: ["channel", channel, "templates"],
    queryFn: async ({ signal }) => {
      const all: Template[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof api.templates>> = await api.templates(channel, cursor, { signal });
        all.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return all;
    },
    staleTime: 60_000, // The channel pauses a template when it likes; a send is judged afresh.
  });

/** A name may stand in several languages. */
export const idOf = ({ name, language }: Template) => `${name} ${language}`;

/** Puts what was just handed in among those that are known. */
export function takeTemplate(queries: QueryClient, channel: string, now: Template): void {
  queries.setQueryData(templatesQuery(channel).queryKey, (before) => before && [...before.filter((one) => idOf(one) !== idOf(now)), now]);
}

/** What waits for the channel's word comes first, the newest of it at the top; all else stays by name. */
export function inOrder(templates: readonly Template[]): Template[] {
  const waits = templates.filter(({ status }) => status === "pending").sort((a, b) => b.synced_at.localeCompare(a.synced_at) || a.name.localeCompare(b.name));
  return [...waits, ...templates.filter(({ status }) => status !== "pending")];
}

/** The standings that there are, each with how many stand so. */
export function countsOf(templates: readonly Template[]): { standing: Standing; count: number }[] {
  const counts = STANDINGS.map((standing) => ({ standing, count: templates.filter(({ status }) => status === standing).length }));
  return counts.filter(({ count }) => count > 0);
}

export interface Sought {
  words: string;
  /** `null`: any. */
  standing: Standing | null;
}

/** Those with all these words, wherever in them, and this standing. */
export function found(templates: readonly Template[], { words, standing }: Sought): Template[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return templates.filter((template) => {
    const all = textOf(template).toLowerCase();
    return (standing === null || template.status === standing) && wanted.every((word) => all.includes(word));
  });
}

function textOf({ name, language, header, body, footer, buttons }: Template): string {
  const heading = header?.format === "text" ? header.text : "";
  return [name, language, heading, body, footer ?? "", ...buttons.map(({ text }) => text)].join(" ");
}
