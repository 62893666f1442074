// The file above a template's words: chosen, uploaded at once, shown while it waits.
import { Paperclip } from "lucide-react";
import { FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";

import type { FileKind } from "../../api/schemas";
import { Button } from "../../design/button";
import fields from "../../design/field.module.css";
import { UploadList } from "./upload-list";
import { uploads } from "./uploads";

/** What a browser offers to choose from; the server has the last word. */
const ACCEPTED: Partial<Record<FileKind, readonly string[]>> = { image: ["image/jpeg", "image/png"], video: ["video/mp4", "video/3gpp"] };

interface HeaderFileProps {
  /** Where it waits. */
  list: string;
  kind: FileKind;
  isChosen: boolean;
  onChoose?: () => void;
}

export function HeaderFile({ list, kind, isChosen, onChoose }: HeaderFileProps) {
  const { t } = useTranslation();
  return (
    <div className={fields.field}>
      <span>{t(kind === "image" ? "template.field_image" : kind === "video" ? "template.field_video" : "template.field_document")}</span>
      <div>
        <FileTrigger
          acceptedFileTypes={ACCEPTED[kind]}
          onSelect={(chosen) => {
            const file = chosen?.[0];
            if (file === undefined) return;
            uploads.choose(list, file, kind);
            onChoose?.();
          }}
        >
          <Button>
            <Paperclip size={16} aria-hidden="true" /> {t(isChosen ? "template.choose_another" : "template.choose_file")}
          </Button>
        </FileTrigger>
        <UploadList conversation={list} isFixed />
      </div>
    </div>
  );
}
