// The list: which conversations there are, newest first, only the visible ones drawn.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../../api/schemas";
import { Button } from "../../design/button";
import { Empty, Failure } from "../../design/notice";
import { Late } from "../../design/skeleton";
import { useMe } from "../session/session";
import styles from "./conversation-list.module.css";
import { ConversationRow } from "./conversation-row";
import { parseStatus, useGo, usePlace } from "./place";
import { STATUSES, useRows } from "./rows";

/** Height of a row, as `--row` in tokens.css. */
const ROW = 64;

export function ConversationList() {
  const { t } = useTranslation();
  const { view, status } = usePlace();
  const me = useMe();
  const { query, rows } = useRows(view, status, me.user.id);
  return (
    <section className={styles.pane} data-part="list" aria-label={t("list.label")}>
      <header className={styles.head}>
        <h2 className={styles.title}>{t(`nav.${view}`)}</h2>
        <Statuses />
      </header>
      {query.isPending && <Late>{<Skeleton />}</Late>}
      {query.isError && rows.length === 0 && <Failure what={t("list.error")} error={query.error} onAgain={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && !query.hasNextPage && <Nothing />}
      {(rows.length > 0 || query.hasNextPage) && <Rows key={`${view} ${status}`} rows={rows} query={query} />}
    </section>
  );
}

function Statuses() {
  const { t } = useTranslation();
  const { status } = usePlace();
  const go = useGo();
  return (
    <ToggleButtonGroup
      className={styles.statuses}
      aria-label={t("nav.statuses")}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[status]}
      onSelectionChange={([key]) => go({ status: parseStatus(key), conversation: null })}
    >
      {STATUSES.map((name) => (
        <ToggleButton key={name} id={name} className={styles.status}>
          {t(`status.${name}`)}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

interface RowsProps {
  rows: readonly Conversation[];
  query: ReturnType<typeof useRows>["query"];
}

function Rows({ rows, query }: RowsProps) {
  const { t } = useTranslation();
  const { conversation } = usePlace();
  const go = useGo();
  const box = useRef<HTMLDivElement>(null);
  const { active, setActive, onKeyDown } = useActiveRow(rows, conversation, (id) => go({ conversation: id }));
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    getItemKey: (index) => rows[index]?.id ?? index,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? -1;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;

  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && lastShown >= rows.length - 10) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, lastShown, rows.length]);

  const activeIndex = rows.findIndex((row) => row.id === active);
  useEffect(() => {
    if (activeIndex >= 0) virtual.scrollToIndex(activeIndex, { align: "auto" });
    // The list moves only when the agent does, not when rows change places.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active]);

  const drawn = shown.some((item) => item.index === activeIndex);
  return (
    <div
      ref={box}
      className={styles.rows}
      role="listbox"
      tabIndex={0}
      aria-label={t("list.label")}
      aria-activedescendant={drawn && active !== null ? `row-${active}` : undefined}
      aria-busy={isFetchingNextPage}
      onKeyDown={onKeyDown}
      onFocus={() => active === null && setActive(conversation ?? rows[0]?.id ?? null)}
    >
      <div className={styles.track} style={{ blockSize: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <ConversationRow
              key={item.key}
              row={row}
              top={item.start}
              position={item.index + 1}
              total={hasNextPage ? -1 : rows.length}
              isSelected={row.id === conversation}
              isActive={row.id === active}
              onOpen={() => go({ conversation: row.id })}
            />
          );
        })}
      </div>
      {isFetchNextPageError && <Failure what={t("list.more_error")} error={query.error} onAgain={() => void fetchNextPage()} />}
    </div>
  );
}

/** The row that the arrow keys are on; opening one puts them there. */
function useActiveRow(rows: readonly Conversation[], open: string | null, onOpen: (id: string) => void) {
  const [active, setActive] = useState<string | null>(open);
  useEffect(() => setActive(open), [open]);
  const move = (to: number) => setActive(rows[Math.max(0, Math.min(rows.length - 1, to))]?.id ?? null);
  const at = rows.findIndex((row) => row.id === active);

  function onKeyDown(event: KeyboardEvent): void {
    const moves: Record<string, () => void> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      Enter: () => active !== null && onOpen(active),
      " ": () => active !== null && onOpen(active),
    };
    const act = moves[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }
  return { active, setActive, onKeyDown };
}

function Nothing() {
  const { t } = useTranslation();
  const { view, status } = usePlace();
  const go = useGo();
  return (
    <Empty text={t(`list.empty_${view}`)}>
      {status !== "open" && <Button onPress={() => go({ status: "open" })}>{t("list.go_open")}</Button>}
      {status === "open" && view === "mine" && <Button onPress={() => go({ view: "unassigned" })}>{t("list.go_unassigned")}</Button>}
    </Empty>
  );
}

function Skeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("list.loading")}>
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} className={styles.ghost} aria-hidden="true">
          <span />
          <div>
            <i />
            <i />
          </div>
        </div>
      ))}
    </div>
  );
}
