// A file of a message: a picture, a player, or a row to save it by; on its way, or why it did not come.
import { Download } from "lucide-react";
import type { MouseEvent } from "react";
import { useTranslation } from "react-i18next";

import { useFormats } from "../../i18n/formats";
import styles from "./attachment.module.css";
import { KindIcon } from "./kind-icon";
import { canShow, reasonOf, useLinks, type File } from "./file-links";

export function Attachment({ file }: { file: File }) {
  if (file.state !== "ready") return <Absent file={file} />;
  if (!canShow(file)) return <Row file={file} />;
  if (file.kind === "image" || file.kind === "sticker") return <Picture file={file} />;
  return file.kind === "video" ? <Film file={file} /> : <Sound file={file} />;
}

/** The small copy first; a press opens the whole in a tab of its own. */
function Picture({ file }: { file: File }) {
  const { t } = useTranslation();
  const { links, renew } = useLinks(file);
  const open = useFreshLink(file);
  const alt = file.file_name ?? t(`kind.${file.kind}`);
  // Its place is kept free while it loads, so that the thread does not jump.
  const ratio = file.width != null && file.height != null ? { aspectRatio: `${file.width} / ${file.height}` } : undefined;
  return (
    <a className={styles.picture} data-kind={file.kind} href={links.url ?? undefined} target="_blank" rel="noopener noreferrer" aria-label={t("file.open", { name: alt })} onClick={open}>
      <img src={links.thumbnail_url ?? links.url ?? undefined} alt={alt} loading="lazy" decoding="async" style={ratio} width={file.width ?? undefined} height={file.height ?? undefined} onError={renew} />
    </a>
  );
}

function Film({ file }: { file: File }) {
  const { t } = useTranslation();
  const { links, renew } = useLinks(file);
  return <video className={styles.film} src={links.url ?? undefined} controls preload="metadata" aria-label={file.file_name ?? t("kind.video")} onError={renew} />;
}

function Sound({ file }: { file: File }) {
  const { t } = useTranslation();
  const { links, renew } = useLinks(file);
  return (
    <span className={styles.sound}>
      <KindIcon type={file.kind} size={18} />
      <audio src={links.url ?? undefined} controls preload="metadata" aria-label={file.file_name ?? t(`kind.${file.kind}`)} onError={renew} />
    </span>
  );
}

function Row({ file }: { file: File }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { links } = useLinks(file);
  const open = useFreshLink(file);
  const name = file.file_name ?? t(`kind.${file.kind}`);
  return (
    <a className={styles.row} href={links.url ?? undefined} download={name} rel="noopener noreferrer" aria-label={t("file.save", { name })} onClick={open}>
      <KindIcon type="file" size={22} />
      <span>
        <strong dir="auto">{name}</strong>
        {file.bytes != null && <bdi>{formats.bytes(file.bytes)}</bdi>}
      </span>
      <Download size={18} aria-hidden="true" />
    </a>
  );
}

/** It is on its way, or it will not come. */
function Absent({ file }: { file: File }) {
  const { t } = useTranslation();
  const failed = file.state === "failed";
  return (
    <p className={styles.absent} data-failed={failed || undefined} aria-busy={!failed}>
      <KindIcon type={file.kind} size={18} />
      <span>
        <strong dir="auto">{file.file_name ?? t(`kind.${file.kind}`)}</strong>
        <span>{failed ? t(`file.${reasonOf(file)}`) : t("content.file_pending")}</span>
      </span>
    </p>
  );
}

/** A link that has ended is asked for anew before it is followed. */
function useFreshLink(file: File) {
  const { isFresh, renewed } = useLinks(file);
  return (event: MouseEvent<HTMLAnchorElement>) => {
    if (isFresh()) return;
    event.preventDefault();
    const tab = event.currentTarget.target === "_blank" ? window.open("", "_blank") : window;
    void renewed().then((url) => {
      if (url !== null && tab !== null) tab.location.href = url;
      else if (tab !== window) tab?.close();
    });
  };
}
