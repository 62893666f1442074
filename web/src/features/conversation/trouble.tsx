// What went wrong with a send, in words, and what the agent can do.
import { useState } from "react";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import { Refused } from "../../api/failure";
import type { Message } from "../../api/schemas";
import { Button } from "../../design/button";
import { say } from "../../design/toasts";
import { useNow } from "../../i18n/formats";
import { known } from "../inbox/known";
import { may, useMe } from "../session/session";
import { draftOf, writeDraft } from "./drafts";
import { edit as openForm } from "./editing";
import { valuesOf } from "./forms";
import { isScheduled } from "./later";
import { leaveUnknown, useLeftUnknown } from "./left-unknown";
import { outbox, type Outgoing } from "./outbox";
import { useReason } from "./reason";
import { uploads } from "./uploads";
import styles from "./trouble.module.css";

export function Trouble({ message }: { message: Message }) {
  const { t } = useTranslation();
  const reason = useReason();
  const me = useMe();
  const left = useLeftUnknown(me.user.id, message.id);
  const mayRetry = may(me, "message:send");
  switch (message.delivery_status) {
    case "failed":
      return (
        <p className={styles.trouble} data-tone="danger">
          <span>{message.error === null ? t("delivery.failed") : reason(message.error.code, message.error.title)}</span>
          {mayRetry && (
            <span className={styles.acts}>
              <Retry message={message} label={t("delivery.try_again")} />
            </span>
          )}
        </p>
      );
    case "unknown":
      return (
        <p className={styles.trouble} data-tone="warning">
          <span>{t("delivery.unknown_text")}</span>
          {mayRetry && !left && (
            <span className={styles.acts}>
              <Retry message={message} label={t("delivery.send_again")} />
              <Button look="quiet" className={styles.act} onPress={() => leaveUnknown(me.user.id, message.id)}>
                {t("delivery.leave")}
              </Button>
            </span>
          )}
        </p>
      );
    case "parked":
      return (
        <p className={styles.trouble} data-tone="warning">
          <span>{message.error === null ? t("delivery.parked") : reason(message.error.code, message.error.title)}</span>
        </p>
      );
    case "queued":
      return <Waiting message={message} mayTakeBack={mayRetry} />;
    case "sent":
    case "delivered":
    case "read":
    case null:
      return null;
  }
}

/** Longer than a send takes that nothing holds up, ms. */
const HELD_UP = 5_000;

/** What waits for its time, or for longer than it should, can be taken back. */
function Waiting({ message, mayTakeBack }: { message: Message; mayTakeBack: boolean }) {
  const { t } = useTranslation();
  const now = useNow();
  const [busy, setBusy] = useState(false);
  if (!mayTakeBack || !(isScheduled(message) || now - new Date(message.created_at).getTime() > HELD_UP)) return null;

  async function press(): Promise<void> {
    setBusy(true);
    try {
      known.take({ messages: [await api.takeBack(message.id)] });
    } catch (error) {
      say(error instanceof Refused && error.code === "not_cancellable" ? t("delivery.too_late") : t("delivery.retry_failed"));
    } finally {
      setBusy(false);
    }
  }

  return (
    <p className={styles.trouble}>
      <span className={styles.acts}>
        <Button look="quiet" className={styles.act} isDisabled={busy} onPress={() => void press()}>
          {t("delivery.take_back")}
        </Button>
      </span>
    </p>
  );
}

function Retry({ message, label }: { message: Message; label: string }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  // One key for this attempt at this state of the message: pressing twice sends once.
  const [key] = useState(() => crypto.randomUUID());
  async function press(): Promise<void> {
    setBusy(true);
    try {
      known.take({ messages: [await api.retry(message.id, key)] });
    } catch {
      say(t("delivery.retry_failed"));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Button look="quiet" className={styles.act} isDisabled={busy} onPress={() => void press()}>
      {label}
    </Button>
  );
}

/** The server refused it; it is still here, with nothing lost. */
export function OutgoingTrouble({ entry }: { entry: Outgoing }) {
  const { t } = useTranslation();
  const reason = useReason();
  const me = useMe();
  if (entry.state === "waiting") return navigator.onLine ? null : <p className={styles.trouble}>{t("delivery.waiting_network")}</p>;

  function edit(): void {
    if (entry.part !== null) {
      outbox.drop(entry.clientId);
      return openForm({ conversation: entry.conversation, values: valuesOf(entry.part), problem: entry.problem, isDraft: false, replyTo: entry.replyTo });
    }
    const written = draftOf(me.user.id, entry.conversation)?.text ?? "";
    writeDraft(me.user.id, entry.conversation, { text: written === "" ? entry.text : `${entry.text}\n${written}`, replyTo: entry.replyTo });
    uploads.restore(entry.conversation, entry.files);
    outbox.drop(entry.clientId);
    document.getElementById("reply")?.focus();
  }

  const code = entry.problem?.code ?? "other";
  return (
    <p className={styles.trouble} data-tone="danger">
      <span>{code === "newer_reply" ? t("newer.title") : reason(code, null)}</span>
      <span className={styles.acts}>
        {code !== "window_closed" && (
          <Button look="quiet" className={styles.act} onPress={() => outbox.again(entry.clientId)}>
            {t("delivery.try_again")}
          </Button>
        )}
        {entry.template === null && (
          <Button look="quiet" className={styles.act} onPress={edit}>
            {t("delivery.edit")}
          </Button>
        )}
        <Button look="quiet" className={styles.act} onPress={() => outbox.drop(entry.clientId)}>
          {t("delivery.discard")}
        </Button>
      </span>
    </p>
  );
}
