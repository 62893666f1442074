// What a reply can be beside words and files, as far as the channel takes it now; and when it may go.
import { CalendarClock, ChevronRight, Contact, ExternalLink, LayoutTemplate, List, MapPin, Plus, SquareMousePointer, type LucideIcon } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover, SubmenuTrigger, type Key } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../../api/schemas";
import { IconButton } from "../../design/button";
import menu from "../../design/menu.module.css";
import { kindsOf, type Kind } from "./forms";
import styles from "./more-menu.module.css";
import { useLater } from "./send-later";
import { sendOptionsQuery, TemplatePicker } from "./strip";

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
  const mayTemplate = data?.options.some(({ path, open }) => path === "template" && open) ?? false;
  // What was seen when the picker opened.
  const [picking, setPicking] = useState<number | null>(null);

  function opened(isOpen: boolean): void {
    if (!isOpen) return;
    setOpened(true);
    renew();
  }

  function act(key: Key): void {
    if (key === "template") setPicking(row.seq);
    else if (key !== "later") onCompose(key as Kind);
  }

  return (
    <>
      <MenuTrigger onOpenChange={opened}>
        <IconButton label={t("more.button")}>
          <Plus size={18} />
        </IconButton>
        <Popover className={menu.popover} placement="top start">
          <Menu className={menu.menu} aria-label={t("more.button")} disabledKeys={isReady ? [] : ["later"]} onAction={act}>
            {(kinds.length > 0 || mayTemplate) && (
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
                {mayTemplate && (
                  <MenuItem id="template" textValue={t("kind.template")} className={menu.item}>
                    <LayoutTemplate size={16} aria-hidden="true" />
                    <span className={menu.label}>{t("kind.template")}</span>
                  </MenuItem>
                )}
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
      {picking !== null && (
        <Suspense fallback={null}>
          <TemplatePicker row={row} seen={picking} isOpen onClose={() => setPicking(null)} />
        </Suspense>
      )}
    </>
  );
}
