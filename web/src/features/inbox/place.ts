// Where the agent is, as the address says it: view, status, conversation.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

import type { Status } from "../../api/schemas";
import { STATUSES, VIEWS, type ViewName } from "./rows";

export interface Place {
  view: ViewName;
  status: Status;
  conversation: string | null;
}

export const parseView = (text: unknown): ViewName => VIEWS.find((view) => view === text) ?? "all";
export const parseStatus = (text: unknown): Status => STATUSES.find((status) => status === text) ?? "open";

export function usePlace(): Place {
  const params: { view?: string; conversation?: string } = useParams({ strict: false });
  const search: { status?: unknown } = useSearch({ strict: false });
  return { view: parseView(params.view), status: parseStatus(search.status), conversation: params.conversation ?? null };
}

export function useGo(): (change: Partial<Place>) => void {
  const navigate = useNavigate();
  const { view, status, conversation } = usePlace();
  return useCallback(
    (change) => {
      const next = { view, status, conversation, ...change };
      const search = next.status === "open" ? {} : { status: next.status };
      if (next.conversation === null) void navigate({ to: "/inbox/$view", params: { view: next.view }, search });
      else void navigate({ to: "/inbox/$view/$conversation", params: { view: next.view, conversation: next.conversation }, search });
    },
    [navigate, view, status, conversation],
  );
}
