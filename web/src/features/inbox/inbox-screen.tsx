// The inbox: rail, views, list, thread, contact; one pane at a time on a phone.
import { usePrefetchInfiniteQuery } from "@tanstack/react-query";
import { MessagesSquare } from "lucide-react";
import { lazy, Suspense, useEffect, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";

import { Empty } from "../../design/notice";
import { Toasts } from "../../design/toasts";
import { ContactPanel } from "../contact/contact-panel";
import { Conversation } from "../conversation/conversation";
import { prefer, usePreferences } from "../preferences/preferences";
import { useMe } from "../session/session";
import { show, usePanel } from "../shortcuts/panels";
import { ConnectionBar } from "./connection-bar";
import styles from "./inbox-screen.module.css";
import { BottomBar, Rail, Views } from "./navigation";
import { ConversationList } from "./conversation-list";
import { usePlace } from "./place";
import { conversationsQuery, useUnread } from "./rows";
import { Splitter } from "./splitter";
import { useInboxKeys } from "./use-inbox-keys";

/** Loaded when first asked for. */
const Help = lazy(async () => ({ default: (await import("../shortcuts/help")).Help }));
const Palette = lazy(async () => ({ default: (await import("../shortcuts/palette")).Palette }));

export function InboxScreen() {
  const { conversation } = usePlace();
  const { viewsOpen, contactOpen, listWidth, contactWidth } = usePreferences();
  const panel = usePanel();
  const { t } = useTranslation();
  usePrefetchInfiniteQuery(conversationsQuery("mine", "open"));
  usePrefetchInfiniteQuery(conversationsQuery("unassigned", "open"));
  useInboxKeys();
  useTitle();
  const widths = { "--list-width": `${listWidth}px`, "--contact-width": `${contactWidth}px` } as CSSProperties;

  return (
    <div className={styles.screen}>
      <ConnectionBar />
      <div className={styles.frame} style={widths} data-pane={conversation === null ? "list" : "thread"} data-float={panel === "contact" || undefined}>
        <Rail at="inbox" />
        {viewsOpen && <Views />}
        <ConversationList />
        <Splitter size={listWidth} from={280} to={480} side="after" onResize={(size) => prefer({ listWidth: size })} />
        <main className={styles.thread}>
          {conversation === null ? (
            <div className={styles.nothing}>
              <Empty icon={<MessagesSquare size={32} strokeWidth={1.5} />} text={t("thread.none")} hint={t("thread.none_hint")} />
            </div>
          ) : (
            <Conversation key={conversation} id={conversation} />
          )}
        </main>
        {conversation !== null && (
          <div className={styles.contact} data-open={contactOpen || undefined} data-floating={panel === "contact" || undefined}>
            <Splitter size={contactWidth} from={280} to={420} side="before" onResize={(size) => prefer({ contactWidth: size })} />
            <ContactPanel id={conversation} onClose={() => (panel === "contact" ? show(null) : prefer({ contactOpen: false }))} />
          </div>
        )}
        <BottomBar />
      </div>
      <Suspense fallback={null}>
        {panel === "help" && <Help />}
        {panel === "palette" && <Palette />}
      </Suspense>
      <Toasts />
    </div>
  );
}

function useTitle(): void {
  const { t } = useTranslation();
  const me = useMe();
  const unread = useUnread(me.user.id).all;
  useEffect(() => {
    const title = `${t("nav.inbox")} · ${t("app.name")}`;
    document.title = unread > 0 ? t("app.title_unread", { count: unread, title }) : title;
  }, [t, unread]);
}
