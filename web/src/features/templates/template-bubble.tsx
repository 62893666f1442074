// A template as the customer will see it; a place that nothing fills yet shows its name.
import { Copy, CornerUpLeft, ExternalLink, FileText, Image, MapPin, Phone, Video, type LucideIcon } from "lucide-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";

import type { Template } from "../../api/schemas";
import { KindIcon } from "../conversation/kind-icon";
import { cardsOf, filledIn, PLACE, type TemplateCard, type Values } from "../conversation/templates";
import type { Upload } from "../conversation/uploads";
import styles from "./template-bubble.module.css";

export type Shown = Pick<Template, "header" | "body" | "footer" | "buttons" | "cards">;

interface BubbleProps {
  template: Shown;
  values?: Values;
  /** What stands above the words, where it is at hand. */
  file?: Upload | null;
}

const NOTHING: Values = {};

export function TemplateBubble({ template, values = NOTHING, file = null }: BubbleProps) {
  const { header, body, footer, buttons } = template;
  const cards = cardsOf(template);
  const words = (
    <div className={styles.bubble}>
      {header?.format === "text" ? (
        <p className={styles.heading} dir="auto">
          <Words text={filledIn(header.text, "header", values)} />
        </p>
      ) : (
        header !== null && <Above format={header.format} file={file} />
      )}
      <p dir="auto">
        <Words text={filledIn(body, "body", values)} />
      </p>
      {footer !== null && (
        <p className={styles.footer} dir="auto">
          {footer}
        </p>
      )}
      {buttons.map((button, index) => (
        <Pressed key={index} button={button} />
      ))}
    </div>
  );
  if (cards.length === 0) return words;
  return (
    <div className={styles.carousel}>
      {words}
      <div className={styles.cards}>
        {cards.map((card, index) => (
          <Card key={index} card={card} index={index} values={values} />
        ))}
      </div>
    </div>
  );
}

function Card({ card: { header, body, buttons = [] }, index, values }: { card: TemplateCard; index: number; values: Values }) {
  return (
    <div className={styles.bubble}>
      <Above format={header.format === "text" ? "other" : header.format} file={null} />
      {body != null && (
        <p dir="auto">
          <Words text={filledIn(body, "body", values, index)} />
        </p>
      )}
      {buttons.map((button, place) => (
        <Pressed key={place} button={button} />
      ))}
    </div>
  );
}

/** Names in their braces are isolated, so that they do not scramble a line that runs the other way. */
function Words({ text }: { text: string }) {
  const names = [...text.matchAll(PLACE)].map(([whole]) => whole);
  // With one group in the pattern, every second piece is what stood in it.
  const words = text.split(PLACE).filter((_, index) => index % 2 === 0);
  return words.map((piece, index) => (
    <Fragment key={index}>
      {piece}
      {names[index] !== undefined && (
        <bdi dir="ltr" className={styles.place}>
          {names[index]}
        </bdi>
      )}
    </Fragment>
  ));
}

type Format = Exclude<NonNullable<Template["header"]>["format"], "text">;

const KINDS: Record<Format, { icon: LucideIcon; word: "template.field_image" | "template.field_video" | "template.field_document" | "kind.location" | "kind.unsupported" }> = {
  image: { icon: Image, word: "template.field_image" },
  video: { icon: Video, word: "template.field_video" },
  document: { icon: FileText, word: "template.field_document" },
  location: { icon: MapPin, word: "kind.location" },
  other: { icon: FileText, word: "kind.unsupported" },
};

function Above({ format, file }: { format: Format; file: Upload | null }) {
  const { t } = useTranslation();
  if (file?.preview != null) return <img className={styles.picture} src={file.preview} alt="" />;
  if (file !== null) {
    return (
      <span className={styles.document}>
        <KindIcon type={file.kind} size={18} /> <bdi>{file.name}</bdi>
      </span>
    );
  }
  const { icon: Icon, word } = KINDS[format];
  return (
    <span className={styles.empty}>
      <Icon size={20} aria-hidden="true" /> {t(word)}
    </span>
  );
}

const ICONS: Record<Template["buttons"][number]["type"], LucideIcon> = {
  quick_reply: CornerUpLeft, url: ExternalLink, phone_number: Phone, copy_code: Copy, one_time_code: Copy, other: FileText,
};

function Pressed({ button }: { button: Template["buttons"][number] }) {
  const Icon = ICONS[button.type];
  return (
    <span className={styles.button}>
      <Icon size={14} aria-hidden="true" className={button.type === "quick_reply" ? styles.mirrored : undefined} /> <bdi>{button.text}</bdi>
    </span>
  );
}
