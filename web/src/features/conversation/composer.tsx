// Where the answer is written: kept as it is typed, shown as sent the moment it is sent.
import { Paperclip, SendHorizontal } from "lucide-react";
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from "react";
import { FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { Conversation, Message } from "../../api/schemas";
import { Button, IconButton } from "../../design/button";
import { say } from "../../design/toasts";
import { useNow } from "../../i18n/formats";
import { useCompany } from "../../realtime/company";
import { live } from "../../realtime/live";
import { timeLeft } from "../inbox/window-pill";
import { prefer, usePreferences } from "../preferences/preferences";
import { useMe } from "../session/session";
import { modifier } from "../shortcuts/keys";
import styles from "./composer.module.css";
import { dropDraft, useDraft, writeDraft } from "./drafts";
import { edit, useEditing } from "./editing";
import { blank } from "./forms";
import { MoreMenu } from "./more-menu";
import { outbox } from "./outbox";
import { ClosedPanel, Strip } from "./strip";
import { UploadList } from "./upload-list";
import { FILES_MAX, uploads, useUploads } from "./uploads";

/** Loaded when the first of its forms is asked for. */
const PartDialog = lazy(async () => ({ default: (await import("./part-dialog")).PartDialog }));

/** Lines before it scrolls. */
const MOST_LINES = 10;
/** Teammates are told again that one types, at most this often; ms. */
const TYPING_EVERY = 3_000;

export function Composer({ row, messages, canSend }: { row: Conversation; messages: readonly Message[]; canSend: boolean }) {
  const { t } = useTranslation();
  const now = useNow();
  const editing = useEditing(row.id);
  if (!canSend) return <p className={styles.readOnly}>{t("composer.read_only")}</p>;
  return (
    <footer className={styles.foot}>
      <Typing id={row.id} />
      {timeLeft(row.window, now) === 0 ? <ClosedPanel row={row} seen={newestSeq(row, messages)} /> : <Editor row={row} messages={messages} />}
      {editing !== null && (
        <Suspense fallback={null}>
          <PartDialog row={row} seen={newestSeq(row, messages)} editing={editing} />
        </Suspense>
      )}
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
  const files = useUploads(row.id);
  const isEmpty = text.trim() === "" && files.length === 0;
  const isReady = !isEmpty && files.every(({ state }) => state === "ready");
  const isOver = useDropped(attach);
  useGrowing(field, text);

  function attach(chosen: readonly File[]): void {
    if (!uploads.add(row.id, chosen)) say(t("upload.limit", { most: FILES_MAX }));
    field.current?.focus();
  }

  function send(at: Date | null = null): void {
    if (!isReady) return;
    const expectedSeq = newestSeq(row, messages);
    // Files alone make no draft; they are taken away here, so that a second press finds nothing to send.
    const { clientId, replyTo } = draft ?? { clientId: crypto.randomUUID(), replyTo: null };
    dropDraft(me.user.id, row.id);
    outbox.send({ clientId, conversation: row.id, text: text.trim(), replyTo, expectedSeq, files: uploads.take(row.id), sendAt: at }, new Date());
    field.current?.focus();
  }

  function paste(event: ClipboardEvent): void {
    const pasted = [...event.clipboardData.files];
    // What was copied from a document may come as words and as a picture of them: the words are meant.
    if (pasted.length === 0 || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    attach(pasted);
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
      <div className={styles.box} data-over={isOver || undefined}>
        {isOver && <p className={styles.drop}>{t("upload.drop")}</p>}
        <UploadList conversation={row.id} />
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
          onPaste={paste}
        />
        <div className={styles.tools}>
          <MoreMenu
            row={row} isReady={isReady} onSendLater={send}
            onCompose={(kind) => edit({ conversation: row.id, values: blank(kind, text), problem: null, isDraft: true, replyTo: null })}
          />
          <FileTrigger allowsMultiple onSelect={(chosen) => attach([...(chosen ?? [])])}>
            <IconButton className={styles.attach} label={t("upload.attach")}>
              <Paperclip size={18} />
            </IconButton>
          </FileTrigger>
          <Button look="quiet" className={styles.enter} aria-pressed={enterSends} onPress={() => prefer({ enterSends: !enterSends })}>
            {t("composer.enter_sends", { keys: `\u2066${enterSends ? "Enter" : `${modifier()} Enter`}\u2069` })}
          </Button>
          <IconButton look="accent" className={styles.send} isDisabled={!isReady} label={t("composer.send_hint", { keys: enterSends ? "Enter" : `${modifier()} Enter` })} onPress={() => send()}>
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

/** Files that are dropped anywhere on the page belong to the conversation that is open; true while some hang over it. */
function useDropped(onFiles: (files: readonly File[]) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const take = useRef(onFiles);
  useEffect(() => {
    take.current = onFiles;
  });
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setIsOver(false);
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      take.current([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, []);
  return isOver;
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
