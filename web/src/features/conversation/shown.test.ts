import { describe, expect, it } from "vitest";

import { message } from "../../testing/fixtures";
import { hasDetails, isShownInFull, kindOf, knownEvent, webAddress } from "./shown";

const of = (change: Parameters<typeof message>[0] extends infer T ? Partial<T> : never) => message({ id: "m", seq: 1, sent_at: "2026-11-21T05:00:00.000Z", ...change });

describe("what is shown of a message", () => {
  it("is its words, its details, or at least its kind", () => {
    const place = of({ type: "location", text: null, location: { latitude: 35.5, longitude: 139.25 } });
    const poll = of({ type: "unsupported", text: null, raw_type: "unsupported", unsupported: { type: "poll_creation", code: 131051 } });
    const seen = [of({ text: "hi" }), place, poll].map((one) => [isShownInFull(one), hasDetails(one), kindOf(one)]);
    expect(seen).toEqual([
      [true, false, "text"],
      [false, true, "location"],
      [false, false, "unsupported"],
    ]);
  });

  it("has our own words for what channels tell, where we know them", () => {
    const events = ["user_changed_number", "something_new"].map((event) => knownEvent(of({ type: "system", system: { event } })));
    expect(events).toEqual(["user_changed_number", null]);
  });

  it("follows an address only where it is one of the web", () => {
    const addresses = ["https://fb.me/x", "javascript:alert(1)", "data:text/html,x", null].map(webAddress);
    expect(addresses).toEqual(["https://fb.me/x", null, null, null]);
  });
});
