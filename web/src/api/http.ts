// One request: token on, answer checked, and on a 401 one refresh that all share.
import type { z } from "zod";

import { Malformed, Refused, Unreachable } from "./failure";
import { token as tokenSchema } from "./schemas";

export interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

// The access token lives here and nowhere else: no script can read it from storage.
let accessToken: string | null = null;
let refreshing: Promise<boolean> | null = null;
let whenSignedOut: () => void = () => undefined;

export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}

export function holdToken(token: string | null): void {
  accessToken = token;
}

async function send(path: string, call: Call, token: string | null): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json", ...call.headers };
  if (call.body !== undefined) headers["content-type"] = "application/json";
  if (token !== null) headers["authorization"] = `Bearer ${token}`;
  const init: RequestInit = { method: call.method ?? "GET", headers, credentials: "same-origin" };
  if (call.body !== undefined) init.body = JSON.stringify(call.body);
  if (call.signal !== undefined) init.signal = call.signal;
  try {
    return await fetch(`/v1${path}`, init);
  } catch (error) {
    if (call.signal?.aborted === true) throw error;
    throw new Unreachable(error);
  }
}

async function read<T extends z.ZodType>(schema: T, path: string, response: Response): Promise<z.infer<T>> {
  const body: unknown = await response.json().catch((error: unknown) => {
    throw new Malformed(path, error);
  });
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    // For whoever debugs: which fields, never their values.
    console.error(path, parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code}`));
    throw new Malformed(path, parsed.error);
  }
  return parsed.data;
}

/** A call to the sign-in routes: cookie, and a header that no foreign page can send without asking first. */
export async function credentialCall(path: string, body?: unknown): Promise<Response> {
  const response = await send(path, { method: "POST", body, headers: { "x-requested-with": "switchboard" } }, null);
  if (!response.ok) throw await Refused.from(response);
  return response;
}

export async function takeToken(response: Response): Promise<void> {
  holdToken((await read(tokenSchema, "/auth", response)).access_token);
}

/**
 * Turns the cookie into a fresh access token; whoever asks meanwhile waits for the same answer.
 * False: there is no session any more. A network failure is thrown, because it says nothing about the session.
 */
export function refresh(): Promise<boolean> {
  refreshing ??= refreshOnce().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function refreshOnce(): Promise<boolean> {
  try {
    // The refresh token turns at each use, and an old one seen again ends the session: tabs take turns.
    await oneTabAtATime(async () => takeToken(await credentialCall("/auth/refresh")));
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status < 500 && error.status !== 429) return false;
    throw error;
  }
}

async function oneTabAtATime(work: () => Promise<void>): Promise<void> {
  // `locks` is absent outside secure contexts and in tests.
  if (typeof navigator === "undefined" || !("locks" in navigator)) return work();
  await navigator.locks.request("switchboard-refresh", work);
}

async function sendSignedIn(path: string, call: Call): Promise<Response> {
  const used = accessToken;
  const first = await send(path, call, used);
  if (first.status !== 401) return first;
  // Another call may have refreshed while this one was on its way.
  const fresh = accessToken !== used && accessToken !== null ? true : await refresh();
  if (!fresh) {
    holdToken(null);
    whenSignedOut();
    return first;
  }
  return send(path, call, accessToken);
}

export async function request<T extends z.ZodType>(schema: T, path: string, call: Call = {}): Promise<z.infer<T>> {
  const response = await sendSignedIn(path, call);
  if (!response.ok) throw await Refused.from(response);
  return read(schema, path, response);
}
