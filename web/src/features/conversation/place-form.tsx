// A place: where it is, and what it is called.
import { useTranslation } from "react-i18next";

import { isShortLink, spotIn } from "./coordinates";
import { LIMITS, type ValuesOf } from "./forms";
import { PartField } from "./part-field";

type Place = ValuesOf<"location">;

export function PlaceForm({ values, onChange }: { values: Place; onChange: (values: Place) => void }) {
  const { t } = useTranslation();
  const spot = spotIn(values.where);
  const error = isShortLink(values.where) ? t("form.short_link") : spot === null && values.where.trim() !== "" ? t("form.no_place") : null;

  /** A link often knows the name too. */
  function where(text: string): void {
    const name = values.name === "" ? (spotIn(text)?.name ?? "") : values.name;
    onChange({ ...values, where: text, name });
  }

  const understood = spot === null ? t("form.where_help") : <bdi dir="ltr">{`${spot.latitude}, ${spot.longitude}`}</bdi>;
  return (
    <>
      {/* The server names either of the two numbers; here they are one field. */}
      <PartField label={t("form.where")} field="latitude" value={values.where} onChange={where} placeholder="32.0853, 34.7818" help={understood} error={error} autoFocus />
      <PartField label={t("form.place_name")} field="name" value={values.name} onChange={(name) => onChange({ ...values, name })} most={LIMITS.words} />
      <PartField label={t("form.address")} field="address" value={values.address} onChange={(address) => onChange({ ...values, address })} most={LIMITS.words} />
    </>
  );
}
