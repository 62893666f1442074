// The frame of a screen about channels: the rail, the way back, the title, what can be done.
import { ArrowLeft } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "../../design/button";
import { Toasts } from "../../design/toasts";
import { ConnectionBar } from "../inbox/connection-bar";
import { Rail } from "../inbox/navigation";
import styles from "./page.module.css";

interface PageProps {
  title: string;
  /** Where the arrow leads, in words. */
  back: string;
  onBack: () => void;
  action?: ReactNode;
  isWide?: boolean;
  children: ReactNode;
}

export function Page({ title, back, onBack, action, isWide = false, children }: PageProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("app.name")}`;
  }, [title, t]);
  return (
    <div className={styles.screen}>
      <ConnectionBar />
      <div className={styles.frame}>
        <Rail at="channels" />
        <main className={styles.page} data-wide={isWide || undefined}>
          <header className={styles.head}>
            <IconButton label={back} onPress={onBack}>
              <ArrowLeft size={18} className={styles.mirrored} />
            </IconButton>
            <h1 className={styles.title}>{title}</h1>
            {action}
          </header>
          {children}
        </main>
      </div>
      <Toasts />
    </div>
  );
}
