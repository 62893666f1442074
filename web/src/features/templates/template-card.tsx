// One template: how it stands and why, beside what a customer sees of it.
import { Fragment } from "react";
import { useTranslation } from "react-i18next";

import type { Template } from "../../api/schemas";
import { useLanguageNames } from "./languages";
import { TemplateBubble } from "./template-bubble";
import styles from "./templates.module.css";

export function TemplateCard({ template }: { template: Template }) {
  const { t } = useTranslation();
  const { nameOf } = useLanguageNames();
  const { name, language, category, status, has_more: hasMore } = template;
  return (
    <li className={styles.card}>
      <div className={styles.about}>
        <h2 className={styles.name}>
          <bdi>
            <Name name={name} />
          </bdi>
        </h2>
        <p className={styles.quiet}>
          {nameOf(language)} · {t(`template.category_${category}`)}
        </p>
        <p className={styles.pills}>
          <span className={styles.standing} data-standing={status}>
            {t(`templates.standing.${status}`)}
          </span>
          <Quality word={template.quality} />
        </p>
        {status !== "approved" && <p className={styles.quiet}>{t(`templates.means.${status}`)}</p>}
        {status !== "approved" && template.reason !== null && <Reason word={template.reason} />}
        {hasMore && <p className={styles.quiet}>{t("templates.partial")}</p>}
      </div>
      <div className={styles.shown}>
        <TemplateBubble template={template} />
      </div>
    </li>
  );
}

/** A name is one word, which may be long: it breaks where its words end. */
function Name({ name }: { name: string }) {
  return name.split(/(?<=_)/).map((word, index) => (
    <Fragment key={index}>
      {word}
      <wbr />
    </Fragment>
  ));
}

const QUALITIES = ["green", "yellow", "red"] as const;

/** What customers' answers to it are worth to the channel; of a new one it says nothing yet. */
function Quality({ word }: { word: string | null }) {
  const { t } = useTranslation();
  const known = QUALITIES.find((quality) => quality === word?.toLowerCase());
  if (known === undefined) return null;
  return (
    <span className={styles.quality} data-quality={known}>
      {t(`templates.quality.${known}`)}
    </span>
  );
}

/** Words of WhatsApp for why it refuses a template. */
const REASONS = ["abusive_content", "invalid_format", "promotional", "tag_content_mismatch", "scam"] as const;

function Reason({ word }: { word: string }) {
  const { t } = useTranslation();
  const known = REASONS.find((reason) => reason === word.toLowerCase());
  return <p className={styles.why}>{known === undefined ? t("templates.reason.other", { reason: `\u2068${word}\u2069` }) : t(`templates.reason.${known}`)}</p>;
}
