// Which templates are shown, and in which order.
import { expect, test } from "vitest";

import { MANY_TEMPLATES } from "../../testing/fixtures";
import { countsOf, found, inOrder } from "./templates";

const names = (templates: readonly { name: string }[]) => templates.map(({ name }) => name);
const [first, second] = MANY_TEMPLATES;

test("what waits for the channel's word comes first, the newest of it at the top; all else stays by name", () => {
  if (first === undefined || second === undefined) throw new Error("the fixtures are empty");
  const waits = (name: string, at: string) => ({ ...first, name, status: "pending" as const, synced_at: at });
  const all = [first, waits("before", "2026-11-21T05:00:00Z"), second, waits("just_now", "2026-11-21T06:00:00Z"), waits("also_before", "2026-11-21T05:00:00Z")];
  expect(names(inOrder(all))).toEqual(["just_now", "also_before", "before", "order_update", "appointment_reminder"]);
});

test("the standings that there are come with how many stand so", () => {
  expect(countsOf(MANY_TEMPLATES).map(({ standing, count }) => `${standing} ${count}`)).toEqual(["approved 5", "pending 1", "rejected 2", "paused 1", "disabled 1"]);
  expect(countsOf([])).toEqual([]);
});

test("words are sought in all that a template says, together with a standing", () => {
  for (const [words, standing, expected] of [
    ["", null, names(MANY_TEMPLATES)],
    ["  ", "rejected", ["black_friday_2026", "ramadan_offer"]],
    ["SHOP code", null, ["come_by"]],
    ["answer stop", null, ["new_arrival"]],
    ["yes please", null, ["new_arrival"]],
    ["order {{1}}", null, ["order_update", "invoice"]],
    ["invoice", "rejected", []],
  ] as const) {
    expect([words, ...names(found(MANY_TEMPLATES, { words, standing }))]).toEqual([words, ...expected]);
  }
});
