// An account's templates on the screen: how they stand, what asking the channel tells, and how a new one is handed in.
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { App } from "../../app";
import { startTexts } from "../../i18n";
import { router } from "../../router";
import { refusal, type FakeServer } from "../../testing/fake-server";
import { MANY_TEMPLATES, ME } from "../../testing/fixtures";
import { play } from "../../testing/play";
import { uploads } from "../conversation/uploads";
import { signOut, startSession } from "../session/session";
import { keepDraft } from "./draft";

let server: FakeServer;

beforeAll(() => startTexts("en"));
beforeEach(async () => {
  server = play();
  server.hasSession = false;
  await startSession();
  router.history.replace("/channels");
});
afterEach(async () => {
  keepDraft(ME.user.id, "acc_sales", null);
  uploads.clear("channel/whatsapp/acc_sales");
  await act(() => signOut());
});

async function open(path: string): Promise<ReturnType<typeof userEvent.setup>> {
  const user = userEvent.setup();
  render(<App />);
  await user.type(screen.getByLabelText("E-mail"), "ada@acme.test");
  await user.type(screen.getByLabelText("Password"), "correct horse");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByRole("main");
  // Only now: between two tests no screen listens to the address.
  act(() => router.history.push(path));
  await waitFor(() => expect(router.state.resolvedLocation?.pathname).toBe(path));
  return user;
}

const plain = (text: string | null) => (text ?? "").replace(/[\u2066-\u2069]/g, "");
/** Each template's name, in the order on the screen. */
const shown = () => screen.getAllByRole("heading", { level: 2 }).map(({ textContent }) => textContent);
/** What a card says below its name. */
async function card(name: string): Promise<string[]> {
  const item = (await screen.findByRole("heading", { name })).closest("li") as HTMLElement;
  return [...item.querySelectorAll("p, span")].filter((each) => each.children.length === 0 || each.tagName === "P").map(({ textContent }) => plain(textContent));
}
const asked = (start: string) => server.asked.filter(({ method, path }) => `${method} ${path}`.startsWith(start)).map(({ path, body }) => [path, body]);
const type = (user: ReturnType<typeof userEvent.setup>, label: string, text: string) => user.type(screen.getByLabelText(label), text.replace(/[{[]/g, "$&$&"));

test("a number's templates are one step from its card, each with its standing in words and why", async () => {
  server.templates = MANY_TEMPLATES;
  const user = await open("/channels");
  await user.click(await screen.findByRole("link", { name: "Templates of Acme Sales" }));
  expect(plain((await screen.findByRole("heading", { level: 1, name: /Templates of/ })).textContent)).toBe("Templates of Acme Sales");
  expect(plain(document.title)).toBe("Templates of Acme Sales · Switchboard");
  expect(router.state.location.pathname).toBe("/channels/acc_sales/templates");
  expect(await card("order_update")).toEqual(["English (United States) · Utility", "ApprovedHigh quality", "Approved", "High quality", "Order {{1}}", "Hi {{1}}, your order is on its way.", "Acme Furniture"]);
  expect((await card("black_friday_2026")).slice(1, 5)).toEqual(["Rejected", "Rejected", "WhatsApp did not accept it, so it cannot be sent.", "It advertises, which its category does not allow."]);
  expect((await card("ramadan_offer")).slice(4, 5)).toEqual(["WhatsApp says: Parameters are adjacent: add text between them."]);
  expect((await card("summer_catalogue")).slice(2, 5)).toEqual(["Disabled", "WhatsApp no longer lets it be sent.", "It has parts that cannot be sent from here, as the cards of a carousel."]);
  await user.click(screen.getByRole("button", { name: "Back to the channels" }));
  await screen.findByRole("heading", { level: 1, name: "Channels" });
});

test("many templates are searched by words and standing, and few are not", async () => {
  server.templates = MANY_TEMPLATES;
  const user = await open("/channels/acc_sales/templates");
  await user.click(await screen.findByRole("radio", { name: "Rejected 2" }));
  expect(shown()).toEqual(["black_friday_2026", "ramadan_offer"]);
  await user.type(screen.getByRole("searchbox"), "midnight");
  expect(shown()).toEqual(["black_friday_2026"]);
  await user.type(screen.getByRole("searchbox"), " zzz");
  screen.getByText("No template fits this search.");
  await user.click(screen.getByRole("button", { name: "Show all" }));
  expect(shown()).toHaveLength(MANY_TEMPLATES.length);
});

test("asking the channel again says what it told, and shows it", async () => {
  server.elsewhere = MANY_TEMPLATES.slice(2, 3);
  const user = await open("/channels/acc_sales/templates");
  await card("order_update");
  expect(screen.queryByRole("searchbox")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Ask WhatsApp again" }));
  await screen.findByText("WhatsApp tells of 3 templates. 1 is new or different.");
  await card("black_friday_2026");
  await user.click(screen.getByRole("button", { name: "Ask WhatsApp again" }));
  await screen.findByText("WhatsApp tells of 3 templates. Nothing has changed.");
  server.next("POST /channels/acc_sales/templates/sync", refusal(409, "waba_unknown"));
  await user.click(screen.getByRole("button", { name: "Ask WhatsApp again" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Nobody has said which WhatsApp Business account this number belongs to.");
});

test("nothing, a failure and a number that is not there are said in words", async () => {
  server.templates = [];
  server.next("GET /channels/acc_sales/templates", { status: 403, body: { code: "forbidden", status: 403 } });
  const user = await open("/channels/acc_sales/templates");
  const alert = await screen.findByRole("alert");
  within(alert).getByText("The templates could not be loaded.");
  within(alert).getByText("You may not see this.");
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  await screen.findByText("No templates of this number are known here yet.");
  server.next("GET /channels/acc_gone/templates", refusal(404, "not_found"));
  await act(() => router.navigate({ to: "/channels/$account/templates", params: { account: "acc_gone" } }));
  await screen.findByText("This number is not known here.");
  expect(screen.queryByRole("link", { name: "New template" })).toBeNull();
});

test("who may not manage channels sees the templates, and neither asks the channel nor writes one", async () => {
  server.next("GET /me", { status: 200, body: { ...ME, role: "agent", permissions: ["channel:read"] } });
  await open("/channels/acc_sales/templates");
  await card("order_update");
  expect([screen.queryByRole("button", { name: "Ask WhatsApp again" }), screen.queryByRole("link", { name: "New template" })]).toEqual([null, null]);
  await act(() => router.navigate({ to: "/channels/$account/templates/new", params: { account: "acc_sales" } }));
  await screen.findByText("Ask an owner or admin of your workspace to add one.");
  expect(screen.queryByRole("form")).toBeNull();
});

async function write(): Promise<ReturnType<typeof userEvent.setup>> {
  const user = await open("/channels/acc_sales/templates");
  await user.click(await screen.findByRole("link", { name: "New template" }));
  await screen.findByRole("form", { name: "New template" });
  await type(user, "Name", "Late Delivery");
  await user.click(screen.getByRole("radio", { name: /^Utility/ }));
  await type(user, "Text", "Hi {{1}}, your order comes on {{2}}.");
  await user.type(screen.getByLabelText(/Example for .\{\{1\}\}/), "Maya");
  await user.type(screen.getByLabelText(/Example for .\{\{2\}\}/), "Sunday");
  return user;
}
const submit = () => screen.getByRole("button", { name: "Hand in for review" });

test("a new template is seen while it is written, handed in, and waits at the top", async () => {
  const user = await write();
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveProperty("value", "late_delivery");
  within(screen.getByRole("region", { name: "Preview" })).getByText("Hi Maya, your order comes on Sunday.");
  await user.selectOptions(screen.getByLabelText("Above the text"), "A heading");
  await type(user, "Heading", "A later day");
  await user.click(screen.getByRole("button", { name: "Web page" }));
  await type(user, "Words on the button", "Track it");
  await type(user, "Address", "acme.test/{{1}}");
  await type(user, "Example for the end of the address", "4821");
  await user.click(submit());
  await waitFor(() => expect(shown()).toEqual(["late_delivery", "order_update", "appointment_reminder"]));
  expect((await card("late_delivery")).slice(1, 4)).toEqual(["In review", "In review", "WhatsApp is looking at it. It can be sent once it is approved."]);
  expect(plain((await screen.findByText(/was handed in/)).textContent)).toBe("late_delivery was handed in. It can be sent once WhatsApp has approved it.");
  expect(asked("POST /channels")).toEqual([
    [
      "/channels/acc_sales/templates",
      {
        name: "late_delivery", language: "en_US", category: "utility", header: "A later day", body: "Hi {{1}}, your order comes on {{2}}.", buttons: [{ type: "url", text: "Track it", url: "https://acme.test/{{1}}" }],
        examples: { header: {}, body: { 1: "Maya", 2: "Sunday" }, buttons: { 0: "4821" } },
      },
    ],
  ]);
});

test("what is missing is said at each field, the first has the focus, and nobody is asked", async () => {
  const user = await open("/channels/acc_sales/templates/new");
  await screen.findByRole("form");
  await user.click(submit());
  const name = screen.getByRole("textbox", { name: "Name" });
  await waitFor(() => expect(document.activeElement).toBe(name));
  expect(screen.getAllByText("Fill this in.")).toHaveLength(2);
  screen.getByText("Choose what it is for.");
  await type(user, "Text", "Hi {{1}}");
  screen.getByText("Words must stand before the first place and after the last one.");
  expect(asked("POST /channels")).toEqual([]);
});

test("what the server refuses stands at its field or beside the button, and nothing that was typed is lost", async () => {
  const user = await write();
  server.next("POST /channels", refusal(422, "invalid", { field: "name" }));
  await user.click(submit());
  await screen.findByText("Only small Latin letters, digits and underscores.");
  const name = screen.getByRole("textbox", { name: "Name" });
  expect([name.getAttribute("aria-invalid"), document.activeElement === name]).toEqual(["true", true]);
  await user.type(name, "_2");
  for (const [answer, said] of [
    [refusal(422, "channel_refused", { field: "body", detail: "There is already content in this language." }), "WhatsApp did not accept it: There is already content in this language.Request req_7f3c"],
    [refusal(503, "channel_unreachable"), "WhatsApp could not be reached. Try again in a moment.Request req_7f3c"],
    ["no network", "The server cannot be reached."],
  ] as const) {
    server.next("POST /channels", answer);
    await user.click(submit());
    await waitFor(() => expect(plain(screen.getByRole("alert").textContent)).toBe(said));
  }
  await user.click(screen.getByRole("button", { name: "Back to the templates" }));
  await user.click(await screen.findByRole("link", { name: "New template" }));
  await user.click(await screen.findByRole("button", { name: "Hand in for review" }));
  await waitFor(() => expect(shown()[0]).toBe("late_delivery_2"));
  expect(asked("POST /channels").map(([, body]) => body)[4]).toEqual({
    name: "late_delivery_2", language: "en_US", category: "utility", body: "Hi {{1}}, your order comes on {{2}}.", buttons: [], examples: { header: {}, body: { 1: "Maya", 2: "Sunday" }, buttons: {} },
  });
});

test("a picture above the text is uploaded for the channel as soon as it is chosen, and named by its upload", async () => {
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:picture");
  vi.spyOn(URL, "revokeObjectURL").mockReturnValue(undefined);
  const user = await write();
  await user.selectOptions(screen.getByLabelText("Above the text"), "A picture");
  await user.click(submit());
  await screen.findByText("Choose an example.");
  act(() => uploads.choose("channel/whatsapp/acc_sales", new File(["abc"], "plan.png", { type: "image/png" }), "image"));
  await waitFor(() => expect(asked("POST /uploads")).toEqual([["/uploads", { channel: "whatsapp", file_name: "plan.png", mime_type: "image/png", bytes: 3, kind: "image" }]]));
});
