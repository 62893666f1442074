// A template is chosen, filled in and sent: the way to write to a customer who has not written lately.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, RefreshCw, SendHorizontal } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { Dialog, Heading, Input, Label, Modal, ModalOverlay, SearchField, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";

import * as api from "../../api";
import type { Conversation, Template } from "../../api/schemas";
import { Button, IconButton } from "../../design/button";
import fields from "../../design/field.module.css";
import menu from "../../design/menu.module.css";
import { Failure } from "../../design/notice";
import { Late } from "../../design/skeleton";
import { say } from "../../design/toasts";
import { may, useMe } from "../session/session";
import { TemplateBubble } from "../templates/template-bubble";
import { idOf } from "../templates/templates";
import { HeaderFile } from "./header-file";
import { outbox } from "./outbox";
import styles from "./template-picker.module.css";
import { CODE_MAX, cardsOf, fileOf, filledIn, fillingOf, isCode, isFilled, keyOf, placesOf, placesOfCard, sendableQuery, type Place, type TemplateCard, type Values } from "./templates";
import { uploads, useUploadIds, useUploads } from "./uploads";

interface PickerProps {
  row: Conversation;
  /** The newest `seq` that the agent has seen. */
  seen: number;
  isOpen: boolean;
  onClose: () => void;
}

export function TemplatePicker({ row, seen, isOpen, onClose }: PickerProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Template | null>(null);

  function close(): void {
    setChosen(null);
    onClose();
  }

  return (
    <ModalOverlay className={menu.veil} isDismissable isOpen={isOpen} onOpenChange={(open) => !open && close()}>
      <Modal className={menu.dialog}>
        <Dialog className={menu.body}>
          <div className={styles.top}>
            {chosen !== null && (
              <IconButton label={t("template.back")} onPress={() => setChosen(null)}>
                <ArrowLeft size={18} className={styles.mirrored} />
              </IconButton>
            )}
            <Heading slot="title" className={menu.title}>
              {chosen === null ? t("template.title") : <bdi>{chosen.name}</bdi>}
            </Heading>
          </div>
          {chosen === null ? <List channel={row.channel.id} onChoose={setChosen} /> : <Form key={idOf(chosen)} row={row} seen={seen} template={chosen} onSent={close} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function List({ channel, onChoose }: { channel: string; onChoose: (template: Template) => void }) {
  const { t } = useTranslation();
  const { data, error, isError, refetch } = useQuery(sendableQuery(channel));
  const [sought, setSought] = useState("");
  if (isError) return <Failure what={t("template.error")} error={error} onAgain={() => void refetch()} />;
  if (data === undefined) return <Late><p className={menu.quiet}>{t("template.loading")}</p></Late>;
  const words = sought.trim().toLowerCase();
  const found = data.filter((template) => `${template.name} ${template.language} ${template.body}`.toLowerCase().includes(words));
  return (
    <>
      {data.length > 0 && (
        <SearchField aria-label={t("template.search")} value={sought} onChange={setSought} autoFocus>
          <Input className={fields.input} placeholder={t("template.search")} />
        </SearchField>
      )}
      {found.length === 0 ? (
        <p className={menu.quiet}>{t("template.none")}</p>
      ) : (
        <ul className={styles.list}>
          {found.map((template) => (
            <li key={idOf(template)}>
              <button type="button" className={styles.choice} onClick={() => onChoose(template)}>
                <span className={styles.name}>
                  <bdi>{template.name}</bdi>
                  <bdi className={styles.meta}>
                    {template.language} · {t(`template.category_${template.category}`)}
                  </bdi>
                </span>
                <span className={styles.words} dir="auto">
                  {template.body}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <Refresh channel={channel} />
    </>
  );
}

/** The channel is asked anew: who may manage channels may ask. */
function Refresh({ channel }: { channel: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  if (!may(me, "channel:manage")) return null;
  async function press(): Promise<void> {
    setBusy(true);
    try {
      await api.syncTemplates(channel);
      await queries.invalidateQueries({ queryKey: sendableQuery(channel).queryKey });
    } catch {
      say(t("template.refresh_failed"));
    } finally {
      setBusy(false);
    }
  }
  return (
    <div className={menu.ends}>
      <Button look="quiet" isDisabled={busy} onPress={() => void press()}>
        <RefreshCw size={16} aria-hidden="true" /> {t("template.refresh")}
      </Button>
    </div>
  );
}

function Form({ row, seen, template, onSent }: { row: Conversation; seen: number; template: Template; onSent: () => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Values>({});
  // Made when the writing starts, so that pressing Send twice sends once.
  const [clientId] = useState(() => crypto.randomUUID());
  const kind = fileOf(template);
  const files = `${row.id}/template`;
  const file = useUploads(files)[0] ?? null;
  const cards = cardsOf(template);
  const lists = useMemo(() => cards.map((_, card) => `${files}/${card}`), [cards, files]);
  const shown = useUploadIds(lists);
  const isReady = isFilled(template, values) && (kind === null || file?.state === "ready") && shown.every((id) => id !== "");
  useEffect(() => () => [files, ...lists].forEach((list) => uploads.clear(list)), [files, lists]);
  const change = (place: Place, value: string) => setValues({ ...values, [keyOf(place)]: value });

  function send(): void {
    const text = filledIn(template.body, "body", values);
    const filling = fillingOf(template, values, file?.uploadId ?? null, shown);
    outbox.send({ clientId, conversation: row.id, text, replyTo: null, expectedSeq: seen, template: filling }, new Date());
    onSent();
  }

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) send();
      }}
    >
      {kind !== null && <HeaderFile list={files} kind={kind} isChosen={file !== null} />}
      {placesOf(template)
        .filter(({ card }) => card === undefined)
        .map((place, index) => (
          <PlaceField key={keyOf(place)} place={place} values={values} onChange={change} isCode={isCode(template) && place.part === "body"} autoFocus={index === 0} />
        ))}
      {cards.map((card, index) => (
        <CardFields key={index} card={card} index={index} list={lists[index] ?? files} values={values} onChange={change} />
      ))}
      <section aria-label={t("template.preview")}>
        <TemplateBubble template={template} values={values} file={file} />
      </section>
      <div className={menu.ends}>
        <Button look="accent" type="submit" isDisabled={!isReady}>
          <SendHorizontal size={16} className={styles.mirrored} aria-hidden="true" /> {t("template.send")}
        </Button>
      </div>
    </form>
  );
}

interface FieldProps {
  values: Values;
  onChange: (place: Place, value: string) => void;
}

function PlaceField({ place, values, onChange, isCode = false, autoFocus = false }: FieldProps & { place: Place; isCode?: boolean; autoFocus?: boolean }) {
  const { t } = useTranslation();
  return (
    <TextField className={fields.field} value={values[keyOf(place)] ?? ""} onChange={(value) => onChange(place, value)} autoFocus={autoFocus}>
      <Label>{isCode ? t("template.field_code") : <FieldName place={place} />}</Label>
      <Input className={fields.input} dir={place.part === "location" && place.name !== "name" ? "ltr" : "auto"} maxLength={isCode ? CODE_MAX : 1_000} />
    </TextField>
  );
}

/** A card of a carousel: its picture or video, its places. */
function CardFields({ card, index, list, values, onChange }: FieldProps & { card: TemplateCard; index: number; list: string }) {
  const { t } = useTranslation();
  const file = useUploads(list)[0] ?? null;
  return (
    <fieldset className={styles.card}>
      <legend>{t("template.card", { number: index + 1 })}</legend>
      <HeaderFile list={list} kind={fileOf(card) ?? "image"} isChosen={file !== null} />
      {placesOfCard(card, index).map((place) => (
        <PlaceField key={keyOf(place)} place={place} values={values} onChange={onChange} />
      ))}
    </fieldset>
  );
}

function FieldName({ place }: { place: Place }) {
  const { t } = useTranslation();
  const name = `\u2068${place.name}\u2069`;
  switch (place.part) {
    case "header":
      return t("template.field_header", { name });
    case "body":
      return t("template.field_body", { name });
    case "buttons":
      return t("template.field_button", { button: `\u2068${place.button ?? ""}\u2069` });
    case "location":
      return t(place.name === "latitude" ? "template.field_latitude" : place.name === "longitude" ? "template.field_longitude" : "template.field_place");
  }
}
