// Shortcuts by the place of the key, so that they work on Hebrew, Arabic, Thai and French keyboards alike.
import { useEffect, useRef } from "react";

/** A key's code, with `Mod+` for Ctrl or ⌘ and `Shift+` before it: `KeyJ`, `Mod+KeyK`, `Shift+Slash`. */
export type Keys = Record<string, () => void>;

export function nameOf(event: Pick<KeyboardEvent, "code" | "ctrlKey" | "metaKey" | "shiftKey">): string {
  return `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.shiftKey ? "Shift+" : ""}${event.code}`;
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      const name = nameOf(event);
      const act = latest.current[name];
      // A letter that is being written, or a choice in a menu or dialog, is no command.
      if (act === undefined || event.defaultPrevented || event.altKey || event.isComposing) return;
      if (!name.startsWith("Mod+") && (isWriting(event.target) || document.querySelector('[role="dialog"], [role="menu"]') !== null)) return;
      event.preventDefault();
      act();
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

const isApple = () => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The modifier as this keyboard prints it. */
export const modifier = (): string => (isApple() ? "⌘" : "Ctrl");
