// What is left to say when a screen broke.
import { useTranslation } from "react-i18next";

import { Button } from "../../design/button";
import { Empty } from "../../design/notice";

export function Crash() {
  const { t } = useTranslation();
  return (
    <Empty text={t("error.crash")}>
      <Button look="accent" onPress={() => window.location.reload()}>
        {t("error.reload")}
      </Button>
    </Empty>
  );
}
