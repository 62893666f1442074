// The files that wait above the words: what each is, how far it is, why it was not taken.
import { RotateCw, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "../../design/button";
import { useFormats } from "../../i18n/formats";
import { KindIcon } from "./kind-icon";
import styles from "./upload-list.module.css";
import { uploads, useUploads, type Upload } from "./uploads";

/** `isFixed`: it can go as nothing but what it is. */
export function UploadList({ conversation, isFixed = false }: { conversation: string; isFixed?: boolean }) {
  const { t } = useTranslation();
  const all = useUploads(conversation);
  if (all.length === 0) return null;
  return (
    <ul className={styles.list} aria-label={t("upload.label")}>
      {all.map((upload) => (
        <li key={upload.key} className={styles.chip} data-state={upload.state}>
          {upload.preview === null ? <span className={styles.face}><KindIcon type={upload.kind} size={20} /></span> : <img className={styles.face} src={upload.preview} alt="" />}
          <span className={styles.words}>
            <strong dir="auto">{upload.name}</strong>
            <About upload={upload} conversation={conversation} isFixed={isFixed} />
          </span>
          {upload.problem === "failed" && (
            <IconButton label={t("upload.again", { name: upload.name })} onPress={() => uploads.again(conversation, upload.key)}>
              <RotateCw size={16} />
            </IconButton>
          )}
          <IconButton label={t("upload.remove", { name: upload.name })} onPress={() => uploads.remove(conversation, upload.key)}>
            <X size={16} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function About({ upload, conversation, isFixed }: { upload: Upload; conversation: string; isFixed: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  if (upload.problem !== null) {
    const mayBeFile = !isFixed && upload.problem === "too_large" && upload.kind !== "file";
    return (
      <span className={styles.problem} role="alert">
        {t(`upload.${upload.problem}`)}
        {mayBeFile && (
          <Button look="quiet" className={styles.act} onPress={() => uploads.asFile(conversation, upload.key)}>
            {t("upload.as_file")}
          </Button>
        )}
      </span>
    );
  }
  if (upload.state === "uploading") return <progress className={styles.progress} aria-label={t("upload.progress", { name: upload.name })} max={1} value={upload.progress} />;
  return <bdi>{upload.bytes > 0 ? formats.bytes(upload.bytes) : t(`kind.${upload.kind}`)}</bdi>;
}
