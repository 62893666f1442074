// The line between two panes: dragged, or moved with the arrow keys.
import { useState, type KeyboardEvent, type PointerEvent } from "react";
import { useLocale } from "react-aria-components";
import { useTranslation } from "react-i18next";

import styles from "./splitter.module.css";

interface SplitterProps {
  /** Width of the pane it belongs to, and its bounds, in pixels. */
  size: number;
  from: number;
  to: number;
  /** Where the line is in the reading direction: after its pane, or before it. */
  side: "after" | "before";
  onResize: (size: number) => void;
}

const STEP = 16;

export function Splitter({ size, from, to, side, onResize }: SplitterProps) {
  const { t } = useTranslation();
  const { direction } = useLocale();
  const [start, setStart] = useState<{ x: number; size: number } | null>(null);
  // To the right makes the pane wider where it lies to the left of the line.
  const sign = (direction === "rtl" ? -1 : 1) * (side === "after" ? 1 : -1);
  const resize = (wanted: number) => onResize(Math.round(Math.min(to, Math.max(from, wanted))));

  function grab(event: PointerEvent<HTMLDivElement>): void {
    event.currentTarget.setPointerCapture(event.pointerId);
    setStart({ x: event.clientX, size });
  }

  function press(event: KeyboardEvent): void {
    const steps = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    resize(size + steps * STEP * sign);
  }

  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t("common.resize")}
      aria-valuenow={size}
      aria-valuemin={from}
      aria-valuemax={to}
      className={styles.splitter}
      onPointerDown={grab}
      onPointerMove={(event) => start !== null && resize(start.size + (event.clientX - start.x) * sign)}
      onPointerUp={() => setStart(null)}
      onPointerCancel={() => setStart(null)}
      onKeyDown={press}
    />
  );
}
