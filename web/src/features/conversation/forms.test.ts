// What is filled in becomes the part that the API takes, and back.
import { expect, test } from "vitest";

import { blank, fieldOf, isFit, kindsOf, newChoice, newPhone, newSection, partOf, valuesOf, type Values } from "./forms";

const LIST: Values = {
  kind: "list", text: " Which size? ", header: "", footer: "Until Friday", button: "Sizes",
  sections: [newSection("Round", [newChoice("Small"), newChoice("Large", "Six seats")]), newSection("Square", [newChoice("Wide")])],
};

const FORMS: [Values, object][] = [
  [{ kind: "location", where: "https://www.google.com/maps/@32.0853,34.7818,17z", name: "Habima", address: " " }, { type: "location", latitude: 32.0853, longitude: 34.7818, name: "Habima" }],
  [
    { kind: "contacts", name: " Noa Bar", organization: "Acme", email: "noa@acme.test", phones: [newPhone("+972 54-555-0182", true), newPhone("03 555 0101", true), newPhone(" ")] },
    {
      type: "contacts",
      contacts: [{
        name: "Noa Bar", organization: "Acme", emails: [{ email: "noa@acme.test", type: "WORK" }],
        phones: [{ phone: "+972 54-555-0182", type: "CELL", wa_id: "972545550182" }, { phone: "03 555 0101", type: "CELL" }],
      }],
    },
  ],
  [
    { kind: "buttons", text: "Keep it?", header: "Oak", footer: "", buttons: [newChoice("Yes"), newChoice("No ")] },
    { type: "interactive", text: "Keep it?", interactive: { type: "buttons", header: "Oak", buttons: [{ id: "button-1", title: "Yes" }, { id: "button-2", title: "No" }] } },
  ],
  [
    LIST,
    {
      type: "interactive", text: "Which size?",
      interactive: {
        type: "list", footer: "Until Friday", button: "Sizes",
        sections: [{ title: "Round", rows: [{ id: "row-1", title: "Small" }, { id: "row-2", title: "Large", description: "Six seats" }] }, { title: "Square", rows: [{ id: "row-3", title: "Wide" }] }],
      },
    },
  ],
  [{ kind: "cta_url", text: "Pay here", header: "", footer: "", title: "Pay", url: "https://acme.test/pay" }, { type: "interactive", text: "Pay here", interactive: { type: "cta_url", title: "Pay", url: "https://acme.test/pay" } }],
];

test.each(FORMS)("$kind becomes its part, and the part is mended in the same form", (values, part) => {
  const made = partOf(values);
  expect([made, isFit(values)]).toEqual([part, true]);
  const again = made === null ? null : partOf(valuesOf(made));
  expect(again).toEqual(part);
});

test("what is empty or over a limit is not fit to be sent", () => {
  const buttons = (title: string, text = "Well?"): Values => ({ kind: "buttons", text, header: "", footer: "", buttons: [newChoice(title)] });
  const unfit: Values[] = [
    ...(["location", "contacts", "buttons", "list", "cta_url"] as const).map((kind) => blank(kind, "")),
    buttons("a".repeat(21)),
    buttons("Yes", " "),
    buttons("Yes", "a".repeat(1_025)),
    { ...LIST, kind: "list", sections: [newSection("", [newChoice("a")]), newSection("b", [newChoice("c")])] },
    { ...LIST, kind: "list", sections: [newSection("", Array.from({ length: 11 }, (_, n) => newChoice(String(n))))] },
  ];
  expect(unfit.map(isFit)).toEqual(unfit.map(() => false));
  expect(isFit(buttons("👍".repeat(20)))).toBe(true);
});

test("WhatsApp takes them all; a channel that is not answered from here takes none", () => {
  expect([kindsOf("whatsapp").length, kindsOf("line").length]).toEqual([5, 0]);
});

test("a refusal names the field within its part", () => {
  expect(["parts[0].interactive.buttons[1].title", "parts[0]", "send_at", null].map(fieldOf)).toEqual(["interactive.buttons[1].title", "", "send_at", null]);
});
