// What we know of the tenant's channel accounts.
import { queryOptions, useQuery, type QueryClient } from "@tanstack/react-query";

import * as api from "../../api";
import type { Channel } from "../../api/schemas";

export const CHANNELS = ["channels"];

export const channelsQuery = queryOptions({ queryKey: CHANNELS, queryFn: ({ signal }) => api.channels({ signal }) });

/** One account; `undefined` while nobody knows yet, `null` where there is no such. */
export function useAccount(id: string): Channel | null | undefined {
  const { data } = useQuery(channelsQuery);
  return data === undefined ? undefined : (data.items.find((account) => account.id === id) ?? null);
}

/** Puts an account as the server last told of it in the list, and asks what else changed. */
export function takeChannel(queries: QueryClient, now: Channel): void {
  queries.setQueryData(channelsQuery.queryKey, (before) => before && { ...before, items: before.items.map((one) => (one.id === now.id ? now : one)) });
  void queries.invalidateQueries({ queryKey: CHANNELS });
}
