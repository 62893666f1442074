// One number: its standing in words, and what can be done about it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LayoutTemplate } from "lucide-react";
import { useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import type { Channel } from "../../api/schemas";
import { Avatar } from "../../design/avatar";
import { Button } from "../../design/button";
import fields from "../../design/field.module.css";
import { LinkButton } from "../../design/link-button";
import menu from "../../design/menu.module.css";
import { RequestId, useWhy } from "../../design/notice";
import { takeChannel } from "./channels";
import styles from "./channels.module.css";

interface AccountProps {
  account: Channel;
  mayManage: boolean;
  onReconnect: () => void;
}

export function Account({ account, mayManage, onReconnect }: AccountProps) {
  const { t } = useTranslation();
  return (
    <li className={styles.account}>
      <Avatar id={account.id} name={account.name} size={36} channel={account.type} />
      <div className={styles.about}>
        <h2 className={styles.name} dir="auto">
          {account.name}
        </h2>
        {account.display_phone_number !== null && <bdi className={styles.quiet}>{account.display_phone_number}</bdi>}
        <p className={styles.standing} data-standing={account.status}>
          {t(`channels.standing.${account.status}`)}
        </p>
        {account.health !== null && (
          <p className={styles.quiet} dir="auto">
            {account.health}
          </p>
        )}
        {account.status !== "active" && <p className={styles.quiet}>{t(mayManage ? "channels.waiting" : "channels.ask")}</p>}
        {mayManage ? (
          <Doings account={account} onReconnect={onReconnect} />
        ) : (
          <div className={styles.actions}>
            <Templates account={account} />
          </div>
        )}
      </div>
    </li>
  );
}

/** Where a number's templates are, for the channel that has some. */
function Templates({ account }: { account: Channel }) {
  const { t } = useTranslation();
  if (account.type !== "whatsapp") return null;
  return (
    <LinkButton to="/channels/$account/templates" params={{ account: account.id }} aria-label={t("templates.title_of", { name: account.name })}>
      <LayoutTemplate size={16} aria-hidden="true" />
      {t("templates.title")}
    </LinkButton>
  );
}

type Doing = "test" | "receipts" | "disconnect";

function Doings({ account, onReconnect }: Omit<AccountProps, "mayManage">) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isLeaving, setLeaving] = useState(false);
  const { mutate, isPending, isSuccess, error, variables } = useMutation({
    mutationFn: (doing: Doing) => {
      if (doing === "test") return api.testChannel(account.id);
      if (doing === "receipts") return api.setReadReceipts(account.id, !account.read_receipts);
      return api.disconnectChannel(account.id);
    },
    onSuccess: (now) => takeChannel(queries, now),
  });
  const isConnected = account.status !== "disconnected";
  const isTesting = isPending && variables === "test";

  return (
    <>
      <label className={styles.check}>
        <input type="checkbox" checked={account.read_receipts} disabled={isPending} onChange={() => mutate("receipts")} />
        {t("channels.read_receipts")}
      </label>
      <div className={styles.actions}>
        <Templates account={account} />
        {isConnected && (
          <Button isDisabled={isPending} onPress={() => mutate("test")}>
            {t(isTesting ? "channels.testing" : "channels.test")}
          </Button>
        )}
        <Button look={account.status === "active" ? "plain" : "accent"} isDisabled={isPending} onPress={onReconnect}>
          {t(account.status === "active" ? "channels.new_token" : "channels.reconnect")}
        </Button>
        {isConnected && (
          <Button look="danger" isDisabled={isPending} onPress={() => setLeaving(true)}>
            {t("channels.disconnect")}
          </Button>
        )}
      </div>
      <p role="status" className={styles.quiet}>
        {isSuccess && variables === "test" && account.status === "active" && t("channels.tested")}
      </p>
      {error !== null && <Refusal error={error} />}
      {isLeaving && <Leave name={account.name} onClose={() => setLeaving(false)} onLeave={() => mutate("disconnect")} />}
    </>
  );
}

function Refusal({ error }: { error: unknown }) {
  const why = useWhy(error);
  return (
    <div role="alert" className={fields.refusal}>
      <p>{why}</p>
      <RequestId error={error} />
    </div>
  );
}

function Leave({ name, onClose, onLeave }: { name: string; onClose: () => void; onLeave: () => void }) {
  const { t } = useTranslation();
  return (
    <ModalOverlay className={menu.veil} isOpen onOpenChange={onClose} isDismissable>
      <Modal className={menu.dialog}>
        <Dialog role="alertdialog" className={menu.body}>
          <Heading slot="title" className={menu.title}>
            {t("channels.leave_title", { name })}
          </Heading>
          <p className={menu.quiet}>{t("channels.leave_text")}</p>
          <div className={menu.ends}>
            <Button slot="close" autoFocus>
              {t("channels.stay")}
            </Button>
            <Button
              look="danger"
              onPress={() => {
                onClose();
                onLeave();
              }}
            >
              {t("channels.disconnect")}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
