// Words with something to press below: buttons, a list, a link.
import { Plus, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "../../design/button";
import { LIMITS, newChoice, newSection, type Choice, type Section, type ValuesOf } from "./forms";
import { PartField } from "./part-field";
import styles from "./part-dialog.module.css";

type Offer = ValuesOf<"buttons" | "list" | "cta_url">;

export function OfferForm({ values, onChange }: { values: Offer; onChange: (values: Offer) => void }) {
  const { t } = useTranslation();
  const most = values.kind === "list" ? LIMITS.listBody : LIMITS.body;
  return (
    <>
      <PartField label={t("form.text")} field="text" value={values.text} onChange={(text) => onChange({ ...values, text })} most={most} lines={2} autoFocus={values.text === ""} />
      {values.kind === "buttons" && <Buttons values={values} onChange={onChange} />}
      {values.kind === "list" && <List values={values} onChange={onChange} />}
      {values.kind === "cta_url" && <LinkFields values={values} onChange={onChange} />}
      <Frame values={values} onChange={onChange} />
    </>
  );
}

function Buttons({ values, onChange }: { values: ValuesOf<"buttons">; onChange: (values: ValuesOf<"buttons">) => void }) {
  const { t } = useTranslation();
  const { buttons } = values;
  const become = (buttons: readonly Choice[]) => onChange({ ...values, buttons });
  return (
    <div className={styles.group} role="group" aria-label={t("form.buttons")}>
      {buttons.map((button, index) => (
        <Entry key={button.key} onRemove={buttons.length > 1 ? () => become(buttons.filter(({ key }) => key !== button.key)) : null} remove={t("form.remove_button", { number: index + 1 })}>
          <PartField
            label={t("form.button", { number: index + 1 })} field={`interactive.buttons[${index}].title`} value={button.title} most={LIMITS.button} autoFocus={values.text !== "" && index === 0}
            onChange={(title) => become(buttons.map((one) => (one.key === button.key ? { ...one, title } : one)))}
          />
        </Entry>
      ))}
      {buttons.length < LIMITS.buttons && <Add label={t("form.add_button")} onAdd={() => become([...buttons, newChoice()])} />}
    </div>
  );
}

function List({ values, onChange }: { values: ValuesOf<"list">; onChange: (values: ValuesOf<"list">) => void }) {
  const { t } = useTranslation();
  const { sections } = values;
  const count = sections.reduce((sum, { rows }) => sum + rows.length, 0);
  const become = (sections: readonly Section[]) => onChange({ ...values, sections });
  const change = (key: string, change: Partial<Section>) => become(sections.map((section) => (section.key === key ? { ...section, ...change } : section)));
  return (
    <>
      <PartField label={t("form.list_button")} field="interactive.button" value={values.button} onChange={(button) => onChange({ ...values, button })} most={LIMITS.button} autoFocus={values.text !== ""} />
      {sections.map((section, index) => (
        <fieldset key={section.key} className={styles.section}>
          <legend>{sections.length === 1 ? t("form.rows") : t("form.section", { number: index + 1 })}</legend>
          {sections.length > 1 && (
            <Entry onRemove={() => become(sections.filter(({ key }) => key !== section.key))} remove={t("form.remove_section", { number: index + 1 })}>
              <PartField label={t("form.section_title")} field={`interactive.sections[${index}].title`} value={section.title} onChange={(title) => change(section.key, { title })} most={LIMITS.sectionTitle} />
            </Entry>
          )}
          <Rows section={section} at={`interactive.sections[${index}]`} isFull={count >= LIMITS.rows} onChange={(rows) => change(section.key, { rows })} />
        </fieldset>
      ))}
      {count < LIMITS.rows ? <Add label={t("form.add_section")} onAdd={() => become([...sections, newSection()])} /> : <p className={styles.note}>{t("form.rows_full", { most: LIMITS.rows })}</p>}
    </>
  );
}

function Rows({ section, at, isFull, onChange }: { section: Section; at: string; isFull: boolean; onChange: (rows: readonly Choice[]) => void }) {
  const { t } = useTranslation();
  const { rows } = section;
  const change = (key: string, change: Partial<Choice>) => onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <>
      {rows.map((row, index) => (
        <Entry key={row.key} onRemove={rows.length > 1 ? () => onChange(rows.filter(({ key }) => key !== row.key)) : null} remove={t("form.remove_row", { number: index + 1 })}>
          <PartField label={t("form.row", { number: index + 1 })} field={`${at}.rows[${index}].title`} value={row.title} onChange={(title) => change(row.key, { title })} most={LIMITS.rowTitle} />
          <PartField label={t("form.row_description")} field={`${at}.rows[${index}].description`} value={row.description} onChange={(description) => change(row.key, { description })} most={LIMITS.rowDescription} placeholder={t("form.optional")} />
        </Entry>
      ))}
      {!isFull && <Add label={t("form.add_row")} onAdd={() => onChange([...rows, newChoice()])} />}
    </>
  );
}

function LinkFields({ values, onChange }: { values: ValuesOf<"cta_url">; onChange: (values: ValuesOf<"cta_url">) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <PartField label={t("form.link_title")} field="interactive.title" value={values.title} onChange={(title) => onChange({ ...values, title })} most={LIMITS.button} autoFocus={values.text !== ""} />
      <PartField label={t("form.link_url")} field="interactive.url" type="url" value={values.url} onChange={(url) => onChange({ ...values, url })} most={LIMITS.url} placeholder="https://" />
    </>
  );
}

/** What few messages need is folded away until it is asked for. */
function Frame({ values, onChange }: { values: Offer; onChange: (values: Offer) => void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(values.header !== "" || values.footer !== "");
  if (!isOpen) return <Add label={t("form.add_frame")} onAdd={() => setOpen(true)} />;
  return (
    <div className={styles.pair}>
      <PartField label={t("form.header")} field="interactive.header" value={values.header} onChange={(header) => onChange({ ...values, header })} most={LIMITS.header} />
      <PartField label={t("form.footer")} field="interactive.footer" value={values.footer} onChange={(footer) => onChange({ ...values, footer })} most={LIMITS.footer} />
    </div>
  );
}

function Entry({ children, onRemove, remove }: { children: ReactNode; onRemove: (() => void) | null; remove: string }) {
  return (
    <div className={styles.entry}>
      {children}
      {onRemove !== null && (
        <IconButton className={styles.remove} label={remove} onPress={onRemove}>
          <X size={16} />
        </IconButton>
      )}
    </div>
  );
}

function Add({ label, onAdd }: { label: string; onAdd: () => void }) {
  return (
    <Button look="quiet" className={styles.add} onPress={onAdd}>
      <Plus size={16} aria-hidden="true" /> {label}
    </Button>
  );
}
