// A field of the form for a template, and what is wrong with it: as far as we know, or as the server said.
import { createContext, useContext, useId, type ComponentProps, type ReactNode } from "react";

import fields from "../../design/field.module.css";
import { PartField } from "../conversation/part-field";
import styles from "./template-form.module.css";

/** The sentence for a field, by the API's name of it. */
export const Wrongs = createContext<(field: string) => string | null>(() => null);

export function TemplateField(props: Omit<ComponentProps<typeof PartField>, "error">) {
  const wrong = useContext(Wrongs);
  return <PartField {...props} error={wrong(props.field)} />;
}

interface SelectProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  field?: string;
  help?: string;
  children: ReactNode;
}

export function Select({ label, value, onChange, field, help, children }: SelectProps) {
  const id = useId();
  const said = useContext(Wrongs)(field ?? "");
  const below = said ?? help;
  return (
    <div className={fields.field}>
      <label htmlFor={id}>{label}</label>
      <select id={id} className={styles.select} value={value} onChange={(event) => onChange(event.target.value)} aria-invalid={said !== null || undefined} aria-describedby={below === undefined ? undefined : `${id}-below`}>
        {children}
      </select>
      {below !== undefined && (
        <p id={`${id}-below`} className={said === null ? fields.help : fields.error}>
          {below}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  field: string;
  value: string | null;
  onChange: (value: string) => void;
  choices: readonly { value: string; text: string; help: string }[];
}

/** A few ways, each with what it is for. */
export function Choice({ label, field, value, onChange, choices }: ChoiceProps) {
  const id = useId();
  const said = useContext(Wrongs)(field);
  return (
    <div role="radiogroup" className={fields.field} aria-labelledby={id} aria-invalid={said !== null || undefined} aria-describedby={said === null ? undefined : `${id}-wrong`}>
      <span id={id}>{label}</span>
      {choices.map((choice) => (
        <label key={choice.value} className={styles.choice}>
          <input type="radio" name={id} checked={value === choice.value} onChange={() => onChange(choice.value)} />
          <span>
            {choice.text}
            <span className={fields.help}>{choice.help}</span>
          </span>
        </label>
      ))}
      {said !== null && (
        <p id={`${id}-wrong`} className={fields.error}>
          {said}
        </p>
      )}
    </div>
  );
}
