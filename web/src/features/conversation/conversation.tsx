// One conversation: its head, its thread, and where the answer is written.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import { Refused } from "../../api/failure";
import type { Message } from "../../api/schemas";
import { Empty, Failure } from "../../design/notice";
import { live } from "../../realtime/live";
import { markRead } from "../inbox/act";
import { known } from "../inbox/known";
import { may, useMe } from "../session/session";
import { Composer } from "./composer";
import { writeDraft } from "./drafts";
import { Head } from "./head";
import { firstUnread, useMessages } from "./messages";
import { NewerReply } from "./newer-reply";
import { Thread } from "./thread";

export function Conversation({ id }: { id: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const row = useSyncExternalStore(known.subscribe, () => known.conversation(id));
  const load = useQuery({
    queryKey: ["conversation", id],
    queryFn: async ({ signal }) => {
      known.take({ conversations: [await api.conversation(id, { signal })] });
      return true;
    },
    enabled: row === undefined,
  });
  const { query, messages } = useMessages(id);
  const newFrom = useNewFrom(row?.unread_count, messages, query.isSuccess);
  useLook(id);
  useMarkRead(row, may(me, "conversation:update"));

  const reply = useCallback(
    (message: Message) => {
      writeDraft(me.user.id, id, { replyTo: message.id });
      document.getElementById("reply")?.focus();
    },
    [me.user.id, id],
  );

  if (row === undefined) {
    if (!load.isError) return null;
    if (load.error instanceof Refused && load.error.status === 404) return <Empty text={t("thread.missing")} />;
    return <Failure what={t("thread.error")} error={load.error} onAgain={() => void load.refetch()} />;
  }
  const canSend = may(me, "message:send");
  return (
    <>
      <Head row={row} />
      <Thread row={row} query={query} messages={messages} newFrom={newFrom} onReply={canSend ? reply : null} />
      <Composer row={row} messages={messages} canSend={canSend} />
      <NewerReply id={id} />
    </>
  );
}

/** While the thread is on the screen, its events come here. */
function useLook(id: string): void {
  useEffect(() => {
    live.look(id);
    return () => live.look(null);
  }, [id]);
}

/** Where the agent left off: fixed when the thread opens, so that the line stays while they read. */
function useNewFrom(unread: number | undefined, messages: readonly Message[], isLoaded: boolean): number | null {
  const [atOpen] = useState(unread ?? 0);
  const [from, setFrom] = useState<{ seq: number | null } | null>(null);
  useEffect(() => {
    if (isLoaded && from === null) setFrom({ seq: firstUnread(messages, atOpen) });
  }, [isLoaded, from, messages, atOpen]);
  return from?.seq ?? null;
}

/** Reading is seeing: only in a window that has the agent's attention, and once per new message. */
function useMarkRead(row: ReturnType<typeof known.conversation>, canUpdate: boolean): void {
  const told = useRef(-1);
  const [seen, setSeen] = useState(() => document.hasFocus());
  useEffect(() => {
    const look = () => setSeen(document.visibilityState === "visible" && document.hasFocus());
    const events = ["focus", "blur"] as const;
    for (const event of events) window.addEventListener(event, look);
    document.addEventListener("visibilitychange", look);
    return () => {
      for (const event of events) window.removeEventListener(event, look);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  useEffect(() => {
    if (row === undefined || !seen || !canUpdate || row.unread_count === 0 || row.seq <= told.current) return;
    told.current = row.seq;
    markRead(row.id, row.seq);
  }, [row, seen, canUpdate]);
}
