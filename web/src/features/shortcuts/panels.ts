// What is open over the inbox: one thing at a time.
import { useSyncExternalStore } from "react";

export type Panel = "help" | "palette" | "assign" | "contact" | null;

let panel: Panel = null;
const listeners = new Set<() => void>();

export function show(next: Panel): void {
  panel = next;
  for (const listener of listeners) listener();
}

export const shown = (): Panel => panel;

export function usePanel(): Panel {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => panel,
  );
}
