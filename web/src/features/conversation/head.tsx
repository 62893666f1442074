// The head of a thread: who, how it stands, who has it, who else is here.
import { ArrowLeft, Check, ChevronDown, CircleCheck, MoonStar, PanelRight, Pause, RotateCcw, UserRound } from "lucide-react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { Conversation, Status } from "../../api/schemas";
import { Avatar } from "../../design/avatar";
import { Button, IconButton } from "../../design/button";
import menu from "../../design/menu.module.css";
import { useNow } from "../../i18n/formats";
import { useCompany } from "../../realtime/company";
import { setStatus } from "../inbox/act";
import { useGo } from "../inbox/place";
import { WindowPill } from "../inbox/window-pill";
import { prefer, usePreferences } from "../preferences/preferences";
import { may, useMe } from "../session/session";
import { show, usePanel } from "../shortcuts/panels";
import { AssignMenu } from "./assign-menu";
import styles from "./head.module.css";

export function Head({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const go = useGo();
  const me = useMe();
  const now = useNow();
  return (
    <header className={styles.head}>
      <IconButton label={t("thread.back")} className={styles.back} onPress={() => go({ conversation: null })}>
        <ArrowLeft size={20} className={styles.mirrored} />
      </IconButton>
      <div className={styles.who}>
        <h2 className={styles.name} dir="auto">
          {row.contact.name}
        </h2>
        <p className={styles.where}>
          <bdi>{row.channel.name}</bdi>
          <WindowPill window={row.window} now={now} />
        </p>
      </div>
      <Viewers id={row.id} />
      {may(me, "conversation:assign") && <AssignMenu row={row} />}
      {may(me, "conversation:update") && <StatusButtons row={row} />}
      <ContactToggle />
    </header>
  );
}

function Viewers({ id }: { id: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const { viewing } = useCompany(id, me.user.id);
  if (viewing.length === 0) return null;
  return (
    <ul className={styles.viewers}>
      {viewing.slice(0, 3).map((person) => (
        <li key={person.id} title={t("thread.viewing", { name: person.name })}>
          <Avatar id={person.id} name={person.name} size={24} />
          <span className={styles.spoken}>{t("thread.viewing", { name: person.name })}</span>
        </li>
      ))}
      {viewing.length === 1 && <li className={styles.viewing}>{t("thread.viewing", { name: viewing[0]?.name ?? "" })}</li>}
    </ul>
  );
}

const STEPS = [
  { status: "open", text: "actions.reopen", Icon: RotateCcw },
  { status: "pending", text: "actions.pending", Icon: Pause },
  { status: "snoozed", text: "actions.snooze", Icon: MoonStar },
  { status: "resolved", text: "actions.resolve", Icon: CircleCheck },
] as const satisfies readonly { status: Status; text: string; Icon: unknown }[];

function StatusButtons({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const isResolved = row.status === "resolved";
  return (
    <span className={styles.split}>
      <Button look="plain" className={styles.main} aria-label={t(isResolved ? "actions.reopen" : "actions.resolve")} onPress={() => setStatus(row.id, isResolved ? "open" : "resolved")}>
        {isResolved ? <RotateCcw size={16} aria-hidden="true" /> : <Check size={16} aria-hidden="true" />}
        <span className={styles.word}>{t(isResolved ? "actions.reopen" : "actions.resolve")}</span>
      </Button>
      <MenuTrigger>
        <Button look="plain" className={styles.more} aria-label={t("status.change")}>
          <ChevronDown size={16} aria-hidden="true" />
        </Button>
        <Popover className={menu.popover} placement="bottom end">
          <Menu className={menu.menu} aria-label={t("status.change")} onAction={(key) => setStatus(row.id, STEPS.find((step) => step.status === key)?.status ?? row.status)}>
            {STEPS.filter((step) => step.status !== row.status).map(({ status, text, Icon }) => (
              <MenuItem key={status} id={status} textValue={t(text)} className={menu.item}>
                <Icon size={16} aria-hidden="true" />
                <span className={menu.label}>{t(text)}</span>
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
    </span>
  );
}

function ContactToggle() {
  const { t } = useTranslation();
  const { contactOpen } = usePreferences();
  const floats = usePanel() === "contact";
  return (
    <>
      <IconButton label={contactOpen ? t("contact.hide") : t("contact.show")} isOn={contactOpen} className={styles.wide} onPress={() => prefer({ contactOpen: !contactOpen })}>
        <PanelRight size={18} className={styles.mirrored} />
      </IconButton>
      <IconButton label={floats ? t("contact.hide") : t("contact.show")} className={styles.narrow} onPress={() => show(floats ? null : "contact")}>
        <UserRound size={18} />
      </IconButton>
    </>
  );
}

