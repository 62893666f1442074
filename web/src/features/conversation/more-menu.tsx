// What a reply can be beside words and files, as far as the channel takes it now; and when it may go.
import { CalendarClock, ChevronRight, Contact, ExternalLink, List, MapPin, Plus, SquareMousePointer, type LucideIcon } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover, SubmenuTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../../api/schemas";
import { IconButton } from "../../design/button";
import menu from "../../design/menu.module.css";
import { kindsOf, type Kind } from "./forms";
import styles from "./more-menu.module.css";
import { useLater } from "./send-later";
import { sendOptionsQuery } from "./strip";

const ICONS: Record<Kind, LucideIcon> = { location: MapPin, contacts: Contact, buttons: SquareMousePointer, list: List, cta_url: ExternalLink };

interface MoreMenuProps {
  row: Conversation;
  /** There is something to send, so it can be sent later. */
  isReady: boolean;
  onCompose: (kind: Kind) => void;
  onSendLater: (at: Date) => void;
}

export function MoreMenu({ row, isReady, onCompose, onSendLater }: MoreMenuProps) {
  const { t } = useTranslation();
  const { times, picker, renew } = useLater({ row, onSend: onSendLater });
  const [wasOpened, setOpened] = useState(false);
  const { data } = useQuery({ ...sendOptionsQuery(row), enabled: wasOpened });
  // Until the answer is here the window says it, as it does for the words.
  const isFree = data?.options.some(({ path, open }) => path === "free_form" && open) ?? true;
  const kinds = isFree ? kindsOf(row.channel.type) : [];

  function opened(isOpen: boolean): void {
    if (!isOpen) return;
    setOpened(true);
    renew();
  }

  return (
    <>
      <MenuTrigger onOpenChange={opened}>
        <IconButton label={t("more.button")}>
          <Plus size={18} />
        </IconButton>
        <Popover className={menu.popover} placement="top start">
          <Menu className={menu.menu} aria-label={t("more.button")} disabledKeys={isReady ? [] : ["later"]} onAction={(key) => key !== "later" && onCompose(key as Kind)}>
            {kinds.length > 0 && (
              <MenuSection className={menu.section}>
                <Header className={menu.heading}>{t("more.compose")}</Header>
                {kinds.map((kind) => {
                  const Icon = ICONS[kind];
                  return (
                    <MenuItem key={kind} id={kind} textValue={t(`more.${kind}`)} className={menu.item}>
                      <Icon size={16} aria-hidden="true" />
                      <span className={menu.label}>{t(`more.${kind}`)}</span>
                    </MenuItem>
                  );
                })}
              </MenuSection>
            )}
            <MenuSection className={menu.section} aria-label={t("later.button")}>
              <SubmenuTrigger>
                <MenuItem id="later" textValue={t("later.button")} className={`${menu.item ?? ""} ${styles.later ?? ""}`}>
                  <CalendarClock size={16} aria-hidden="true" />
                  <span className={menu.label}>{t("later.button")}</span>
                  <ChevronRight size={16} className={styles.mirrored} aria-hidden="true" />
                </MenuItem>
                <Popover className={menu.popover}>{times}</Popover>
              </SubmenuTrigger>
            </MenuSection>
          </Menu>
        </Popover>
      </MenuTrigger>
      {picker}
    </>
  );
}
