// What an agent does to a conversation: shown at once, taken back if the server says no.
import i18next from "i18next";

import * as api from "../../api";
import type { Conversation, Person, Status } from "../../api/schemas";
import { say } from "../../design/toasts";
import { known } from "./known";

async function act(id: string, change: Partial<Conversation>, call: () => Promise<Conversation>): Promise<void> {
  const undo = known.assume(id, change);
  try {
    known.take({ conversations: [await call()] });
  } catch (error) {
    undo();
    throw error;
  }
}

export function assign(id: string, person: Person | null): void {
  act(id, { assigned_to: person }, () => api.assign(id, person?.id ?? null)).catch(() => say(i18next.t("assign.failed")));
}

export function setStatus(id: string, status: Status): void {
  act(id, { status }, () => api.setStatus(id, status)).catch(() => say(i18next.t("actions.failed")));
}

/** Silent when it fails: the count comes back, and the next look tries again. */
export function markRead(id: string, seq: number): void {
  act(id, { unread_count: 0 }, () => api.markRead(id, seq)).catch(() => undefined);
}
