// The numbers that customers write to: whether each can send, and what to do when it cannot.
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, Plus, Smartphone } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Channel } from "../../api/schemas";
import { Button, IconButton } from "../../design/button";
import { Empty, Failure } from "../../design/notice";
import { Toasts } from "../../design/toasts";
import { ConnectionBar } from "../inbox/connection-bar";
import { Rail } from "../inbox/navigation";
import { useGo } from "../inbox/place";
import { useMe } from "../session/session";
import { Account } from "./account";
import { channelsQuery } from "./channels";
import styles from "./channels.module.css";
import { ConnectDialog } from "./connect-dialog";

/** What the dialog is open for: a number that is new, or one that gets another token. */
type Connecting = "new" | Channel | null;

export function ChannelsScreen() {
  const { t } = useTranslation();
  const me = useMe();
  const go = useGo();
  const [connecting, setConnecting] = useState<Connecting>(null);
  const mayManage = me.permissions.includes("channel:manage");
  useEffect(() => {
    document.title = `${t("channels.title")} · ${t("app.name")}`;
  }, [t]);

  return (
    <div className={styles.screen}>
      <ConnectionBar />
      <div className={styles.frame}>
        <Rail at="channels" />
        <main className={styles.page}>
          <header className={styles.head}>
            <IconButton label={t("channels.back")} className={styles.back} onPress={() => go({})}>
              <ArrowLeft size={18} className={styles.mirrored} />
            </IconButton>
            <h1 className={styles.title}>{t("channels.title")}</h1>
            {mayManage && (
              <Button look="accent" onPress={() => setConnecting("new")}>
                <Plus size={16} aria-hidden="true" />
                {t("channels.connect")}
              </Button>
            )}
          </header>
          <Accounts mayManage={mayManage} onReconnect={setConnecting} />
        </main>
      </div>
      {connecting !== null && <ConnectDialog account={connecting === "new" ? null : connecting} onClose={() => setConnecting(null)} />}
      <Toasts />
    </div>
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
