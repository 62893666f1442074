// Who else is in the thread on the screen: viewing, or typing now.
import { useSyncExternalStore } from "react";

import type { Person } from "../api/schemas";

/** Someone who has not typed for this long has stopped; ms. */
const TYPING_LASTS = 6_000;

export interface Company {
  conversation: string | null;
  viewing: readonly Person[];
  typing: readonly Person[];
}

const NOBODY: Company = { conversation: null, viewing: [], typing: [] };

class CompanyStore {
  private now: Company = NOBODY;
  private timers = new Map<string, ReturnType<typeof setTimeout>>();
  private listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): Company => this.now;

  sees(conversation: string | null, viewing: readonly Person[]): void {
    this.become({ ...this.in(conversation), viewing });
  }

  types(conversation: string | null, person: Person): void {
    clearTimeout(this.timers.get(person.id));
    this.timers.set(person.id, setTimeout(() => this.stopped(person.id), TYPING_LASTS));
    const room = this.in(conversation);
    this.become({ ...room, typing: [...room.typing.filter((other) => other.id !== person.id), person] });
  }

  stopped(person: string): void {
    clearTimeout(this.timers.get(person));
    this.timers.delete(person);
    if (this.now.typing.some((other) => other.id === person)) {
      this.become({ ...this.now, typing: this.now.typing.filter((other) => other.id !== person) });
    }
  }

  clear(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.become(NOBODY);
  }

  private in(conversation: string | null): Company {
    return this.now.conversation === conversation ? this.now : { ...NOBODY, conversation };
  }

  private become(next: Company): void {
    this.now = next;
    for (const listener of this.listeners) listener();
  }
}

export const company = new CompanyStore();

/** The others in this thread, without oneself. */
export function useCompany(conversation: string, me: string): Company {
  const now = useSyncExternalStore(company.subscribe, company.current);
  if (now.conversation !== conversation) return NOBODY;
  const others = (people: readonly Person[]) => people.filter((person) => person.id !== me);
  return { conversation, viewing: others(now.viewing), typing: others(now.typing) };
}
