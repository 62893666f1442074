// The channel is asked for its templates anew, and what came of it is said.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import type { TemplatesSynced } from "../../api/schemas";
import { Button } from "../../design/button";
import fields from "../../design/field.module.css";
import { RequestId } from "../../design/notice";
import { useRefusal } from "./problems";
import { templatesQuery } from "./templates";
import styles from "./templates.module.css";

export function useSync(account: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.syncTemplates(account),
    onSuccess: () => queries.invalidateQueries({ queryKey: templatesQuery(account).queryKey }),
  });
}

type Syncing = ReturnType<typeof useSync>;

/** On a phone its picture has to do. */
export function SyncButton({ sync: { mutate, isPending } }: { sync: Syncing }) {
  const { t } = useTranslation();
  const label = t(isPending ? "templates.syncing" : "templates.sync");
  return (
    <Button isDisabled={isPending} aria-label={label} onPress={() => mutate()}>
      <RefreshCw size={16} aria-hidden="true" />
      <span className={styles.word}>{label}</span>
    </Button>
  );
}

export function SyncOutcome({ sync: { data, error } }: { sync: Syncing }) {
  const refusal = useRefusal(error);
  return (
    <>
      <p role="status" className={styles.told}>
        {data !== undefined && <Told synced={data} />}
      </p>
      {refusal !== null && (
        <div role="alert" className={fields.refusal}>
          <p>{refusal.text}</p>
          <RequestId error={error} />
        </div>
      )}
    </>
  );
}

function Told({ synced: { total, changed, removed } }: { synced: TemplatesSynced }) {
  const { t } = useTranslation();
  const sentences = [
    t("templates.told", { count: total }),
    ...(changed > 0 ? [t("templates.changed", { count: changed })] : []),
    ...(removed > 0 ? [t("templates.removed", { count: removed })] : []),
    ...(changed + removed === 0 ? [t("templates.unchanged")] : []),
  ];
  return sentences.join(" ");
}
