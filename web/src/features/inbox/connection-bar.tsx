// Says that what is on the screen may be behind, and that nothing written is lost.
import { CloudOff, RefreshCw } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { live } from "../../realtime/live";
import styles from "./connection-bar.module.css";

/** A line that is back within this was never missed; ms. */
const NOTICED_AFTER = 2_500;

export function ConnectionBar() {
  const { t } = useTranslation();
  const state = useSyncExternalStore(live.subscribe, live.currentState);
  const noticed = useLasting(state === "connecting");
  if (state === "offline") {
    return (
      <div role="status" className={styles.bar} data-state="offline">
        <CloudOff size={16} />
        {t("connection.offline")}
      </div>
    );
  }
  if (state !== "connecting" || !noticed) return null;
  return (
    <div role="status" className={styles.bar} data-state="connecting">
      <RefreshCw size={16} />
      {t("connection.connecting")}
    </div>
  );
}

function useLasting(now: boolean): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLasting(now), now ? NOTICED_AFTER : 0);
    return () => clearTimeout(timer);
  }, [now]);
  return lasting;
}
