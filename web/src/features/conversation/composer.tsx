// Where the answer is written: kept as it is typed, shown as sent the moment it is sent.
import { SendHorizontal } from "lucide-react";
import { useLayoutEffect, useRef, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Conversation, Message } from "../../api/schemas";
import { Button, IconButton } from "../../design/button";
import { useNow } from "../../i18n/formats";
import { useCompany } from "../../realtime/company";
import { live } from "../../realtime/live";
import { timeLeft } from "../inbox/window-pill";
import { prefer, usePreferences } from "../preferences/preferences";
import { useMe } from "../session/session";
import { modifier } from "../shortcuts/keys";
import styles from "./composer.module.css";
import { dropDraft, useDraft, writeDraft } from "./drafts";
import { outbox } from "./outbox";
import { SendLater } from "./send-later";
import { ClosedPanel, Strip } from "./strip";

/** Lines before it scrolls. */
const MOST_LINES = 10;
/** Teammates are told again that one types, at most this often; ms. */
const TYPING_EVERY = 3_000;

export function Composer({ row, messages, canSend }: { row: Conversation; messages: readonly Message[]; canSend: boolean }) {
  const { t } = useTranslation();
  const now = useNow();
  if (!canSend) return <p className={styles.readOnly}>{t("composer.read_only")}</p>;
  return (
    <footer className={styles.foot}>
      <Typing id={row.id} />
      {timeLeft(row.window, now) === 0 ? <ClosedPanel row={row} seen={newestSeq(row, messages)} /> : <Editor row={row} messages={messages} />}
    </footer>
  );
}

function Editor({ row, messages }: { row: Conversation; messages: readonly Message[] }) {
  const { t } = useTranslation();
  const me = useMe();
  const { enterSends } = usePreferences();
  const draft = useDraft(me.user.id, row.id);
  const field = useRef<HTMLTextAreaElement>(null);
  const tellTyping = useTypingSignal(row.id);
  const text = draft?.text ?? "";
  const isEmpty = text.trim() === "";
  useGrowing(field, text);

  function send(at: Date | null = null): void {
    if (draft === null || isEmpty) return;
    const expectedSeq = newestSeq(row, messages);
    const { clientId, replyTo } = draft;
    dropDraft(me.user.id, row.id);
    outbox.send({ clientId, conversation: row.id, text: text.trim(), replyTo, expectedSeq, sendAt: at }, new Date());
    field.current?.focus();
  }

  function press(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key === "Escape") return field.current?.blur();
    // While a word is being composed (Thai, Japanese…), Enter belongs to the composing.
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    const asked = event.ctrlKey || event.metaKey || (enterSends && !event.shiftKey);
    if (!asked) return;
    event.preventDefault();
    send();
  }

  return (
    <>
      <Strip row={row} quoted={messages.find((message) => message.id === draft?.replyTo) ?? null} onCancelReply={() => writeDraft(me.user.id, row.id, { replyTo: null })} />
      <div className={styles.box}>
        <textarea
          id="reply"
          ref={field}
          // Empty, it has no direction of its own: the placeholder keeps the page's.
          dir={text === "" ? undefined : "auto"}
          rows={1}
          className={styles.field}
          aria-label={t("composer.label", { name: row.contact.name })}
          placeholder={t("composer.placeholder")}
          value={text}
          onChange={(event) => {
            writeDraft(me.user.id, row.id, { text: event.target.value });
            tellTyping();
          }}
          onKeyDown={press}
        />
        <div className={styles.tools}>
          <Button look="quiet" className={styles.enter} aria-pressed={enterSends} onPress={() => prefer({ enterSends: !enterSends })}>
            {t("composer.enter_sends", { keys: `\u2066${enterSends ? "Enter" : `${modifier()} Enter`}\u2069` })}
          </Button>
          <SendLater row={row} isDisabled={isEmpty} onSend={send} />
          <IconButton look="accent" className={styles.send} isDisabled={isEmpty} label={t("composer.send_hint", { keys: enterSends ? "Enter" : `${modifier()} Enter` })} onPress={() => send()}>
            <SendHorizontal size={18} className={styles.mirrored} />
          </IconButton>
        </div>
      </div>
    </>
  );
}

function newestSeq(row: Conversation, messages: readonly Message[]): number {
  return messages.reduce((top, message) => Math.max(top, message.seq), row.seq);
}

function useGrowing(field: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.blockSize = "auto";
    const line = Number.parseFloat(getComputedStyle(area).lineHeight) || 20;
    const frame = area.offsetHeight - area.clientHeight;
    const padding = Number.parseFloat(getComputedStyle(area).paddingBlockStart) * 2 || 0;
    area.style.blockSize = `${Math.min(area.scrollHeight + frame, line * MOST_LINES + padding)}px`;
  }, [field, text]);
}

function useTypingSignal(id: string): () => void {
  const last = useRef(0);
  return () => {
    const now = Date.now();
    if (now - last.current < TYPING_EVERY) return;
    last.current = now;
    live.typing(id);
  };
}

function Typing({ id }: { id: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const { typing } = useCompany(id, me.user.id);
  const [one, two, three] = typing;
  const text =
    one === undefined
      ? ""
      : two === undefined
        ? t("thread.typing", { name: one.name })
        : three === undefined
          ? t("thread.two_typing", { one: one.name, two: two.name })
          : t("thread.several_typing");
  return (
    <p className={styles.typing} aria-live="polite" data-on={text !== "" || undefined}>
      {text}
    </p>
  );
}
