// Who is signed in. The access token is in memory only, so each load starts by asking for a fresh one.
import { useSyncExternalStore } from "react";

import * as api from "../../api";
import { Refused } from "../../api/failure";
import { onSignedOut, refresh } from "../../api/http";
import type { Me } from "../../api/schemas";
import { live } from "../../realtime/live";
import { known } from "../inbox/known";

export type Session = { state: "starting" } | { state: "signed-out" } | { state: "signed-in"; me: Me } | { state: "unreachable"; error: unknown };

let session: Session = { state: "starting" };
const listeners = new Set<() => void>();
let forget: () => void = () => undefined;

function become(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
}

/** What must be thrown away with the session: caches of what its person may see. */
export function onForget(listener: () => void): void {
  forget = listener;
}

export const currentSession = (): Session => session;

export function useSession(): Session {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );
}

export function useMe(): Me {
  const now = useSession();
  if (now.state !== "signed-in") throw new Error("this screen is for people who are signed in");
  return now.me;
}

let starting: Promise<void> | null = null;

/** Finds out whether the cookie still opens a session. Once per load; again after "the server cannot be reached". */
export function startSession(): Promise<void> {
  if (session.state === "signed-in" || session.state === "signed-out") return Promise.resolve();
  starting ??= start().finally(() => {
    starting = null;
  });
  return starting;
}

async function start(): Promise<void> {
  try {
    if (await refresh()) await enter();
    else become({ state: "signed-out" });
  } catch (error) {
    become({ state: "unreachable", error });
  }
}

async function enter(): Promise<void> {
  // The place in the log comes before any list, so that nothing between the two is missed.
  const [me] = await Promise.all([api.me(), live.takePlace()]);
  become({ state: "signed-in", me });
  live.start();
}

export async function signIn(credentials: { email: string; password: string; tenant?: string }): Promise<void> {
  await api.signIn(credentials);
  await enter();
}

export async function signOut(): Promise<void> {
  await api.signOut().catch((error: unknown) => {
    // Without an answer the cookie still opens the session: saying "signed out" would be a lie.
    if (!(error instanceof Refused)) throw error;
  });
  leave();
}

function leave(): void {
  live.stop();
  known.clear();
  forget();
  become({ state: "signed-out" });
}

onSignedOut(leave);

/** Whether the signed-in person may do this; the server decides, the screen only shows or hides. */
export function may(me: Me, action: string): boolean {
  return me.permissions.includes(action);
}
