// The messages of a conversation, newest at the foot; older ones come as the agent reads up.
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from "react";
import { Button } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { Conversation, Message } from "../../api/schemas";
import { Empty, Failure } from "../../design/notice";
import { Late } from "../../design/skeleton";
import { useFormats, useNow } from "../../i18n/formats";
import { Bubble, OutgoingBubble } from "./bubble";
import { chosenOf, itemsOf, type Item, type useMessages } from "./messages";
import { useOutbox } from "./outbox";
import styles from "./thread.module.css";

interface ThreadProps {
  row: Conversation;
  query: ReturnType<typeof useMessages>["query"];
  messages: readonly Message[];
  newFrom: number | null;
  onReply: ((message: Message) => void) | null;
}

/** This near the foot, in pixels, the agent is reading the newest, and new ones come into view. */
const AT_END = 80;

export function Thread({ row, query, messages, newFrom, onReply }: ThreadProps) {
  const { t } = useTranslation();
  const { sameDay } = useFormats();
  const everything = useOutbox();
  const outgoing = useMemo(() => everything.filter((entry) => entry.conversation === row.id), [everything, row.id]);
  const isComplete = query.isSuccess && !query.hasNextPage;
  const items = useMemo(() => itemsOf({ messages, outgoing, newFrom, isComplete, sameDay }), [messages, outgoing, newFrom, isComplete, sameDay]);

  if (query.isPending && outgoing.length === 0) return <div className={styles.place}>{<Late>{<Skeleton />}</Late>}</div>;
  if (query.isError && messages.length === 0) {
    return (
      <div className={styles.place}>
        <Failure what={t("thread.error")} error={query.error} onAgain={() => void query.refetch()} />
      </div>
    );
  }
  if (items.length === 0) {
    return (
      <div className={styles.place}>
        <Empty text={t("thread.empty")} />
      </div>
    );
  }
  return <Lines row={row} query={query} messages={messages} items={items} onReply={onReply} />;
}

interface LinesProps extends Omit<ThreadProps, "newFrom"> {
  items: readonly Item[];
}

function Lines({ row, query, messages, items, onReply }: LinesProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages]);
  const chosen = useMemo(() => chosenOf(messages), [messages]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    getItemKey: (index) => items[index]?.key ?? index,
    estimateSize: (index) => (items[index]?.kind === "message" ? 58 : 44),
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: AT_END,
    overscan: 12,
    paddingEnd: 24,
  });
  useFirstLook(virtual, items);
  useFoot(box, virtual);
  useOlder(query, virtual.getVirtualItems()[0]?.index ?? Number.MAX_SAFE_INTEGER);

  const toMessage = useCallback(
    (id: string) => {
      const index = items.findIndex((item) => item.kind === "message" && item.message.id === id);
      if (index >= 0) virtual.scrollToIndex(index, { align: "center" });
    },
    [items, virtual],
  );

  const shown = virtual.getVirtualItems();
  return (
    <div className={styles.place}>
      <TopDay items={items} from={firstVisible(virtual)} />
      <div ref={box} className={styles.scroll} role="log" aria-label={t("thread.label", { name: row.contact.name })} aria-live="polite" tabIndex={0}>
        <div className={styles.track} style={{ blockSize: virtual.getTotalSize() }}>
          <div className={styles.lines} style={{ transform: `translateY(${shown[0]?.start ?? 0}px)` }}>
            {shown.map(({ index, key }) => {
              const item = items[index];
              if (item === undefined) return null;
              return (
                <div key={key} ref={virtual.measureElement} data-index={index}>
                  <Line item={item} row={row} byId={byId} chosen={chosen} onReply={onReply} onQuote={toMessage} />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <Jump virtual={virtual} messages={messages} />
    </div>
  );
}

type Lanes = Virtualizer<HTMLDivElement, Element>;

/** Opens at the "new" line where there is one, else at the foot. */
function useFirstLook(virtual: Lanes, items: readonly Item[]): void {
  const looked = useRef(false);
  useLayoutEffect(() => {
    if (looked.current || items.length === 0) return;
    looked.current = true;
    const at = items.findIndex((item) => item.kind === "new");
    if (at >= 0 && items.length - at > 6) virtual.scrollToIndex(at, { align: "start" });
    else virtual.scrollToEnd();
  }, [virtual, items]);
}

/** Whoever reads the newest goes on seeing it when the composer grows or a phone's keyboard opens. */
function useFoot(box: RefObject<HTMLDivElement | null>, virtual: Lanes): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let atEnd = true;
    const scrolled = () => {
      atEnd = virtual.isAtEnd(AT_END);
    };
    const observer = new ResizeObserver(() => {
      if (atEnd) virtual.scrollToEnd();
    });
    element.addEventListener("scroll", scrolled, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", scrolled);
      observer.disconnect();
    };
  }, [box, virtual]);
}

function useOlder(query: LinesProps["query"], first: number): void {
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    if (first <= 10 && hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [first, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
}

function firstVisible(virtual: Lanes): number {
  const offset = virtual.scrollOffset ?? 0;
  return virtual.getVirtualItems().find((item) => item.end > offset + 8)?.index ?? 0;
}

/** The day of the topmost message, over the thread while its own line is out of sight. */
function TopDay({ items, from }: { items: readonly Item[]; from: number }) {
  const { day } = useFormats();
  const now = useNow();
  const top = items[from];
  if (top === undefined || top.kind === "day" || top.kind === "start") return null;
  const above = items.slice(0, from).findLast((item) => item.kind === "day");
  if (above?.kind !== "day") return null;
  return (
    <div className={styles.top} aria-hidden="true">
      <span>{day(above.at, now)}</span>
    </div>
  );
}

interface LineProps {
  item: Item;
  row: Conversation;
  byId: ReadonlyMap<string, Message>;
  chosen: ReadonlyMap<string, string>;
  onReply: ((message: Message) => void) | null;
  onQuote: (id: string) => void;
}

function Line({ item, row, byId, chosen, onReply, onQuote }: LineProps) {
  // Elsewhere than on WhatsApp they are not sent from here yet.
  const canReact = onReply !== null && row.channel.type === "whatsapp" && row.window.state === "open";
  const { t } = useTranslation();
  const { day } = useFormats();
  const now = useNow();
  const quoted = (id: string | null | undefined) => (id == null ? null : (byId.get(id) ?? null));
  switch (item.kind) {
    case "start":
      return <p className={styles.start}>{t("thread.start")}</p>;
    case "day":
      return (
        <p className={styles.day}>
          <time dateTime={item.at}>{day(item.at, now)}</time>
        </p>
      );
    case "new":
      return (
        <p className={styles.new}>
          <span>{t("thread.new")}</span>
        </p>
      );
    case "scheduled":
      return (
        <p className={styles.day}>
          <span>{t("later.below")}</span>
        </p>
      );
    case "message":
      return <Bubble item={item} contact={row.contact} quoted={quoted(item.message.reply_to?.id)} onReply={onReply} canReact={canReact} chosen={chosen.get(item.message.id) ?? null} onQuote={onQuote} />;
    case "outgoing":
      return <OutgoingBubble entry={item.entry} isFirst={item.isFirst} quoted={quoted(item.entry.replyTo)} contact={row.contact} />;
  }
}

/** Back to the newest, with how many came while the agent was reading above. */
function Jump({ virtual, messages }: { virtual: Lanes; messages: readonly Message[] }) {
  const { t } = useTranslation();
  const isAtEnd = virtual.isAtEnd(AT_END);
  const newest = messages.reduce((top, message) => Math.max(top, message.seq), 0);
  const [seen, setSeen] = useState(newest);
  useEffect(() => {
    if (isAtEnd) setSeen(newest);
  }, [isAtEnd, newest]);
  if (isAtEnd) return null;
  const count = messages.filter((message) => message.seq > seen && message.direction === "inbound").length;
  return (
    <Button className={styles.jump} aria-label={count > 0 ? t("thread.jump_count", { count }) : t("thread.jump")} onPress={() => virtual.scrollToEnd({ behavior: "auto" })}>
      <ArrowDown size={18} aria-hidden="true" />
      {count > 0 && <span>{t("thread.jump_count", { count })}</span>}
    </Button>
  );
}

function Skeleton() {
  const { t } = useTranslation();
  return (
    <div className={styles.ghosts} role="status" aria-label={t("thread.loading")}>
      {[46, 30, 58, 38, 24, 50].map((width, index) => (
        <span key={width} data-side={index % 3 === 1 ? "ours" : "theirs"} style={{ inlineSize: `${width}%` }} />
      ))}
    </div>
  );
}
