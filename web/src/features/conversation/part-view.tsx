// How a place, a card and what can be pressed look: in a bubble, and before they are sent.
import { Circle, CircleCheck, CornerUpLeft, ExternalLink, List as ListIcon, Mail, MapPin, Phone } from "lucide-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";

import type { Message, RichPart } from "../../api/schemas";
import { Avatar } from "../../design/avatar";
import styles from "./part-view.module.css";
import { webAddress } from "./shown";

/** No map is loaded: that would tell a stranger where our customers are. */
export function Place({ place }: { place: Pick<NonNullable<Message["location"]>, "latitude" | "longitude" | "name" | "address"> }) {
  const { t } = useTranslation();
  const map = `https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=16/${place.latitude}/${place.longitude}`;
  return (
    <div className={styles.card}>
      <span className={styles.pin}>
        <MapPin size={20} aria-hidden="true" />
      </span>
      <div className={styles.lines}>
        <strong dir="auto">{place.name ?? t("content.place")}</strong>
        {place.address != null && <span dir="auto">{place.address}</span>}
        <bdi dir="ltr" className={styles.numbers}>
          {round(place.latitude)}, {round(place.longitude)}
        </bdi>
        <a href={map} target="_blank" rel="noopener noreferrer">
          {t("content.open_map")}
        </a>
      </div>
    </div>
  );
}

/** Five decimals are a metre. */
const round = (degrees: number) => Math.round(degrees * 1e5) / 1e5;

type Person = Pick<NonNullable<Message["contacts"]>[number], "name" | "organization" | "title" | "phones" | "emails">;

export function Card({ card }: { card: Person }) {
  const { t } = useTranslation();
  const name = card.name ?? t("content.no_name");
  const role = [card.title, card.organization].filter((word) => word != null && word !== "").join(" · ");
  return (
    <div className={styles.card}>
      <Avatar id={name} name={name} url={null} size={36} />
      <div className={styles.lines}>
        <strong dir="auto">{name}</strong>
        {role !== "" && <span dir="auto">{role}</span>}
        {card.phones?.map(({ phone, wa_id: id }, index) => {
          const number = phone ?? (id == null ? null : `+${id}`);
          return number === null ? null : <Reach key={`tel ${index}`} kind="tel" value={number} />;
        })}
        {card.emails?.map(({ email }, index) => <Reach key={`mail ${index}`} kind="mailto" value={email} />)}
      </div>
    </div>
  );
}

/** A number or an address to press; what a customer wrote into it is nothing but that. */
function Reach({ kind, value }: { kind: "tel" | "mailto"; value: string }) {
  const href = kind === "tel" ? `tel:${value.replace(/[^\d+]/g, "")}` : `mailto:${encodeURIComponent(value)}`;
  const Icon = kind === "tel" ? Phone : Mail;
  return (
    <span className={styles.reach}>
      <Icon size={12} aria-hidden="true" />
      <a href={href} dir="ltr">
        {value}
      </a>
    </span>
  );
}

interface Option {
  id: string;
  title: string;
  description?: string | null | undefined;
}

/** A button of its own, or a row of a list of which one is taken. */
type Mark = "reply" | "row";

function Sign({ isChosen, mark }: { isChosen: boolean; mark: Mark }) {
  if (isChosen) return <CircleCheck size={14} aria-hidden="true" />;
  return mark === "row" ? <Circle size={14} aria-hidden="true" /> : <CornerUpLeft size={14} className={styles.mirrored} aria-hidden="true" />;
}

/** What can be pressed, and which of it was. */
export function Options({ options, chosen, mark = "reply" }: { options: readonly Option[]; chosen: string | null; mark?: Mark }) {
  const { t } = useTranslation();
  return (
    <ul className={styles.options}>
      {options.map(({ id, title, description }) => (
        <li key={id} className={styles.option} data-chosen={id === chosen || undefined}>
          <Sign isChosen={id === chosen} mark={mark} />
          <span className={styles.lines}>
            <span dir="auto">{title}</span>
            {description != null && (
              <small dir="auto">{description}</small>
            )}
          </span>
          {id === chosen && <span className={styles.chosen}>{t("content.chosen")}</span>}
        </li>
      ))}
    </ul>
  );
}

type Said = Pick<Extract<RichPart, { type: "interactive" }>, "interactive">["interactive"];

export function Offer({ offer, chosen }: { offer: Said; chosen: string | null }) {
  return (
    <>
      {offer.footer != null && (
        <p className={styles.footer} dir="auto">
          {offer.footer}
        </p>
      )}
      {offer.type === "buttons" && <Options options={offer.buttons} chosen={chosen} />}
      {offer.type === "cta_url" && <PageLink title={offer.title} url={offer.url} />}
      {offer.type === "list" && (
        <div className={styles.list}>
          <p className={styles.opener}>
            <ListIcon size={14} aria-hidden="true" /> <bdi>{offer.button}</bdi>
          </p>
          {offer.sections.map((section, index) => (
            <Fragment key={index}>
              {section.title != null && section.title !== "" && (
                <h4 className={styles.section} dir="auto">
                  {section.title}
                </h4>
              )}
              <Options options={section.rows} chosen={chosen} mark="row" />
            </Fragment>
          ))}
        </div>
      )}
    </>
  );
}

function PageLink({ title, url }: { title: string; url: string }) {
  const href = webAddress(url);
  return (
    <p className={styles.option}>
      <ExternalLink size={14} aria-hidden="true" />
      {href === null ? <bdi>{title}</bdi> : (
        <a href={href} target="_blank" rel="noopener noreferrer" title={href}>
          <bdi>{title}</bdi>
        </a>
      )}
    </p>
  );
}

export function Header({ text }: { text: string | null | undefined }) {
  return text == null || text === "" ? null : (
    <p className={styles.heading} dir="auto">
      {text}
    </p>
  );
}

/** A whole part, as it will look once it is sent; the words of an offer are left to whoever draws it. */
export function PartAbove({ part }: { part: RichPart }) {
  if (part.type === "location") return <Place place={{ ...part, name: part.name ?? null, address: part.address ?? null }} />;
  if (part.type === "contacts") return part.contacts.map((card, index) => <Card key={index} card={card} />);
  return <Header text={part.interactive.header} />;
}

export function PartBelow({ part }: { part: RichPart }) {
  return part.type === "interactive" ? <Offer offer={part.interactive} chosen={null} /> : null;
}
