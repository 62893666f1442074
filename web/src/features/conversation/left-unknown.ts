// Sends of unknown outcome that this person chose to leave as they are.
import { useSyncExternalStore } from "react";

const keyOf = (user: string) => `switchboard.left-unknown.${user}`;
/** Older choices are forgotten; the question then shows again. */
const MOST = 500;
const listeners = new Set<() => void>();

function left(user: string): string[] {
  try {
    const stored = JSON.parse(localStorage.getItem(keyOf(user)) ?? "[]") as unknown;
    return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export function leaveUnknown(user: string, message: string): void {
  try {
    localStorage.setItem(keyOf(user), JSON.stringify([...left(user), message].slice(-MOST)));
  } catch {
    // Without storage the question stays.
  }
  for (const listener of listeners) listener();
}

export function useLeftUnknown(user: string, message: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => left(user).includes(message),
  );
}
