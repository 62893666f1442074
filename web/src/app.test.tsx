// The road on the screen: sign in, read, answer, see the ticks; against the fake server.
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { App } from "./app";
import { prefer } from "./features/preferences/preferences";
import { signOut, startSession } from "./features/session/session";
import { startTexts } from "./i18n";
import { router } from "./router";
import type { FakeServer } from "./testing/fake-server";
import { FakeSocket, play } from "./testing/play";

let server: FakeServer;

beforeAll(() => startTexts("en"));
beforeEach(async () => {
  server = play();
  server.hasSession = false;
  await startSession();
  router.history.replace("/inbox/all");
});
afterEach(async () => {
  await act(() => signOut());
  prefer({ language: "en" });
});

async function enter(): Promise<ReturnType<typeof userEvent.setup>> {
  const user = userEvent.setup();
  render(<App />);
  await user.type(screen.getByLabelText("E-mail"), "ada@acme.test");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByRole("listbox");
  return user;
}

const hear = (frame: object) => act(async () => {
  FakeSocket.last?.hear(frame);
  await Promise.resolve();
});

test("a wrong password says so, and keeps what was typed", async () => {
  const user = userEvent.setup();
  render(<App />);
  await user.type(screen.getByLabelText("E-mail"), "ada@acme.test");
  await user.type(screen.getByLabelText("Password"), "wrong");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect((await screen.findByRole("alert")).textContent).toBe("That e-mail and password do not match.");
  expect(screen.getByLabelText<HTMLInputElement>("E-mail").value).toBe("ada@acme.test");
});

test("a person of several workspaces is asked which", async () => {
  const user = userEvent.setup();
  server.next("POST /auth/login", { status: 422, body: { code: "tenant_required", field: "tenant", status: 422 } });
  render(<App />);
  await user.type(screen.getByLabelText("E-mail"), "ada@acme.test");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await user.type(await screen.findByLabelText("Workspace"), "acme");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByRole("listbox");
  expect(server.asked.filter(({ path }) => path === "/auth/login").at(-1)?.body).toEqual({ email: "ada@acme.test", password: "correct horse", tenant: "acme" });
});

test("a customer writes, the agent answers, the ticks arrive, and the thread counts as read", async () => {
  const user = await enter();
  const { row, message } = server.customerWrites("con_noam", "Is anybody there?");
  await hear({ type: "conversation.updated", data: row });
  const first = screen.getAllByRole("option")[0];
  if (first === undefined) throw new Error("no rows");
  expect(within(first).getByText("Is anybody there?")).toBeDefined();
  await user.click(first);
  await screen.findByRole("log", { name: /Messages with/ });
  await waitFor(() => expect(server.row("con_noam").unread_count).toBe(0));
  expect(message.seq).toBe(21);

  await user.type(await screen.findByRole("textbox"), "We are!{Enter}");
  const log = screen.getByRole("log", { name: /Messages with/ });
  expect(await within(log).findByText("We are!")).toBeDefined();
  await waitFor(() => expect(within(log).getAllByLabelText("Waiting to be sent")).toHaveLength(1));
  const sent = server.threads.get("con_noam")?.at(-1);
  for (const [status, spoken] of [["sent", "Sent"], ["delivered", "Delivered"], ["read", "Read"]] as const) {
    await hear({ type: "message.updated", data: server.receipt(sent?.id ?? "", status) });
    expect(await within(log).findByLabelText(spoken)).toBeDefined();
  }
});

test("in Hebrew the page turns, and the shut window says what is possible", async () => {
  const user = await enter();
  act(() => prefer({ language: "he" }));
  await waitFor(() => expect(document.documentElement.dir).toBe("rtl"));
  await user.click(screen.getByText("יוסי מזרחי"));
  expect(await screen.findByText("עד אז רק תבנית מאושרת יכולה לפתוח את השיחה.")).toBeDefined();
});

test("where the window is shut a template is chosen, filled in and sent", async () => {
  const user = await enter();
  await user.click(within(screen.getByRole("listbox")).getByText("יוסי מזרחי"));
  await user.click(await screen.findByRole("button", { name: "Choose a template" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(await within(dialog).findByRole("button", { name: /order_update/ }));
  const send = within(dialog).getByRole("button", { name: "Send template" });
  expect(send.getAttribute("disabled")).not.toBeNull();
  const fields = within(dialog).getAllByRole("textbox");
  expect(fields).toHaveLength(2);
  for (const [index, value] of ["42", "Yossi"].entries()) await user.type(fields[index] ?? dialog, value);
  expect(within(within(dialog).getByRole("region", { name: "Preview" })).getByText("Hi Yossi, your order is on its way.")).toBeDefined();
  await user.click(send);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await waitFor(() => expect(server.asked.filter(({ method, path }) => method === "POST" && path.endsWith("/messages"))).toHaveLength(1));
  const body = server.asked.findLast(({ path }) => path === "/conversations/con_yossi/messages")?.body;
  expect(body?.["parts"]).toEqual([{ type: "template", name: "order_update", language: "en_US", parameters: { header: { 1: "42" }, body: { 1: "Yossi" }, buttons: {} } }]);
});

test("a load that failed says so with its request, and can be asked again", async () => {
  const user = await enter();
  const broken = { status: 404, body: { code: "not_found", status: 404, request_id: "req_1" } };
  server.next("GET /conversations?status=pending", broken);
  await user.click(screen.getByRole("radio", { name: "Pending" }));
  const alert = await screen.findByRole("alert");
  expect(within(alert).getByText(/Request/).textContent.replace(/[\u2066\u2069]/g, "")).toBe("Request req_1");
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No conversations here yet. They appear the moment a customer writes.")).toBeDefined();
});
