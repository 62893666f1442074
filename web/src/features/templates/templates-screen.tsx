// The templates of one number: what each says, whether it may be sent, and why not.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { LayoutTemplate, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Refused } from "../../api/failure";
import type { Template } from "../../api/schemas";
import { Button } from "../../design/button";
import { LinkButton } from "../../design/link-button";
import { Empty, Failure } from "../../design/notice";
import { Late } from "../../design/skeleton";
import { useAccount } from "../channels/channels";
import { Page } from "../channels/page";
import { may, useMe } from "../session/session";
import { Filter } from "./filter";
import { SyncButton, SyncOutcome, useSync } from "./sync";
import { TemplateCard } from "./template-card";
import { found, idOf, inOrder, templatesQuery, type Sought } from "./templates";
import styles from "./templates.module.css";

/** More than these are searched, not read. */
const FEW = 5;
/** So many are shown at once; a business account may have thousands. */
const STEP = 50;

export function TemplatesScreen() {
  const { t } = useTranslation();
  const { account: id = "" } = useParams({ strict: false });
  const me = useMe();
  const navigate = useNavigate();
  const account = useAccount(id);
  const mayManage = may(me, "channel:manage") && account?.type === "whatsapp";
  const sync = useSync(id);
  const doings = (
    <div className={styles.doings}>
      <SyncButton sync={sync} />
      <LinkButton to="/channels/$account/templates/new" params={{ account: id }} look="accent">
        <Plus size={16} aria-hidden="true" />
        {t("templates.new")}
      </LinkButton>
    </div>
  );
  return (
    <Page
      isWide
      title={account == null ? t("templates.title") : t("templates.title_of", { name: `\u2068${account.name}\u2069` })}
      back={t("templates.back")}
      onBack={() => void navigate({ to: "/channels" })}
      action={mayManage && doings}
    >
      <div className={styles.list}>
        <SyncOutcome sync={sync} />
        <Templates key={id} account={id} mayManage={mayManage} />
      </div>
    </Page>
  );
}

function Templates({ account, mayManage }: { account: string; mayManage: boolean }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(templatesQuery(account));
  if (data === undefined && error === null) return <Late><Skeleton /></Late>;
  if (data === undefined) return <NotThere error={error} onAgain={() => void refetch()} />;
  if (data.length > 0) return <List all={data} />;
  return <Empty icon={<LayoutTemplate size={32} strokeWidth={1.5} />} text={t("templates.empty")} hint={mayManage ? t("templates.empty_hint") : t("templates.ask")} />;
}

/** Another try helps neither a number that is not there nor a channel without templates. */
function NotThere({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  const { t } = useTranslation();
  const code = error instanceof Refused ? error.code : "";
  if (code === "not_found") return <Empty text={t("templates.gone")} />;
  if (code === "no_templates") return <Empty text={t("templates.refused.no_templates")} />;
  return <Failure what={t("template.error")} error={error} onAgain={onAgain} />;
}

function List({ all }: { all: readonly Template[] }) {
  const { t } = useTranslation();
  const [sought, setSought] = useState<Sought>({ words: "", standing: null });
  const [most, setMost] = useState(STEP);
  const shown = inOrder(found(all, sought));
  return (
    <>
      {all.length > FEW && <Filter all={all} sought={sought} onSeek={setSought} />}
      {shown.length === 0 && (
        <Empty text={t("templates.none_found")}>
          <Button onPress={() => setSought({ words: "", standing: null })}>{t("templates.show_all")}</Button>
        </Empty>
      )}
      <ul className={styles.cards} aria-label={t("templates.title")}>
        {shown.slice(0, most).map((template) => (
          <TemplateCard key={idOf(template)} template={template} />
        ))}
      </ul>
      {shown.length > most && (
        <Button className={styles.more} onPress={() => setMost(most + STEP)}>
          {t("templates.more")}
        </Button>
      )}
    </>
  );
}

function Skeleton() {
  const { t } = useTranslation();
  return (
    <div className={styles.cards} role="status" aria-label={t("template.loading")}>
      {["one", "two", "three"].map((name) => (
        <div key={name} className={styles.coming} />
      ))}
    </div>
  );
}
