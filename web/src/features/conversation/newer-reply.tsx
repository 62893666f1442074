// A teammate answered first: read it, or send all the same.
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";

import { Button } from "../../design/button";
import menu from "../../design/menu.module.css";
import { useMe } from "../session/session";
import { draftOf, writeDraft } from "./drafts";
import { outbox, useOutbox, type Outgoing } from "./outbox";

export function NewerReply({ id }: { id: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const entry = useOutbox().find((each) => each.conversation === id && each.problem?.code === "newer_reply");

  /** Back into the composer, where nothing is lost, to be read against what the teammate wrote. A template is chosen anew. */
  function takeBack(entry: Outgoing): void {
    const written = draftOf(me.user.id, id)?.text ?? "";
    outbox.drop(entry.clientId);
    if (entry.template !== null) return;
    writeDraft(me.user.id, id, { text: written === "" ? entry.text : `${entry.text}\n${written}`, replyTo: entry.replyTo });
  }

  return (
    <ModalOverlay className={menu.veil} isOpen={entry !== undefined} onOpenChange={(open) => !open && entry !== undefined && takeBack(entry)}>
      <Modal className={menu.dialog}>
        <Dialog role="alertdialog" className={menu.body}>
          <Heading slot="title" className={menu.title}>
            {t("newer.title")}
          </Heading>
          <p className={menu.quiet}>{t("newer.text")}</p>
          <div className={menu.ends}>
            <Button onPress={() => entry !== undefined && outbox.force(entry.clientId)}>{t("newer.send")}</Button>
            <Button look="accent" autoFocus slot="close">
              {t("newer.read")}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
