// The keys of the inbox.
import { setStatus } from "./act";
import { known } from "./known";
import { useGo, usePlace } from "./place";
import { useRows } from "./rows";
import { prefer, preferences } from "../preferences/preferences";
import { may, useMe } from "../session/session";
import { useKeys } from "../shortcuts/keys";
import { show, shown } from "../shortcuts/panels";

/** Beside the thread where there is room, else over it. */
function toggleContact(): void {
  if (window.matchMedia("(max-width: 1099.98px)").matches) show(shown() === "contact" ? null : "contact");
  else prefer({ contactOpen: !preferences().contactOpen });
}

export function useInboxKeys(): void {
  const { view, status, conversation } = usePlace();
  const me = useMe();
  const { rows } = useRows(view, status, me.user.id);
  const go = useGo();

  function step(by: 1 | -1): void {
    const at = rows.findIndex((row) => row.id === conversation);
    const next = rows[at === -1 ? 0 : at + by];
    if (next !== undefined) go({ conversation: next.id });
  }

  const row = conversation === null ? undefined : known.conversation(conversation);
  const canUpdate = row !== undefined && may(me, "conversation:update");
  useKeys({
    KeyJ: () => step(1),
    KeyK: () => step(-1),
    KeyR: () => document.getElementById("reply")?.focus(),
    KeyE: () => canUpdate && setStatus(row.id, row.status === "resolved" ? "open" : "resolved"),
    KeyA: () => conversation !== null && may(me, "conversation:assign") && show("assign"),
    KeyI: () => toggleContact(),
    "Shift+Slash": () => show("help"),
    "Mod+KeyK": () => show(shown() === "palette" ? null : "palette"),
    Escape: () => (shown() !== null ? show(null) : go({ conversation: null })),
  });
}
