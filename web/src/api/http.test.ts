// Tokens, refusals and answers that do not fit.
import { expect, test, vi } from "vitest";

import { Malformed, Refused, Unreachable, worthAnotherTry } from "./failure";
import { holdToken, onSignedOut } from "./http";
import * as api from "./index";
import { play } from "../testing/play";
import { refusal } from "../testing/fake-server";

const paths = (server: ReturnType<typeof play>) => server.asked.map(({ method, path }) => `${method} ${path.split("?")[0] ?? ""}`);

test("two calls that meet a 401 share one refresh, and are made again with the fresh token", async () => {
  const server = play();
  holdToken("stale");
  server.next("GET /me", refusal(401, "token_expired"));
  server.next("GET /users", refusal(401, "token_expired"));
  await Promise.all([api.me(), api.teammates()]);
  expect(paths(server)).toEqual(["GET /me", "GET /users", "POST /auth/refresh", "GET /me", "GET /users"]);
  expect(server.asked.map(({ headers }) => headers["authorization"])).toEqual(["Bearer stale", "Bearer stale", undefined, "Bearer token-1", "Bearer token-1"]);
  expect(server.asked[2]?.headers["x-requested-with"]).toBe("switchboard");
});

test("when the session is over, the call fails and the app is told once", async () => {
  const server = play();
  server.hasSession = false;
  holdToken("stale");
  const told = vi.fn();
  onSignedOut(told);
  server.next("GET /me", refusal(401, "token_expired"));
  await expect(api.me()).rejects.toMatchObject({ status: 401, code: "token_expired", requestId: "req_7f3c" });
  expect(told).toHaveBeenCalledOnce();
});

test("an answer that does not fit its schema is not let in", async () => {
  const server = play();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  server.next("GET /me", { status: 200, body: { user: "ada" } });
  await expect(api.me()).rejects.toBeInstanceOf(Malformed);
});

test("only what may pass is worth another try", () => {
  const refused = (status: number) => new Refused({ status, code: "x" });
  const errors = [new Unreachable(null), refused(500), refused(503), refused(429), refused(409), refused(422), refused(404), new Malformed("/", null)];
  expect(errors.map(worthAnotherTry)).toEqual([true, true, true, true, false, false, false, false]);
});
