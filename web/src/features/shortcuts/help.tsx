// The sheet of shortcuts.
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";

import { Button } from "../../design/button";
import menu from "../../design/menu.module.css";
import styles from "./help.module.css";
import { modifier } from "./keys";
import { show, usePanel } from "./panels";

export function Help() {
  const { t } = useTranslation();
  const mod = modifier();
  const rows = [
    ["next", ["J"]], ["previous", ["K"]], ["open", ["Enter"]], ["reply", ["R"]], ["resolve", ["E"]], ["assign", ["A"]], ["contact", ["I"]],
    ["send", [mod, "Enter"]], ["palette", [mod, "K"]], ["help", ["?"]], ["close", ["Esc"]],
  ] as const;
  return (
    <ModalOverlay className={menu.veil} isDismissable isOpen={usePanel() === "help"} onOpenChange={(open) => show(open ? "help" : null)}>
      <Modal className={menu.dialog}>
        <Dialog className={menu.body}>
          <Heading slot="title" className={menu.title}>
            {t("shortcuts.title")}
          </Heading>
          <dl className={styles.keys}>
            {rows.map(([name, keys]) => (
              <div key={name}>
                <dt>{t(`shortcuts.${name}`)}</dt>
                <dd dir="ltr">
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <div className={menu.ends}>
            <Button slot="close">{t("common.close")}</Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
