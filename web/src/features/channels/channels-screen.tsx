// The numbers that customers write to: whether each can send, and what to do when it cannot.
import { useQuery } from "@tanstack/react-query";
import { Plus, Smartphone } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Channel } from "../../api/schemas";
import { Button } from "../../design/button";
import { Empty, Failure } from "../../design/notice";
import { useGo } from "../inbox/place";
import { useMe } from "../session/session";
import { Account } from "./account";
import { channelsQuery } from "./channels";
import styles from "./channels.module.css";
import { ConnectDialog } from "./connect-dialog";
import { Page } from "./page";

/** What the dialog is open for: a number that is new, or one that gets another token. */
type Connecting = "new" | Channel | null;

export function ChannelsScreen() {
  const { t } = useTranslation();
  const me = useMe();
  const go = useGo();
  const [connecting, setConnecting] = useState<Connecting>(null);
  const mayManage = me.permissions.includes("channel:manage");
  const connect = (
    <Button look="accent" onPress={() => setConnecting("new")}>
      <Plus size={16} aria-hidden="true" />
      {t("channels.connect")}
    </Button>
  );

  return (
    <Page title={t("channels.title")} back={t("channels.back")} onBack={() => go({})} action={mayManage && connect}>
      <Accounts mayManage={mayManage} onReconnect={setConnecting} />
      {connecting !== null && <ConnectDialog account={connecting === "new" ? null : connecting} onClose={() => setConnecting(null)} />}
    </Page>
  );
}

function Accounts({ mayManage, onReconnect }: { mayManage: boolean; onReconnect: (account: Channel) => void }) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch } = useQuery(channelsQuery);
  if (isPending) return <p role="status" aria-label={t("channels.loading")} />;
  if (data === undefined) return <Failure what={t("channels.error")} error={error} onAgain={() => void refetch()} />;
  if (data.items.length === 0) return <Empty icon={<Smartphone size={32} strokeWidth={1.5} />} text={t("channels.empty")} hint={mayManage ? t("channels.empty_hint") : t("channels.ask")} />;
  return (
    <ul className={styles.accounts} aria-label={t("channels.title")}>
      {data.items.map((account) => (
        <Account key={account.id} account={account} mayManage={mayManage} onReconnect={() => onReconnect(account)} />
      ))}
    </ul>
  );
}
