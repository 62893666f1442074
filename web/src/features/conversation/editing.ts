// Which form is open over which conversation: asked for by the menu, or by a reply that the server refused.
import { useSyncExternalStore } from "react";

import type { Values } from "./forms";
import type { Problem } from "./outbox";

export interface Editing {
  conversation: string;
  values: Values;
  /** Why the server did not take it as it was. */
  problem: Problem | null;
  /** Its words are those in the composer, and go back there. */
  isDraft: boolean;
  /** What it answers, where it is no draft. */
  replyTo: string | null;
}

let open: Editing | null = null;
const listeners = new Set<() => void>();

export function edit(editing: Editing | null): void {
  open = editing;
  for (const listener of listeners) listener();
}

export function useEditing(conversation: string): Editing | null {
  const editing = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
  return editing?.conversation === conversation ? editing : null;
}
