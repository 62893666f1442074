// What an agent does to a conversation: shown at once, taken back if the server says no.
import i18next from "i18next";

import * as api from "../../api";
import { Refused } from "../../api/failure";
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

/** The last edit of each conversation that is on its way, and the version that came of it. */
const edits = new Map<string, Promise<number | null>>();

/** An edit of the version that the agent saw. One's own follow each other; over a teammate's, the loser sees how it stands now. */
function edit(id: string, change: Partial<Conversation>, call: (version: number) => Promise<Conversation>, failed: string): void {
  const undo = known.assume(id, change);
  const seen = known.conversation(id)?.version ?? 0;
  const done = (edits.get(id) ?? Promise.resolve(null)).then(async (came) => {
    try {
      const row = await call(came ?? seen);
      known.take({ conversations: [row] });
      return row.version;
    } catch (error) {
      undo();
      const current = error instanceof Refused ? error.current : null;
      if (current !== null) known.take({ conversations: [current] });
      say(current === null ? failed : i18next.t("actions.conflict"));
      return null;
    }
  });
  edits.set(id, done);
  void done.then(() => edits.get(id) === done && edits.delete(id));
}

export function assign(id: string, person: Person | null): void {
  edit(id, { assigned_to: person }, (version) => api.assign(id, person?.id ?? null, version), i18next.t("assign.failed"));
}

export function setStatus(id: string, status: Status): void {
  edit(id, { status }, (version) => api.setStatus(id, status, version), i18next.t("actions.failed"));
}

/** Silent when it fails: the count comes back, and the next look tries again. */
export function markRead(id: string, seq: number): void {
  act(id, { unread_count: 0 }, () => api.markRead(id, seq)).catch(() => undefined);
}
