// An emoji for a customer's message; the one that is there already is taken back.
import { SmilePlus } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import type { Message } from "../../api/schemas";
import { IconButton } from "../../design/button";
import menu from "../../design/menu.module.css";
import { say } from "../../design/toasts";
import { known } from "../inbox/known";
import styles from "./react-menu.module.css";

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

export function ReactMenu({ message, className }: { message: Message; className: string | undefined }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const ours = message.reactions.find(({ by }) => by.kind !== "contact")?.emoji ?? null;

  async function react(emoji: string): Promise<void> {
    setBusy(true);
    try {
      const key = crypto.randomUUID();
      known.take({ messages: await api.react(message.conversation_id, { messageId: message.id, emoji: emoji === ours ? "" : emoji, key }) });
    } catch {
      say(t("thread.react_failed"));
    } finally {
      setBusy(false);
    }
  }

  return (
    <MenuTrigger>
      <IconButton label={t("thread.react")} {...(className === undefined ? {} : { className })} isDisabled={busy}>
        <SmilePlus size={16} />
      </IconButton>
      <Popover className={styles.popover} placement="top">
        <Menu className={styles.emoji} aria-label={t("thread.react")} onAction={(emoji) => void react(String(emoji))}>
          {EMOJI.map((emoji) => (
            <MenuItem key={emoji} id={emoji} textValue={emoji} className={menu.item} data-ours={emoji === ours || undefined}>
              {emoji}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
