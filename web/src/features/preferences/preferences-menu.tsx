// The person's own menu: language, theme, Enter, sign out.
import { useNavigate } from "@tanstack/react-router";
import { Check, LogOut, Smartphone } from "lucide-react";
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover, type Selection } from "react-aria-components";
import { useTranslation } from "react-i18next";

import { Avatar } from "../../design/avatar";
import menu from "../../design/menu.module.css";
import { say } from "../../design/toasts";
import { LANGUAGES, isLanguage, type Language } from "../../i18n";
import { signOut, useMe } from "../session/session";
import styles from "./preferences-menu.module.css";
import { prefer, usePreferences, type Preferences } from "./preferences";

const THEMES = ["system", "light", "dark"] as const satisfies readonly Preferences["theme"][];

/** With a label it is a tab of the phone's bar; without, a face in the rail. */
export function PreferencesMenu({ label }: { label?: string }) {
  const { t, i18n } = useTranslation();
  const { user } = useMe();
  const { theme, enterSends } = usePreferences();
  const navigate = useNavigate();
  const chosen = (keys: Selection) => (keys === "all" ? "" : String([...keys][0] ?? ""));

  function act(key: string): void {
    if (key === "channels") void navigate({ to: "/channels" });
    if (key === "sign-out") void signOut().catch(() => say(t("error.network")));
  }

  return (
    <MenuTrigger>
      <Button className={label === undefined ? styles.face : styles.tab} aria-label={t("nav.preferences", { name: user.name })}>
        <Avatar id={user.id} name={user.name} size={label === undefined ? 28 : 18} />
        {label !== undefined && <span>{label}</span>}
      </Button>
      <Popover className={menu.popover} placement="end bottom">
        <Menu className={menu.menu} onAction={(key) => act(String(key))}>
          <MenuSection className={menu.section} aria-label={user.name}>
            <Header className={styles.who}>
              <strong dir="auto">{user.name}</strong>
              <span dir="ltr">{user.email}</span>
            </Header>
          </MenuSection>
          <MenuSection
            className={menu.section}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[i18n.language]}
            onSelectionChange={(keys) => {
              const code = chosen(keys);
              if (isLanguage(code)) prefer({ language: code });
            }}
          >
            <Header className={menu.heading}>{t("preferences.language")}</Header>
            {(Object.keys(LANGUAGES) as Language[]).map((code) => (
              <Choice key={code} id={code} text={LANGUAGES[code].name} language={code} />
            ))}
          </MenuSection>
          <MenuSection
            className={menu.section}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onSelectionChange={(keys) => prefer({ theme: THEMES.find((name) => name === chosen(keys)) ?? "system" })}
          >
            <Header className={menu.heading}>{t("preferences.theme")}</Header>
            {THEMES.map((name) => (
              <Choice key={name} id={name} text={t(`preferences.${name}`)} />
            ))}
          </MenuSection>
          <MenuSection
            className={menu.section}
            aria-label={t("preferences.writing")}
            selectionMode="multiple"
            selectedKeys={enterSends ? ["enter"] : []}
            onSelectionChange={(keys) => prefer({ enterSends: keys === "all" || keys.has("enter") })}
          >
            <Choice id="enter" text={t("preferences.enter_sends")} />
          </MenuSection>
          <MenuSection className={menu.section} aria-label={t("preferences.workspace")}>
            <MenuItem id="channels" textValue={t("channels.title")} className={menu.item}>
              <Smartphone size={16} aria-hidden="true" />
              <span className={menu.label}>{t("channels.title")}</span>
            </MenuItem>
            <MenuItem id="sign-out" textValue={t("preferences.sign_out")} className={menu.item}>
              <LogOut size={16} aria-hidden="true" className={styles.out} />
              <span className={menu.label}>{t("preferences.sign_out")}</span>
            </MenuItem>
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function Choice({ id, text, language }: { id: string; text: string; language?: string }) {
  return (
    <MenuItem id={id} textValue={text} className={menu.item}>
      <span className={menu.label} lang={language}>
        {text}
      </span>
      <Check size={16} className={menu.check} aria-hidden="true" />
    </MenuItem>
  );
}
