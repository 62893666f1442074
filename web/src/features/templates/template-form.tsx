// The fields of a new template, in the order in which a customer meets what they say.
import { Plus } from "lucide-react";
import { useContext, useRef } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../design/button";
import fields from "../../design/field.module.css";
import { HeaderFile } from "../conversation/header-file";
import { uploads, type Upload } from "../conversation/uploads";
import { ButtonFields } from "./button-fields";
import { CATEGORIES, HEADERS, LIMITS, asName, examplesOf, fileKindOf, nextPlace, type Draft } from "./draft";
import { useLanguageNames } from "./languages";
import { Choice, Select, TemplateField, Wrongs } from "./template-field";
import styles from "./template-form.module.css";

export interface FormProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
}

/** How a place is written: an argument of its sentence, since the texts' own places look the same. */
const WRITTEN = { numbered: "\u2066{{1}}\u2069", named: "\u2066{{first_name}}\u2069" };

export function AboutFields({ draft, onChange }: FormProps) {
  const { t } = useTranslation();
  const { choices } = useLanguageNames();
  return (
    <>
      <TemplateField label={t("templates.field.name")} field="name" value={draft.name} most={LIMITS.name} onChange={(typed) => onChange({ name: asName(typed) })} help={t("templates.help.name")} placeholder="order_update" autoFocus />
      <Select label={t("templates.field.language")} field="language" value={draft.language} onChange={(language) => onChange({ language })}>
        {choices.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </Select>
      <Choice
        label={t("templates.field.category")}
        field="category"
        value={draft.category}
        onChange={(chosen) => onChange({ category: CATEGORIES.find((category) => category === chosen) ?? null })}
        choices={CATEGORIES.map((value) => ({ value, text: t(`template.category_${value}`), help: t(`templates.help.${value}`) }))}
      />
    </>
  );
}

/** `list` is where the header's file waits. */
export function WordFields({ draft, onChange, list, file }: FormProps & { list: string; file: Upload | null }) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t("templates.field.header_kind")}
        value={draft.headerKind}
        onChange={(chosen) => {
          uploads.clear(list);
          onChange({ headerKind: HEADERS.find((kind) => kind === chosen) ?? "none" });
        }}
      >
        {HEADERS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`templates.header.${kind}`)}
          </option>
        ))}
      </Select>
      {draft.headerKind === "text" && (
        <>
          <TemplateField label={t("templates.field.header")} field="header" value={draft.header} most={LIMITS.header} onChange={(header) => onChange({ header })} help={t("templates.help.header", WRITTEN)} />
          <Examples part="header" draft={draft} onChange={onChange} />
        </>
      )}
      <ExampleFile draft={draft} onChange={onChange} list={list} file={file} />
      <BodyField draft={draft} onChange={onChange} />
      <Examples part="body" draft={draft} onChange={onChange} />
      <TemplateField label={t("templates.field.footer")} field="footer" value={draft.footer} most={LIMITS.footer} onChange={(footer) => onChange({ footer })} placeholder={t("form.optional")} />
      <ButtonFields draft={draft} onChange={onChange} />
    </>
  );
}

function BodyField({ draft, onChange }: FormProps) {
  const { t } = useTranslation();
  const around = useRef<HTMLDivElement>(null);
  const place = nextPlace(draft);

  /** Where the writer is; the words go on behind it. */
  function add(): void {
    const area = around.current?.querySelector("textarea");
    if (place === null || area == null) return;
    const at = area.selectionStart;
    onChange({ body: draft.body.slice(0, at) + place + draft.body.slice(area.selectionEnd) });
    requestAnimationFrame(() => {
      area.focus();
      area.setSelectionRange(at + place.length, at + place.length);
    });
  }

  return (
    <div ref={around} className={styles.body}>
      <TemplateField label={t("templates.field.body")} field="body" value={draft.body} most={LIMITS.body} lines={5} onChange={(body) => onChange({ body })} help={t("templates.help.body", WRITTEN)} />
      {place !== null && (
        <Button look="quiet" className={styles.add} onPress={add}>
          <Plus size={16} aria-hidden="true" /> {t("templates.add_place", { place: `\u2066${place}\u2069` })}
        </Button>
      )}
    </div>
  );
}

/** One for each place, as it appears in the words. */
function Examples({ part, draft, onChange }: FormProps & { part: "header" | "body" }) {
  const { t } = useTranslation();
  const places = examplesOf(draft, part);
  if (places.length === 0) return null;
  return (
    <fieldset className={styles.examples}>
      <legend>{t("templates.examples")}</legend>
      {places.map((field) => (
        <TemplateField
          key={field}
          label={t("templates.example", { place: `\u2066{{${field.slice(part.length + 1)}}}\u2069` })}
          field={`examples.${field}`}
          value={draft.examples[field] ?? ""}
          most={LIMITS.example}
          onChange={(example) => onChange({ examples: { ...draft.examples, [field]: example } })}
        />
      ))}
    </fieldset>
  );
}

function ExampleFile({ draft, onChange, list, file }: FormProps & { list: string; file: Upload | null }) {
  const { t } = useTranslation();
  const said = useContext(Wrongs)("media.upload_id");
  const kind = fileKindOf(draft.headerKind);
  if (kind === null) return null;
  return (
    <div className={styles.file} data-wrong={said !== null || undefined}>
      <HeaderFile list={list} kind={kind} isChosen={file !== null} onChoose={() => onChange({})} />
      <p className={fields.help}>{t("templates.help.file")}</p>
      {said !== null && (
        <p role="alert" className={fields.error}>
          {said}
        </p>
      )}
    </div>
  );
}
