// A reply for later: a likely time, or any.
import { CalendarClock } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Dialog, Heading, Input, Label, Menu, MenuItem, MenuTrigger, Modal, ModalOverlay, Popover, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../../api/schemas";
import { Button, IconButton } from "../../design/button";
import menu from "../../design/menu.module.css";
import { useFormats } from "../../i18n/formats";
import { asField, choices, fromField } from "./later";
import styles from "./send-later.module.css";

interface LaterProps {
  row: Conversation;
  onSend: (at: Date) => void;
}

const OWN = "own";

/** The menu of times, and the dialog that its last entry opens; `renew` is called when the menu opens, for the times move on. */
export function useLater({ row, onSend }: LaterProps): { times: ReactNode; picker: ReactNode; renew: () => void } {
  const { t } = useTranslation();
  const formats = useFormats();
  const [offered, setOffered] = useState(() => choices(new Date()));
  const [isPicking, setPicking] = useState(false);

  function choose(key: string): void {
    if (key === OWN) return setPicking(true);
    const choice = offered.find((one) => one.key === key);
    if (choice !== undefined) onSend(choice.at);
  }

  const times = (
    <Menu className={menu.menu} aria-label={t("later.button")} onAction={(key) => choose(String(key))}>
      {offered.map(({ key, at }) => (
        <MenuItem key={key} id={key} textValue={t(`later.${key}`)} className={menu.item}>
          <span className={menu.label}>{t(`later.${key}`)}</span>
          <bdi className={menu.quiet}>{key === "monday" ? formats.whole(at.toISOString()) : formats.time(at.toISOString())}</bdi>
        </MenuItem>
      ))}
      <MenuItem id={OWN} textValue={t("later.own")} className={menu.item}>
        <span className={menu.label}>{t("later.own")}</span>
      </MenuItem>
    </Menu>
  );
  const picker = isPicking && <Picker row={row} onSend={onSend} onClose={() => setPicking(false)} />;
  return { times, picker, renew: () => setOffered(choices(new Date())) };
}

export function SendLater({ row, isDisabled, onSend }: LaterProps & { isDisabled: boolean }) {
  const { t } = useTranslation();
  const { times, picker, renew } = useLater({ row, onSend });
  return (
    <>
      <MenuTrigger onOpenChange={(open) => open && renew()}>
        <IconButton isDisabled={isDisabled} label={t("later.button")}>
          <CalendarClock size={18} />
        </IconButton>
        <Popover className={menu.popover} placement="top end">
          {times}
        </Popover>
      </MenuTrigger>
      {picker}
    </>
  );
}

function Picker({ row, onSend, onClose }: LaterProps & { onClose: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [text, setText] = useState(() => asField(choices(new Date()).find(({ key }) => key === "morning")?.at ?? new Date()));
  const at = fromField(text, new Date());
  const closes = row.window.closes_at;
  const isAfterWindow = at !== null && closes !== null && at.getTime() > new Date(closes).getTime();
  return (
    <ModalOverlay className={menu.veil} isDismissable isOpen onOpenChange={(open) => !open && onClose()}>
      <Modal className={menu.dialog}>
        <Dialog className={menu.body}>
          <Heading slot="title" className={menu.title}>
            {t("later.title")}
          </Heading>
          <TextField value={text} onChange={setText} type="datetime-local" isInvalid={at === null} className={styles.when} autoFocus>
            <Label>{t("later.when")}</Label>
            <Input className={styles.input} />
          </TextField>
          <p className={menu.quiet} role="status">
            {at === null ? t("later.not_ahead") : isAfterWindow ? t("later.after_window", { name: row.contact.name }) : t("later.zone", { zone: formats.zone(at) })}
          </p>
          <div className={menu.ends}>
            <Button look="quiet" onPress={onClose}>
              {t("later.cancel")}
            </Button>
            <Button
              look="accent"
              isDisabled={at === null}
              onPress={() => {
                if (at !== null) onSend(at);
                onClose();
              }}
            >
              {t("later.send")}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
