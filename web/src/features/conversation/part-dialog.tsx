// A place, a card or something to press: filled in, seen as the customer will see it, and sent.
import { SendHorizontal } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { Conversation, RichPart } from "../../api/schemas";
import { Button } from "../../design/button";
import menu from "../../design/menu.module.css";
import { useMe } from "../session/session";
import { CardForm } from "./card-form";
import { draftOf, dropDraft, writeDraft } from "./drafts";
import { edit, type Editing } from "./editing";
import { fieldOf, isFit, partOf, type Values } from "./forms";
import { OfferForm } from "./offer-form";
import { outbox, type Problem } from "./outbox";
import { Refusal, isFieldShown, useProblemText } from "./part-field";
import styles from "./part-dialog.module.css";
import { PartAbove, PartBelow } from "./part-view";
import { PlaceForm } from "./place-form";
import { RichText } from "./rich-text";
import { SendLater } from "./send-later";

/** How long the form stays for the server's word, ms; after that the bubble tells it. */
const PATIENCE = 3_000;

interface PartDialogProps {
  row: Conversation;
  /** The newest `seq` that the agent has seen. */
  seen: number;
  editing: Editing;
}

export function PartDialog({ row, seen, editing }: PartDialogProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [values, setValues] = useState(editing.values);
  const [problem, setProblem] = useState(editing.problem);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const waiting = useRef<AbortController | null>(null);
  const part = partOf(values);
  const isReady = part !== null && isFit(values) && !busy;
  useEffect(() => () => waiting.current?.abort(), []);
  useEffect(() => {
    if (problem !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problem]);

  function change(after: Values): void {
    setValues(after);
    setProblem(null);
    // The words above buttons are the composer's: whoever closes the form finds them there.
    if (editing.isDraft && "text" in after) writeDraft(me.user.id, row.id, { text: after.text });
  }

  async function send(at: Date | null): Promise<void> {
    if (part === null || !isReady) return;
    setBusy(true);
    const { restore, replyTo } = takeDraft(me.user.id, editing, part);
    const clientId = crypto.randomUUID();
    outbox.send({ clientId, conversation: row.id, text: part.type === "interactive" ? part.text : "", replyTo, expectedSeq: seen, part, sendAt: at }, new Date());
    const refused = await soonRefused(clientId);
    if (refused === null) {
      edit(null);
      return;
    }
    outbox.drop(clientId);
    restore();
    setProblem(refused);
    setBusy(false);
  }

  /** What the server refused of the form itself; everything else is told at the bubble. */
  async function soonRefused(clientId: string): Promise<Problem | null> {
    const stop = new AbortController();
    waiting.current = stop;
    const late = new Promise<null>((done) => {
      const timer = setTimeout(() => done(null), PATIENCE);
      stop.signal.addEventListener("abort", () => clearTimeout(timer));
    });
    const problem = await Promise.race([outbox.outcome(clientId, stop.signal), late]);
    stop.abort();
    return problem?.field?.startsWith("parts[0]") === true ? problem : null;
  }

  return (
    <ModalOverlay className={menu.veil} isOpen onOpenChange={(open) => !open && edit(null)}>
      <Modal className={`${menu.dialog ?? ""} ${styles.dialog ?? ""}`}>
        <Dialog className={styles.body}>
          <Heading slot="title" className={menu.title}>
            {t(`form.title_${values.kind}`)}
          </Heading>
          <form
            ref={form}
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault();
              void send(null);
            }}
          >
            <Refusal.Provider value={problem}>
              <div className={styles.fields}>
                <Fields values={values} onChange={change} />
                {problem !== null && !isFieldShown(fieldOf(problem.field)) && <Whole problem={problem} />}
              </div>
            </Refusal.Provider>
            <Preview part={part} name={row.contact.name} />
            <div className={styles.ends}>
              <Button look="quiet" onPress={() => edit(null)}>
                {t("form.cancel")}
              </Button>
              <SendLater row={row} isDisabled={!isReady} onSend={(at) => void send(at)} />
              <Button look="accent" type="submit" isDisabled={!isReady}>
                <SendHorizontal size={16} className={styles.mirrored} aria-hidden="true" /> {t("composer.send")}
              </Button>
            </div>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** What stood in the composer goes along where it belongs to this part; `restore` puts it back. */
function takeDraft(user: string, editing: Editing, part: RichPart): { replyTo: string | null; restore: () => void } {
  const { conversation } = editing;
  const draft = draftOf(user, conversation);
  const isTaken = editing.isDraft && draft !== null && (part.type === "interactive" || draft.text.trim() === "");
  if (!isTaken) return { replyTo: editing.replyTo, restore: () => undefined };
  dropDraft(user, conversation);
  return { replyTo: draft.replyTo, restore: () => writeDraft(user, conversation, { text: draft.text, replyTo: draft.replyTo }) };
}

function Fields({ values, onChange }: { values: Values; onChange: (values: Values) => void }) {
  switch (values.kind) {
    case "location":
      return <PlaceForm values={values} onChange={onChange} />;
    case "contacts":
      return <CardForm values={values} onChange={onChange} />;
    case "buttons":
    case "list":
    case "cta_url":
      return <OfferForm values={values} onChange={onChange} />;
  }
}

function Whole({ problem }: { problem: Problem }) {
  const problemText = useProblemText();
  return (
    <p className={styles.problem} role="alert">
      {problemText(problem)}
    </p>
  );
}

function Preview({ part, name }: { part: RichPart | null; name: string }) {
  const { t } = useTranslation();
  const says = part !== null && (part.type !== "contacts" || part.contacts[0]?.name !== "");
  return (
    <section className={styles.preview} aria-label={t("form.preview", { name })}>
      <p className={styles.note}>{t("form.preview", { name: `\u2068${name}\u2069` })}</p>
      {says && (
        <div className={styles.bubble}>
          <PartAbove part={part} />
          {part.type === "interactive" && (
            <p className={styles.words} dir="auto">
              <RichText text={part.text} />
            </p>
          )}
          <PartBelow part={part} />
        </div>
      )}
    </section>
  );
}
