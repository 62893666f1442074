// A person's card: typed, or a teammate's.
import { useQuery } from "@tanstack/react-query";
import { Plus, Users, X } from "lucide-react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import { Button, IconButton } from "../../design/button";
import menu from "../../design/menu.module.css";
import { may, useMe } from "../session/session";
import { LIMITS, PHONES_MAX, isInternational, newPhone, type Phone, type ValuesOf } from "./forms";
import { PartField } from "./part-field";
import styles from "./part-dialog.module.css";

type Card = ValuesOf<"contacts">;

export function CardForm({ values, onChange }: { values: Card; onChange: (values: Card) => void }) {
  const { t } = useTranslation();
  const change = (key: string, change: Partial<Phone>) => onChange({ ...values, phones: values.phones.map((phone) => (phone.key === key ? { ...phone, ...change } : phone)) });
  return (
    <>
      <Team values={values} onChange={onChange} />
      <PartField label={t("form.person")} field="contacts[0].name" value={values.name} onChange={(name) => onChange({ ...values, name })} most={LIMITS.words} autoFocus />
      <div className={styles.group} role="group" aria-label={t("form.phones")}>
        {values.phones.map((phone, index) => (
          <div key={phone.key} className={styles.entry}>
            <PartField
              label={values.phones.length === 1 ? t("form.phone") : t("form.phone_number", { number: index + 1 })} type="tel" field={`contacts[0].phones[${index}].phone`} value={phone.number}
              onChange={(number) => change(phone.key, { number, isOnWhatsApp: isInternational(number) && (phone.isOnWhatsApp || !isInternational(phone.number)) })} placeholder="+972 54 555 0182" {...(isInternational(phone.number) ? {} : { help: t("form.phone_help") })}
            />
            {values.phones.length > 1 && (
              <IconButton className={styles.remove} label={t("form.remove_phone", { number: index + 1 })} onPress={() => onChange({ ...values, phones: values.phones.filter(({ key }) => key !== phone.key) })}>
                <X size={16} />
              </IconButton>
            )}
            {isInternational(phone.number) && (
              <label className={styles.check}>
                <input type="checkbox" checked={phone.isOnWhatsApp} onChange={(event) => change(phone.key, { isOnWhatsApp: event.target.checked })} />
                {t("form.on_whatsapp")}
              </label>
            )}
          </div>
        ))}
        {values.phones.length < PHONES_MAX && (
          <Button look="quiet" className={styles.add} onPress={() => onChange({ ...values, phones: [...values.phones, newPhone()] })}>
            <Plus size={16} aria-hidden="true" /> {t("form.add_phone")}
          </Button>
        )}
      </div>
      <PartField label={t("form.email")} type="email" field="contacts[0].emails[0].email" value={values.email} onChange={(email) => onChange({ ...values, email })} />
      <PartField label={t("form.organization")} field="contacts[0].organization" value={values.organization} onChange={(organization) => onChange({ ...values, organization })} most={LIMITS.words} />
    </>
  );
}

/** Whose name and address are known already. */
function Team({ values, onChange }: { values: Card; onChange: (values: Card) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const { data } = useQuery({ queryKey: ["teammates"], queryFn: ({ signal }) => api.teammates({ signal }), staleTime: 5 * 60_000, enabled: may(me, "user:read") });
  if (data === undefined || data.items.length === 0) return null;

  function choose(id: string): void {
    const person = data?.items.find((one) => one.id === id);
    if (person !== undefined) onChange({ ...values, name: person.name, email: person.email, organization: values.organization || (me.tenant?.name ?? "") });
  }

  return (
    <MenuTrigger>
      <Button className={styles.from}>
        <Users size={16} aria-hidden="true" /> {t("form.from_team")}
      </Button>
      <Popover className={menu.popover} placement="bottom start">
        <Menu className={menu.menu} aria-label={t("form.from_team")} onAction={(id) => choose(String(id))}>
          {data.items.map((person) => (
            <MenuItem key={person.id} id={person.id} textValue={person.name} className={menu.item}>
              <bdi className={menu.label}>{person.name}</bdi>
              <bdi className={menu.quiet}>{person.email}</bdi>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
