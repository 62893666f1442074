// What is more than words, on the screen: filled in, refused at its field, sent, scheduled and taken back; against the fake server.
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { App } from "./app";
import { edit } from "./features/conversation/editing";
import { signOut, startSession } from "./features/session/session";
import { startTexts } from "./i18n";
import { router } from "./router";
import { refusal, type FakeServer } from "./testing/fake-server";
import { FakeSocket, play } from "./testing/play";

let server: FakeServer;
let user: ReturnType<typeof userEvent.setup>;

// The whole app in jsdom, where each look for a role walks all of it; ms.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

beforeAll(() => startTexts("en"));
beforeEach(async () => {
  server = play();
  server.hasSession = false;
  await startSession();
  router.history.replace("/inbox/all/con_maya");
  user = userEvent.setup({ delay: null });
  render(<App />);
  await user.type(screen.getByLabelText("E-mail"), "ada@acme.test");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByRole("textbox", { name: /^Reply to/ });
});
afterEach(async () => {
  act(() => edit(null));
  await act(() => signOut());
});

const sends = () => server.asked.filter(({ method, path }) => method === "POST" && path.endsWith("/messages")).map(({ body }) => body);

const fill = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

async function compose(entry: string): Promise<HTMLElement> {
  await user.click(screen.getByRole("button", { name: "More to send" }));
  await user.click(await screen.findByRole("menuitem", { name: entry }));
  return screen.findByRole("dialog");
}

test("a map's link is understood, named, and sent as a place", async () => {
  const dialog = await compose("Location");
  const send = within(dialog).getByRole("button", { name: "Send" });
  const where = within(dialog).getByLabelText("Coordinates or map link");
  await user.click(where);
  await user.paste("https://maps.app.goo.gl/abc");
  expect(within(dialog).getByText(/A short link does not say/)).toBeDefined();
  await user.clear(where);
  await user.paste("https://www.google.com/maps/place/Habima/@32.0853,34.7818,17z");
  expect(within(dialog).getByLabelText<HTMLInputElement>("Name of the place").value).toBe("Habima");
  await user.click(send);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sends().map((body) => body?.["parts"])).toEqual([[{ type: "location", latitude: 32.0853, longitude: 34.7818, name: "Habima" }]]);
  expect(await within(screen.getByRole("log", { name: /Messages with/ })).findByText("Habima")).toBeDefined();
});

test("a teammate's card is filled in from the team", async () => {
  const dialog = await compose("Contact card");
  await user.click(await within(dialog).findByRole("button", { name: "Choose from the team" }));
  await user.click(await screen.findByRole("menuitem", { name: /^Noa Bar/ }));
  fill(screen.getByLabelText("Phone"), "+972 54 555 0182");
  expect(screen.getByRole<HTMLInputElement>("checkbox").checked).toBe(true);
  await user.click(screen.getByRole("button", { name: "Send" }));
  await waitFor(() => expect(sends()).toHaveLength(1));
  const card = { name: "Noa Bar", organization: "Acme Furniture", phones: [{ phone: "+972 54 555 0182", type: "CELL", wa_id: "972545550182" }], emails: [{ email: "noa@acme.test", type: "WORK" }] };
  expect(sends()[0]?.["parts"]).toEqual([{ type: "contacts", contacts: [card] }]);
});

test("buttons stand below the composer's words; what is too long or refused says so at its field", async () => {
  fill(screen.getByRole("textbox", { name: /^Reply to/ }), "Shall we keep it?");
  const dialog = await compose("Reply buttons");
  expect(within(dialog).getByLabelText<HTMLTextAreaElement>("Message").value).toBe("Shall we keep it?");
  const [first, second] = [1, 2].map((number) => within(dialog).getByLabelText(`Button ${number}`));
  if (first === undefined || second === undefined) throw new Error("two buttons to begin with");
  fill(first, "Yes, please keep it for me");
  fill(second, "No");
  expect(within(dialog).getByText("6 characters too many")).toBeDefined();
  expect(within(dialog).getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
  fill(first, "No");
  server.next("POST /conversations/con_maya/messages", refusal(422, "duplicate", { field: "parts[0].interactive.buttons[1].title" }));
  await user.click(within(dialog).getByRole("button", { name: "Send" }));
  expect(await within(dialog).findByText("An earlier one says the same.")).toBeDefined();
  expect([second.getAttribute("aria-invalid"), document.activeElement]).toEqual(["true", second]);
  expect(screen.getByLabelText<HTMLTextAreaElement>("Message").value).toBe("Shall we keep it?");
  fill(first, "Yes");
  await user.click(within(dialog).getByRole("button", { name: "Send" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  const buttons = [{ id: "button-1", title: "Yes" }, { id: "button-2", title: "No" }];
  expect(sends().at(-1)?.["parts"]).toEqual([{ type: "interactive", text: "Shall we keep it?", interactive: { type: "buttons", buttons } }]);
  expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: /^Reply to/ }).value).toBe("");
});

test("a list grows by choices and sections, ten choices at most", async () => {
  const dialog = await compose("List to choose from");
  await user.click(within(dialog).getByRole("button", { name: "Add a section" }));
  expect(within(dialog).getAllByLabelText("Section title")).toHaveLength(2);
  for (let more = 0; more < 7; more += 1) await user.click(within(dialog).getAllByText("Add a choice")[0] ?? dialog);
  expect(within(dialog).queryByText("Add a choice")).toBeNull();
  expect(within(dialog).getByText("A list has 10 choices at most.")).toBeDefined();
});

test("a reply that was scheduled says when, and can be taken back", async () => {
  fill(screen.getByRole("textbox", { name: /^Reply to/ }), "Good morning!");
  await user.click(screen.getByRole("button", { name: "More to send" }));
  await user.click(await screen.findByRole("menuitem", { name: "Send later" }));
  await user.click(await screen.findByRole("menuitem", { name: /^Tomorrow morning/ }));
  const log = screen.getByRole("log", { name: /Messages with/ });
  expect(await within(log).findByText("Good morning!")).toBeDefined();
  await waitFor(() => expect(sends()[0]?.["send_at"]).toEqual(expect.any(String)));
  await user.click(await within(log).findByRole("button", { name: "Do not send" }));
  await waitFor(() => expect(within(log).queryByText("Good morning!")).toBeNull());
});

test("a template may be sent while the window is open, too", async () => {
  const dialog = await compose("Template");
  await user.click(await within(dialog).findByRole("button", { name: /order_update/ }));
  for (const [index, value] of ["42", "Maya"].entries()) fill(within(dialog).getAllByRole("textbox")[index] ?? dialog, value);
  await user.click(within(dialog).getByRole("button", { name: "Send template" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await waitFor(() => expect(sends()).toHaveLength(1));
  expect(sends()[0]?.["parts"]).toEqual([{ type: "template", name: "order_update", language: "en_US", parameters: { header: { 1: "42" }, body: { 1: "Maya" }, buttons: {} } }]);
});

test("a channel that takes none of them offers none, and what is empty cannot wait", async () => {
  const row = server.change("con_maya", { channel: { id: "chn_line", type: "line", name: "LINE" } });
  await act(async () => {
    FakeSocket.last?.hear({ type: "conversation.updated", data: row });
    await Promise.resolve();
  });
  await user.click(screen.getByRole("button", { name: "More to send" }));
  const entries = (await screen.findAllByRole("menuitem")).map((entry) => [entry.textContent, entry.getAttribute("aria-disabled")]);
  expect(entries).toEqual([["Send later", "true"]]);
});
