// A refusal that no field of the form shows: it stands beside what hands the form in.
import fields from "../../design/field.module.css";
import { RequestId } from "../../design/notice";
import { examplesOf, fileKindOf, hasExample, type Draft } from "./draft";
import styles from "./template-form.module.css";

interface RefusalProps {
  refusal: { field: string | null; text: string };
  error: unknown;
  draft: Draft;
}

export function Refusal({ refusal: { field, text }, error, draft }: RefusalProps) {
  if (field !== null && shownFields(draft).includes(field)) return null;
  return (
    <div role="alert" className={`${fields.refusal ?? ""} ${styles.refusal ?? ""}`}>
      <p>{text}</p>
      <RequestId error={error} />
    </div>
  );
}

/** The fields that this draft has, by the API's names. */
function shownFields(draft: Draft): string[] {
  const examples = [...examplesOf(draft, "header"), ...examplesOf(draft, "body")].map((field) => `examples.${field}`);
  const buttons = draft.buttons.flatMap((button, index) => {
    const words = button.type === "copy_code" ? [] : [`buttons[${index}].text`];
    const target = button.type === "url" ? [`buttons[${index}].url`] : button.type === "phone_number" ? [`buttons[${index}].phone_number`] : [];
    return [...words, ...target, ...(hasExample(button) ? [`examples.buttons.${index}`] : [])];
  });
  const header = draft.headerKind === "text" ? ["header"] : fileKindOf(draft.headerKind) === null ? [] : ["media.upload_id"];
  return ["name", "language", "category", ...header, "body", "footer", ...examples, ...buttons];
}
