// Who has this conversation.
import { useQuery } from "@tanstack/react-query";
import { Check, UserRoundPlus, UserRoundX } from "lucide-react";
import { Menu, MenuItem, MenuTrigger, Popover, type Selection } from "react-aria-components";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import type { Conversation, Person } from "../../api/schemas";
import { Avatar } from "../../design/avatar";
import { Button } from "../../design/button";
import menu from "../../design/menu.module.css";
import { assign } from "../inbox/act";
import { useKnownConversations } from "../inbox/rows";
import { may, useMe } from "../session/session";
import { show, usePanel } from "../shortcuts/panels";
import styles from "./assign-menu.module.css";

const NOBODY = "nobody";

export function AssignMenu({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const me = useMe();
  const people = useTeammates();
  const isOpen = usePanel() === "assign";
  const owner = row.assigned_to;

  function choose(keys: Selection): void {
    const key = keys === "all" ? NOBODY : String([...keys][0] ?? NOBODY);
    if (key !== (owner?.id ?? NOBODY)) assign(row.id, people.find((person) => person.id === key) ?? null);
  }

  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={(open) => show(open ? "assign" : null)}>
      <Button look="plain" className={styles.button} aria-label={owner === null ? t("assign.button") : t("assign.label", { name: owner.name })}>
        {owner === null ? <UserRoundPlus size={16} aria-hidden="true" /> : <Avatar id={owner.id} name={owner.name} size={18} />}
        <bdi className={styles.name}>{owner === null ? t("assign.button") : owner.id === me.user.id ? t("assign.me") : owner.name}</bdi>
      </Button>
      <Popover className={menu.popover} placement="bottom end">
        <Menu className={menu.menu} aria-label={t("assign.title")} selectionMode="single" selectedKeys={[owner?.id ?? NOBODY]} onSelectionChange={choose}>
          <MenuItem id={NOBODY} textValue={t("assign.nobody")} className={menu.item}>
            <UserRoundX size={18} aria-hidden="true" />
            <span className={menu.label}>{t("assign.nobody")}</span>
            <Check size={16} className={menu.check} aria-hidden="true" />
          </MenuItem>
          {people.map((person) => (
            <MenuItem key={person.id} id={person.id} textValue={person.name} className={menu.item}>
              <Avatar id={person.id} name={person.name} size={18} />
              <bdi className={menu.label}>{person.id === me.user.id ? t("assign.me_named", { name: person.name }) : person.name}</bdi>
              <Check size={16} className={menu.check} aria-hidden="true" />
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

/** Oneself first, then the team; and whoever else is seen to own a conversation, should the team's list be out of reach. */
function useTeammates(): readonly Person[] {
  const me = useMe();
  const rows = useKnownConversations();
  const { data } = useQuery({ queryKey: ["users"], queryFn: ({ signal }) => api.teammates({ signal }), staleTime: 5 * 60_000, enabled: may(me, "user:read") });
  const people = new Map<string, Person>([[me.user.id, { id: me.user.id, name: me.user.name }]]);
  for (const person of data?.items ?? []) people.set(person.id, { id: person.id, name: person.name });
  for (const { assigned_to: owner } of rows) if (owner !== null && !people.has(owner.id)) people.set(owner.id, owner);
  const [self, ...others] = people.values();
  return self === undefined ? [] : [self, ...others.sort((a, b) => a.name.localeCompare(b.name))];
}
