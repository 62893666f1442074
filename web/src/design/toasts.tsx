// Short notices of what did not work, read out by screen readers too.
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "./button";
import styles from "./toasts.module.css";

interface Toast {
  id: number;
  text: string;
}

/** Long enough to read a sentence twice; ms. */
const STAYS = 8_000;

let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function become(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

const dismiss = (id: number) => become(toasts.filter((toast) => toast.id !== id));

export function say(text: string): void {
  const id = ++last;
  // The same notice twice is one notice.
  become([...toasts.filter((toast) => toast.text !== text), { id, text }]);
  setTimeout(() => dismiss(id), STAYS);
}

export function Toasts() {
  const { t } = useTranslation();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <section className={styles.toasts} aria-label={t("common.toast")} aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className={styles.toast}>
          <p>{toast.text}</p>
          <IconButton label={t("common.close")} className={styles.close} onPress={() => dismiss(toast.id)}>
            <X size={16} />
          </IconButton>
        </div>
      ))}
    </section>
  );
}
