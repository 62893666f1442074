// Where there are many templates: words to look for, and the standings that there are.
import { Input, SearchField, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { Template } from "../../api/schemas";
import fields from "../../design/field.module.css";
import { STANDINGS, countsOf, type Sought } from "./templates";
import styles from "./filter.module.css";

interface FilterProps {
  all: readonly Template[];
  sought: Sought;
  onSeek: (sought: Sought) => void;
}

export function Filter({ all, sought, onSeek }: FilterProps) {
  const { t } = useTranslation();
  const counts = countsOf(all);
  return (
    <div className={styles.filter}>
      <SearchField className={styles.search} aria-label={t("template.search")} value={sought.words} onChange={(words) => onSeek({ ...sought, words })}>
        <Input className={fields.input} placeholder={t("template.search")} />
      </SearchField>
      {counts.length > 1 && (
        <ToggleButtonGroup
          selectionMode="single"
          disallowEmptySelection
          aria-label={t("templates.filter")}
          className={styles.chips}
          selectedKeys={[sought.standing ?? "any"]}
          onSelectionChange={([key]) => onSeek({ ...sought, standing: STANDINGS.find((standing) => standing === key) ?? null })}
        >
          <Chip id="any" text={t("templates.any")} count={all.length} />
          {counts.map(({ standing, count }) => (
            <Chip key={standing} id={standing} text={t(`templates.standing.${standing}`)} count={count} />
          ))}
        </ToggleButtonGroup>
      )}
    </div>
  );
}

function Chip({ id, text, count }: { id: string; text: string; count: number }) {
  return (
    <ToggleButton id={id} className={styles.chip}>
      {text} <span className={styles.count}>{count}</span>
    </ToggleButton>
  );
}
