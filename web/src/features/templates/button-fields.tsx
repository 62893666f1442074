// What can be pressed below a template: answers, a page, a number to call, an offer's code.
import { Plus, X } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "../../design/button";
import { BUTTONS, LIMITS, hasExample, isFull, withButton, type DraftButton } from "./draft";
import { TemplateField } from "./template-field";
import type { FormProps } from "./template-form";
import styles from "./template-form.module.css";

export function ButtonFields({ draft, onChange }: FormProps) {
  const { t } = useTranslation();
  const [fresh, setFresh] = useState<string | null>(null);
  const around = useRef<HTMLFieldSetElement>(null);
  const become = (buttons: readonly DraftButton[]) => onChange({ buttons });
  return (
    <fieldset ref={around} className={styles.buttons} tabIndex={-1}>
      <legend>{t("form.buttons")}</legend>
      {draft.buttons.map((button, index) => (
        <Entry
          key={button.key}
          button={button}
          index={index}
          isFresh={button.key === fresh}
          onChange={(change) => become(draft.buttons.map((one) => (one.key === button.key ? { ...one, ...change } : one)))}
          onRemove={() => {
            become(draft.buttons.filter(({ key }) => key !== button.key));
            around.current?.focus();
          }}
        />
      ))}
      <div className={styles.offers}>
        {BUTTONS.filter((type) => !isFull(draft, type)).map((type) => (
          <Button
            key={type}
            look="quiet"
            className={styles.add}
            onPress={() => {
              const key = crypto.randomUUID();
              onChange(withButton(draft, type, key));
              setFresh(key);
            }}
          >
            <Plus size={16} aria-hidden="true" /> {t(`templates.button.${type}`)}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}

interface EntryProps {
  button: DraftButton;
  index: number;
  isFresh: boolean;
  onChange: (change: Partial<DraftButton>) => void;
  onRemove: () => void;
}

function Entry({ button, index, isFresh, onChange, onRemove }: EntryProps) {
  const { t } = useTranslation();
  return (
    <div role="group" className={styles.entry} aria-label={t("form.button", { number: index + 1 })}>
      <span className={styles.top}>
        <strong>{t(`templates.button.${button.type}`)}</strong>
        <IconButton label={t("form.remove_button", { number: index + 1 })} onPress={onRemove}>
          <X size={16} />
        </IconButton>
      </span>
      {button.type === "copy_code" ? (
        <p className={styles.note}>{t("templates.help.copy_code")}</p>
      ) : (
        <TemplateField label={t("form.link_title")} field={`buttons[${index}].text`} value={button.text} most={LIMITS.button} onChange={(text) => onChange({ text })} autoFocus={isFresh} />
      )}
      <Target button={button} index={index} onChange={onChange} />
      {hasExample(button) && (
        <TemplateField
          label={t(button.type === "url" ? "templates.field.url_end" : "templates.field.code")}
          field={`examples.buttons.${index}`}
          value={button.example}
          most={button.type === "url" ? LIMITS.url : LIMITS.code}
          onChange={(example) => onChange({ example })}
          autoFocus={isFresh && button.type === "copy_code"}
        />
      )}
    </div>
  );
}

function Target({ button: { type, target }, index, onChange }: Pick<EntryProps, "button" | "index" | "onChange">) {
  const { t } = useTranslation();
  const become = (target: string) => onChange({ target });
  switch (type) {
    case "quick_reply":
    case "copy_code":
      return null;
    case "url":
      return <TemplateField label={t("form.link_url")} field={`buttons[${index}].url`} type="url" value={target} most={LIMITS.url} onChange={become} help={t("templates.help.url", { address: "\u2066https://acme.com/orders/{{1}}\u2069" })} />;
    case "phone_number":
      return <TemplateField label={t("form.phone")} field={`buttons[${index}].phone_number`} type="tel" value={target} most={LIMITS.phone} onChange={become} help={t("templates.help.phone")} placeholder="+1 555 010 0199" />;
  }
}
