// The numbers of a workspace: who may do what with them, and what is said when it does not work.
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { App } from "../../app";
import { startTexts } from "../../i18n";
import { router } from "../../router";
import { refusal, type FakeServer } from "../../testing/fake-server";
import { ME } from "../../testing/fixtures";
import { play } from "../../testing/play";
import { signOut, startSession } from "../session/session";

let server: FakeServer;

beforeAll(() => startTexts("en"));
beforeEach(async () => {
  server = play();
  server.hasSession = false;
  await startSession();
  router.history.replace("/channels");
});
afterEach(async () => {
  await act(() => signOut());
});

async function open(): Promise<ReturnType<typeof userEvent.setup>> {
  const user = userEvent.setup();
  render(<App />);
  await user.type(screen.getByLabelText("E-mail"), "ada@acme.test");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByRole("heading", { name: "Channels" });
  return user;
}

/** One account's card. */
const card = async (name: string) => within((await screen.findByRole("heading", { name })).closest("li") as HTMLElement);
const asked = (start: string) => server.asked.filter(({ method, path }) => `${method} ${path}`.startsWith(start)).map(({ path, body }) => [path, body]);

test("each number says whether it can send, and one that cannot is given another token", async () => {
  const user = await open();
  (await card("Acme Sales")).getByText("Connected");
  const repairs = await card("Acme Repairs");
  repairs.getByText("Cannot send: needs a new token");
  repairs.getByText("The channel does not accept this token.");
  await user.click(repairs.getByRole("button", { name: "Reconnect" }));
  await user.type(screen.getByLabelText("Access token"), " EAAG-new ");
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Reconnect" }));
  await repairs.findByText("Connected");
  expect(asked("POST /channels")).toEqual([["/channels/connect", { type: "whatsapp", name: "Acme Repairs", phone_number_id: "106540352242923", waba_id: "1001", access_token: "EAAG-new" }]]);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a new number is connected, and what the channel refuses is said at its field", async () => {
  const user = await open();
  await user.click(screen.getByRole("button", { name: "Connect a number" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.type(dialog.getByLabelText("Name"), "Acme Tokyo");
  await user.type(dialog.getByLabelText("Phone number ID"), "106540352242999");
  await user.type(dialog.getByLabelText("Access token"), "EAAG-old");
  server.next("POST /channels/connect", refusal(422, "token_refused", { field: "access_token" }));
  await user.click(dialog.getByRole("button", { name: "Connect a number" }));
  await dialog.findByText("WhatsApp does not accept this token.");
  expect(dialog.getByLabelText("Access token").getAttribute("aria-invalid")).toBe("true");
  await user.clear(dialog.getByLabelText("Access token"));
  await user.type(dialog.getByLabelText("Access token"), "EAAG-good");
  await user.click(dialog.getByRole("button", { name: "Connect a number" }));
  (await card("Acme Tokyo")).getByText("Connected");
  expect(asked("POST /channels").at(-1)).toEqual(["/channels/connect", { type: "whatsapp", name: "Acme Tokyo", phone_number_id: "106540352242999", access_token: "EAAG-good" }]);
});

test("a refusal that no field shows stands below them all", async () => {
  const user = await open();
  const sales = await card("Acme Sales");
  await user.click(sales.getByRole("button", { name: "New token" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.type(dialog.getByLabelText("Access token"), "EAAG");
  server.next("POST /channels/connect", refusal(409, "channel_taken"));
  await user.click(dialog.getByRole("button", { name: "Reconnect" }));
  expect((await dialog.findByRole("alert")).textContent).toContain("This number is connected in another workspace.");
});

test("a number is tested, its read marks are switched, and it is disconnected once that is confirmed", async () => {
  const user = await open();
  const sales = await card("Acme Sales");
  await user.click(sales.getByRole("button", { name: "Test" }));
  await sales.findByText("It works.");
  await user.click(sales.getByRole("checkbox"));
  expect(sales.getByRole<HTMLInputElement>("checkbox").checked).toBe(false);
  await user.click(sales.getByRole("button", { name: "Disconnect" }));
  await user.click(screen.getByRole("button", { name: "Keep it" }));
  expect(asked("DELETE")).toEqual([]);
  await user.click(sales.getByRole("button", { name: "Disconnect" }));
  await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Disconnect" }));
  await sales.findByText("Disconnected");
  expect([asked("PATCH"), asked("DELETE")]).toEqual([[["/channels/acc_sales", { read_receipts: false }]], [["/channels/acc_sales", null]]]);
});

test("who may not manage channels sees how they stand, and whom to ask", async () => {
  server.next("GET /me", { status: 200, body: { ...ME, role: "agent", permissions: ["channel:read"] } });
  await open();
  (await card("Acme Repairs")).getByText("Ask an owner or admin of your workspace to connect it.");
  expect(screen.queryByRole("button", { name: "Connect a number" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Test" })).toBeNull();
});
