// One message, or one reply on its way.
import { CornerUpLeft, Trash2 } from "lucide-react";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Conversation, Message } from "../../api/schemas";
import { Avatar } from "../../design/avatar";
import { IconButton } from "../../design/button";
import { useFormats } from "../../i18n/formats";
import { useMe } from "../session/session";
import styles from "./bubble.module.css";
import { isScheduled } from "./later";
import { Below, Details, Unsupported } from "./details";
import { KindIcon } from "./kind-icon";
import type { MessageItem } from "./messages";
import { OutgoingTrouble, Trouble } from "./trouble";
import type { Outgoing } from "./outbox";
import { PartAbove, PartBelow } from "./part-view";
import { ReactMenu } from "./react-menu";
import { RichText } from "./rich-text";
import { hasDetails, isShownInFull, kindOf, knownEvent } from "./shown";
import { Ticks } from "./ticks";

interface BubbleProps {
  item: MessageItem;
  contact: Conversation["contact"];
  quoted: Message | null;
  onReply: ((message: Message) => void) | null;
  /** The channel takes reactions now. */
  canReact: boolean;
  /** Which of what it offers the customer chose. */
  chosen: string | null;
  onQuote: (id: string) => void;
}

export const Bubble = memo(function Bubble({ item, contact, quoted, onReply, canReact, chosen, onQuote }: BubbleProps) {
  const { t } = useTranslation();
  const me = useMe();
  const { message, isFirst, isLast } = item;
  if (message.type === "system") {
    const event = knownEvent(message);
    return <p className={styles.system}>{event === null ? (message.text ?? t("kind.system")) : t(`system.${event}`)}</p>;
  }
  const inbound = message.direction === "inbound";
  const teammate = !inbound && message.author.kind === "user" && message.author.id !== me.user.id ? message.author.name : null;
  const external = message.author.kind === "external" ? t("thread.external") : null;
  return (
    <article className={styles.line} data-side={inbound ? "theirs" : "ours"} data-first={isFirst || undefined} data-last={isLast || undefined}>
      {inbound && <span className={styles.face}>{isLast && <Avatar id={contact.id} name={contact.name} url={contact.avatar_url} size={28} />}</span>}
      <div className={styles.stack}>
        {isFirst && (teammate ?? external) !== null && <bdi className={styles.author}>{teammate ?? external}</bdi>}
        <div className={styles.row}>
          {/* Touching a bubble focuses it, and so shows what can be done with it. */}
          <div className={styles.bubble} data-status={message.delivery_status} tabIndex={-1}>
            {message.reply_to !== null && <Quote id={message.reply_to.id} quoted={quoted} contact={contact} onQuote={onQuote} />}
            <Content message={message} chosen={chosen} />
          </div>
          {canReact && inbound && message.channel_message_id !== null && message.deleted_at === null && <ReactMenu message={message} className={styles.reply} />}
          {onReply !== null && message.deleted_at === null && (
            <IconButton label={t("thread.reply")} className={styles.reply} onPress={() => onReply(message)}>
              <CornerUpLeft size={16} className={styles.mirrored} />
            </IconButton>
          )}
        </div>
        <Reactions message={message} />
        <Trouble message={message} />
      </div>
    </article>
  );
});

function Content({ message, chosen }: { message: Message; chosen: string | null }) {
  const { t } = useTranslation();
  if (message.deleted_at !== null) {
    return (
      <Words meta={<Meta message={message} />} quiet>
        <Trash2 size={14} aria-hidden="true" /> {t("thread.deleted")}
      </Words>
    );
  }
  if (!isShownInFull(message) && !hasDetails(message)) {
    return (
      <>
        <Unsupported message={message} />
        <Words meta={<Meta message={message} />}>{message.text !== null && <RichText text={message.text} />}</Words>
      </>
    );
  }
  return (
    <>
      <Details message={message} />
      <Words meta={<Meta message={message} />}>{message.text !== null && <RichText text={message.text} />}</Words>
      <Below message={message} chosen={chosen} />
    </>
  );
}

/** The time sits in the last line of the words where it fits, else on a line of its own. */
function Words({ children, meta, quiet = false }: { children: ReactNode; meta: ReactNode; quiet?: boolean }) {
  return (
    <div className={styles.words} dir="auto" data-quiet={quiet || undefined}>
      {children}
      {meta}
    </div>
  );
}

function Meta({ message }: { message: Message }) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <span className={styles.meta}>
      {message.edited_at !== null && <span>{t("thread.edited")}</span>}
      <time dateTime={message.sent_at} title={formats.whole(message.sent_at)}>
        {isScheduled(message) ? formats.whole(message.sent_at) : formats.time(message.sent_at)}
      </time>
      {message.delivery_status !== null && <Ticks status={isScheduled(message) ? "scheduled" : message.delivery_status} />}
    </span>
  );
}

interface QuoteProps {
  id: string | null;
  quoted: Message | null;
  contact: Conversation["contact"];
  onQuote: (id: string) => void;
}

function Quote({ id, quoted, contact, onQuote }: QuoteProps) {
  const { t } = useTranslation();
  if (quoted === null || id === null) return <p className={styles.quote}>{t("thread.reply_gone")}</p>;
  return (
    <button type="button" className={styles.quote} onClick={() => onQuote(id)}>
      <bdi className={styles.quoted}>{quoted.direction === "inbound" ? contact.name : quoted.author.name}</bdi>
      <span dir="auto">{quoted.text ?? t(`kind.${kindOf(quoted)}`)}</span>
    </button>
  );
}

function Reactions({ message }: { message: Message }) {
  const { t } = useTranslation();
  if (message.reactions.length === 0) return null;
  return (
    <ul className={styles.reactions}>
      {message.reactions.map(({ emoji, by }, index) => (
        <li key={index} title={by.name} aria-label={t("content.reacted", { name: by.name, emoji })}>
          {emoji}
        </li>
      ))}
    </ul>
  );
}

export function OutgoingBubble({ entry, isFirst, quoted, contact }: { entry: Outgoing; isFirst: boolean; quoted: Message | null; contact: Conversation["contact"] }) {
  const formats = useFormats();
  return (
    <article className={styles.line} data-side="ours" data-first={isFirst || undefined} data-last>
      <div className={styles.stack}>
        <div className={styles.row}>
          <div className={styles.bubble} data-status={entry.state === "refused" ? "failed" : "queued"}>
            {entry.replyTo !== null && <Quote id={entry.replyTo} quoted={quoted} contact={contact} onQuote={() => undefined} />}
            {entry.files.map((file) => (
              <p key={file.uploadId} className={styles.file}>
                <KindIcon type={file.kind} size={18} /> <span dir="auto">{file.name}</span>
              </p>
            ))}
            {entry.part !== null && <PartAbove part={entry.part} />}
            <Words
              meta={
                <span className={styles.meta}>
                  <time dateTime={entry.createdAt}>{formats.time(entry.createdAt)}</time>
                  <Ticks status={entry.state === "refused" ? "failed" : "sending"} />
                </span>
              }
            >
              <RichText text={entry.text} />
            </Words>
            {entry.part !== null && <PartBelow part={entry.part} />}
          </div>
        </div>
        <OutgoingTrouble entry={entry} />
      </div>
    </article>
  );
}
