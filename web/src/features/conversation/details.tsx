// What a message says beside its words: files, a place, people, an answer to our buttons, an order, a call.
import { useTranslation } from "react-i18next";

import type { Message } from "../../api/schemas";
import { useFormats } from "../../i18n/formats";
import { Attachment } from "./attachment";
import styles from "./details.module.css";
import { KindIcon } from "./kind-icon";
import { Card, Header, Offer, Options, Place } from "./part-view";
import { kindOf, webAddress } from "./shown";

export function Details({ message }: { message: Message }) {
  const onCards = message.template?.cards?.map(({ attachment }) => attachment) ?? [];
  const above = message.attachments.filter((_, place) => !onCards.includes(place));
  return (
    <>
      <Origin message={message} />
      {above.map((file) => (
        <Attachment key={file.id} file={file} />
      ))}
      {message.location != null && <Place place={message.location} />}
      {message.contacts?.map((card, index) => <Card key={index} card={card} />)}
      {message.order != null && <Order order={message.order} />}
      {message.call != null && <Call call={message.call} />}
      {message.interactive != null && <Interactive said={message.interactive} />}
      {message.template != null && <TemplateFrame template={message.template} />}
      {message.reaction != null && <OwnReaction emoji={message.reaction.emoji} />}
    </>
  );
}

/** What stands below the words: what can be pressed, and which of it was. */
export function Below({ message, chosen }: { message: Message; chosen: string | null }) {
  const { interactive, template } = message;
  if (template != null) return <TemplateFoot template={template} files={message.attachments} chosen={chosen} />;
  switch (interactive?.type) {
    case "buttons":
    case "list":
    case "cta_url":
      return <Offer offer={interactive} chosen={chosen} />;
    case undefined:
    case "button_reply":
    case "template_button":
    case "list_reply":
    case "flow_reply":
    case "call_permission_reply":
      return null;
  }
}

interface FootProps {
  template: NonNullable<Message["template"]>;
  files: Message["attachments"];
  chosen: string | null;
}

function TemplateFoot({ template, files, chosen }: FootProps) {
  return (
    <>
      {template.footer != null && (
        <p className={styles.origin} dir="auto">
          {template.footer}
        </p>
      )}
      <Pressable buttons={template.buttons} chosen={chosen} />
      {template.cards != null && <Cards cards={template.cards} files={files} chosen={chosen} />}
    </>
  );
}

/** A carousel's cards, each with its picture or video above its words. */
function Cards({ cards, files, chosen }: { cards: NonNullable<FootProps["template"]["cards"]>; files: FootProps["files"]; chosen: string | null }) {
  return (
    <ul className={styles.cards}>
      {cards.map((card, index) => (
        <li key={index}>
          {files.slice(card.attachment, card.attachment + 1).map((file) => (
            <Attachment key={file.id} file={file} />
          ))}
          {card.text != null && <p dir="auto">{card.text}</p>}
          <Pressable buttons={card.buttons} chosen={chosen} />
        </li>
      ))}
    </ul>
  );
}

function Pressable({ buttons, chosen }: { buttons: readonly string[]; chosen: string | null }) {
  return buttons.length === 0 ? null : <Options options={buttons.map((title) => ({ id: title, title }))} chosen={chosen} />;
}

/** The template's name, and what stands above its words. */
function TemplateFrame({ template }: { template: NonNullable<Message["template"]> }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={styles.origin}>{t("content.template", { name: `\u2068${template.name}\u2069` })}</p>
      {template.location != null && <Place place={template.location} />}
      <Header text={template.header} />
    </>
  );
}

function OwnReaction({ emoji }: { emoji: string | null }) {
  const { t } = useTranslation();
  return <p className={styles.origin}>{emoji === null ? t("content.reaction_removed") : t("content.reaction", { emoji })}</p>;
}

/** How it came about. */
export function Origin({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { referral, referred_product: product } = message;
  const often = message.frequently_forwarded === true;
  const source = webAddress(referral?.source_url);
  return (
    <>
      {(often || message.forwarded === true) && <p className={styles.origin}>{t(often ? "content.forwarded_often" : "content.forwarded")}</p>}
      {product?.product_retailer_id != null && <p className={styles.origin}>{t("content.about_product", { product: product.product_retailer_id })}</p>}
      {referral != null && (
        <p className={styles.origin}>
          {t("content.from_ad")}
          {referral.headline != null && (
            <>
              {" · "}
              <bdi>{source === null ? referral.headline : <Link href={source} text={referral.headline} />}</bdi>
            </>
          )}
        </p>
      )}
    </>
  );
}

function Link({ href, text }: { href: string; text: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  );
}

function Order({ order }: { order: NonNullable<Message["order"]> }) {
  const { t } = useTranslation();
  return (
    <div className={styles.card}>
      <KindIcon type="order" size={18} />
      <ul>
        {order.product_items.map((item, index) => (
          <li key={index}>
            <bdi>{t("content.order_item", { quantity: item.quantity ?? "?", product: item.product_retailer_id ?? "?" })}</bdi>
            {item.item_price != null && (
              <bdi dir="ltr">
                {item.item_price} {item.currency ?? ""}
              </bdi>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Call({ call }: { call: NonNullable<Message["call"]> }) {
  const { t } = useTranslation();
  return (
    <p className={styles.card} data-failed={call.state === "missed" || undefined}>
      <KindIcon type="call" size={18} />
      <span>
        <strong>{t(`call.${call.state}`)}</strong>
      </span>
    </p>
  );
}

/** What stands above the words: of ours a heading, of a customer's answer that it is one. */
function Interactive({ said }: { said: NonNullable<Message["interactive"]> }) {
  switch (said.type) {
    case "buttons":
    case "list":
    case "cta_url":
      return <Header text={said.header} />;
    case "button_reply":
    case "template_button":
    case "list_reply":
    case "flow_reply":
    case "call_permission_reply":
      return <Answer answer={said} />;
  }
}

/** The chosen title stands in the words; here is that it was chosen. */
function Answer({ answer }: { answer: NonNullable<Message["interactive"]> }) {
  const { t } = useTranslation();
  const formats = useFormats();
  if (answer.type === "call_permission_reply") {
    const allowed = answer.response === "accept";
    const until = allowed && answer.expires_at != null ? formats.whole(answer.expires_at) : null;
    const words = until === null ? t(allowed ? "content.calls_allowed" : "content.calls_refused") : t("content.calls_until", { time: until });
    return <p className={styles.origin}>{words}</p>;
  }
  return (
    <p className={styles.origin}>
      {t(answer.type === "flow_reply" ? "content.form" : "content.chose")}
      {answer.type === "list_reply" && answer.description != null && (
        <>
          {" · "}
          <bdi>{answer.description}</bdi>
        </>
      )}
    </p>
  );
}

/** Why it can be read on the phone alone. */
export function Unsupported({ message }: { message: Message }) {
  const { t } = useTranslation();
  const kind = kindOf(message);
  const type = message.unsupported?.type ?? message.raw_type ?? message.type;
  return (
    <p className={styles.card}>
      <KindIcon type={kind} size={18} />
      <span>
        <strong>{t(`kind.${kind}`)}</strong>
        <span>{message.unsupported?.code != null ? t("content.why_unsupported") : t("thread.unsupported")}</span>
        <span>{t("thread.unsupported_type", { type: `\u2066${type}\u2069` })}</span>
      </span>
    </p>
  );
}
