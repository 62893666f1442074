// Where to go: the rail, the views, and the bar of a phone.
import { useNavigate } from "@tanstack/react-router";
import { CircleHelp, Inbox, PanelLeft, Smartphone, User, Users, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";

import { IconButton } from "../../design/button";
import { PreferencesMenu } from "../preferences/preferences-menu";
import { prefer, usePreferences } from "../preferences/preferences";
import { useMe } from "../session/session";
import { show } from "../shortcuts/panels";
import styles from "./navigation.module.css";
import { parseView, useGo, usePlace } from "./place";
import { VIEWS, useUnread, type ViewName } from "./rows";

const ICONS: Record<ViewName, LucideIcon> = { mine: User, unassigned: Inbox, all: Users };

/** `at` is the screen that it stands beside. */
export function Rail({ at }: { at: "inbox" | "channels" }) {
  const { t } = useTranslation();
  const { viewsOpen } = usePreferences();
  const navigate = useNavigate();
  return (
    <nav className={styles.rail} aria-label={t("nav.label")}>
      <img src="/icon.svg" alt={t("app.name")} width={28} height={28} className={styles.mark} />
      <IconButton label={t("nav.inbox")} isOn={at === "inbox"} className={styles.screen} onPress={() => void navigate({ to: "/" })}>
        <Inbox size={20} />
      </IconButton>
      <IconButton label={t("channels.title")} isOn={at === "channels"} className={styles.screen} onPress={() => void navigate({ to: "/channels" })}>
        <Smartphone size={20} />
      </IconButton>
      <span className={styles.gap} />
      {at === "inbox" && (
        <>
          <IconButton label={viewsOpen ? t("nav.hide_views") : t("nav.show_views")} isOn={viewsOpen} className={styles.toggle} onPress={() => prefer({ viewsOpen: !viewsOpen })}>
            <PanelLeft size={18} className={styles.mirrored} />
          </IconButton>
          <IconButton label={t("nav.shortcuts")} onPress={() => show("help")}>
            <CircleHelp size={18} />
          </IconButton>
        </>
      )}
      <PreferencesMenu />
    </nav>
  );
}

export function Views() {
  const { t } = useTranslation();
  const { view } = usePlace();
  const me = useMe();
  const unread = useUnread(me.user.id);
  const go = useGo();
  return (
    <nav className={styles.views} aria-label={t("nav.views")}>
      <h1 className={styles.tenant} dir="auto">
        {me.tenant?.name ?? t("app.name")}
      </h1>
      <ToggleButtonGroup
        selectionMode="single"
        disallowEmptySelection
        orientation="vertical"
        aria-label={t("nav.views")}
        selectedKeys={[view]}
        onSelectionChange={([key]) => go({ view: parseView(key), conversation: null })}
        className={styles.group}
      >
        {VIEWS.map((name) => (
          <ViewButton key={name} name={name} unread={unread[name]} className={styles.view} size={18} />
        ))}
      </ToggleButtonGroup>
    </nav>
  );
}

export function BottomBar() {
  const { t } = useTranslation();
  const { view } = usePlace();
  const me = useMe();
  const unread = useUnread(me.user.id);
  const go = useGo();
  return (
    <nav className={styles.bar} data-part="bar" aria-label={t("nav.label")}>
      <ToggleButtonGroup
        selectionMode="single"
        disallowEmptySelection
        aria-label={t("nav.views")}
        selectedKeys={[view]}
        onSelectionChange={([key]) => go({ view: parseView(key), conversation: null })}
        className={styles.tabs}
      >
        {VIEWS.map((name) => (
          <ViewButton key={name} name={name} unread={unread[name]} className={styles.tab} size={20} />
        ))}
      </ToggleButtonGroup>
      <PreferencesMenu label={t("nav.you")} />
    </nav>
  );
}

function ViewButton({ name, unread, className, size }: { name: ViewName; unread: number; className: string | undefined; size: number }) {
  const { t } = useTranslation();
  const Icon = ICONS[name];
  return (
    <ToggleButton id={name} className={className}>
      <Icon size={size} aria-hidden="true" />
      <span className={styles.name}>{t(`nav.${name}`)}</span>
      {unread > 0 && (
        <span className={styles.count}>
          <span aria-hidden="true">{unread}</span>
          <span className={styles.spoken}>{t("nav.unread", { count: unread })}</span>
        </span>
      )}
    </ToggleButton>
  );
}
