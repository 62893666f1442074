// Keys by place: the same on every keyboard.
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { useKeys, type Keys } from "./keys";

function Screen({ keys }: { keys: Keys }) {
  useKeys(keys);
  return <textarea aria-label="reply" />;
}

test("a Hebrew keyboard's J moves on; a letter being written does not; Ctrl works while writing", () => {
  const next = vi.fn();
  const palette = vi.fn();
  render(<Screen keys={{ KeyJ: next, "Mod+KeyK": palette }} />);
  fireEvent.keyDown(document.body, { code: "KeyJ", key: "ח" });
  fireEvent.keyDown(screen.getByLabelText("reply"), { code: "KeyJ", key: "j" });
  fireEvent.keyDown(document.body, { code: "KeyJ", key: "j", altKey: true });
  fireEvent.keyDown(screen.getByLabelText("reply"), { code: "KeyK", key: "k", ctrlKey: true });
  expect([next.mock.calls.length, palette.mock.calls.length]).toEqual([1, 1]);
});
