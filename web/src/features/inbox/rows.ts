// The list of a view: pages from the server say how far down we have read; the rows themselves come from what is known.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";

import * as api from "../../api";
import type { Conversation, Status } from "../../api/schemas";
import { known, newestFirst } from "./known";

export const VIEWS = ["mine", "unassigned", "all"] as const;
export type ViewName = (typeof VIEWS)[number];
export const STATUSES = ["open", "pending", "snoozed", "resolved"] as const satisfies readonly Status[];

export interface Page {
  next: string | null;
  /** The last row of the page: below it there may be rows that we have not read. */
  last: Conversation | null;
}

const ASSIGNED = { mine: "me", unassigned: "none", all: undefined } as const;

export const conversationsQuery = (view: ViewName, status: Status) =>
  infiniteQueryOptions({
    queryKey: ["conversations", view, status],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      const assignedTo = ASSIGNED[view];
      const page = await api.conversations({ status, ...(assignedTo === undefined ? {} : { assignedTo }) }, pageParam, { signal });
      known.take({ conversations: page.items });
      return { next: page.next_cursor, last: page.items.at(-1) ?? null };
    },
    getNextPageParam: (page) => page.next,
    staleTime: Infinity, // The log tells of every change since.
  });

export function belongs(row: Conversation, view: ViewName, me: string): boolean {
  switch (view) {
    case "mine":
      return row.assigned_to?.id === me;
    case "unassigned":
      return row.assigned_to === null;
    case "all":
      return true;
  }
}

/** The known rows of a view that lie within what the server has listed so far. */
export function rowsOf(all: readonly Conversation[], pages: readonly Page[], view: ViewName, status: Status, me: string): readonly Conversation[] {
  const more = pages.length === 0 || pages.at(-1)?.next !== null;
  const last = pages.findLast((page) => page.last !== null)?.last ?? null;
  if (more && last === null) return [];
  return all.filter((row) => row.status === status && belongs(row, view, me) && (!more || last === null || newestFirst(row, last) <= 0));
}

export function useKnownConversations(): readonly Conversation[] {
  return useSyncExternalStore(known.subscribe, known.all);
}

export function useRows(view: ViewName, status: Status, me: string) {
  const query = useInfiniteQuery(conversationsQuery(view, status));
  const all = useKnownConversations();
  const pages = query.data?.pages;
  const rows = useMemo(() => rowsOf(all, pages ?? [], view, status, me), [all, pages, view, status, me]);
  return { query, rows };
}

/** How many open conversations of each view have something unread, among those we know. */
export function useUnread(me: string): Record<ViewName, number> {
  const all = useKnownConversations();
  return useMemo(() => {
    const unread = all.filter((row) => row.status === "open" && row.unread_count > 0);
    const count = (view: ViewName) => unread.filter((row) => belongs(row, view, me)).length;
    return { mine: count("mine"), unassigned: count("unassigned"), all: count("all") };
  }, [all, me]);
}
