// The times that are offered for later.
import { expect, test } from "vitest";

import { asField, choices, fromField } from "./later";

const local = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute); // 16 November 2026 is a Monday.

test.each([
  ["a Monday's morning", local(16, 10), ["hour 16 11:00", "evening 16 18:00", "morning 17 09:00", "monday 23 09:00"]],
  ["too late for the evening", local(16, 17, 30), ["hour 16 18:30", "morning 17 09:00", "monday 23 09:00"]],
  ["tomorrow is Monday", local(22, 9), ["hour 22 10:00", "evening 22 18:00", "morning 23 09:00"]],
])("%s", (_, now, offered) => {
  expect(choices(now).map(({ key, at }) => `${key} ${asField(at).slice(8).replace("T", " ")}`)).toEqual(offered);
});

test("a field's time is taken where it is ahead, within a year", () => {
  const now = local(16, 10);
  expect([fromField("2026-11-16T10:01", now), fromField("2026-11-16T10:00", now), fromField("2028-01-01T00:00", now), fromField("", now)]).toEqual([local(16, 10, 1), null, null, null]);
});
