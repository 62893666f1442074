// Files that are about to be sent: each goes to the bucket as soon as it is chosen, and waits there for the agent to press Send.
import { useSyncExternalStore } from "react";

import * as api from "../../api";
import { Refused } from "../../api/failure";
import type { FileKind } from "../../api/schemas";

/** Beside their words; the server takes ten parts. */
export const FILES_MAX = 9;

/** Words of the server that an agent can do something about. */
const KNOWN = ["too_large", "empty", "type_not_taken", "channel_unsupported"] as const;

export type UploadProblem = (typeof KNOWN)[number] | "failed";

export interface Upload {
  key: string;
  name: string;
  bytes: number;
  kind: FileKind;
  /** Of a picture that this page holds: its address here. */
  preview: string | null;
  /** From 0 to 1. */
  progress: number;
  state: "uploading" | "ready" | "failed";
  problem: UploadProblem | null;
  /** What the server calls it, once it is there. */
  uploadId: string | null;
}

/** What the outbox keeps of a file: enough to send it and to show that it is on its way. */
export interface ReadyFile {
  uploadId: string;
  name: string;
  kind: FileKind;
}

const NONE: readonly Upload[] = [];

/** As what the channel shows it; the server has the last word. */
export function kindOf(mimeType: string): FileKind {
  if (mimeType === "image/jpeg" || mimeType === "image/png") return "image";
  if (mimeType === "video/mp4" || mimeType === "video/3gpp") return "video";
  return /^audio\/(aac|amr|mpeg|mp3|mp4|m4a|x-m4a|ogg)$/.test(mimeType) ? "audio" : "file";
}

/** What waits belongs to a conversation's composer, or to a place of its own: `con_1/template`; where no conversation is, `channel/whatsapp/…`. */
function destinationOf(list: string): api.Destination {
  const [first = list, second = ""] = list.split("/");
  return first === "channel" ? { channel: second } : { conversation_id: first };
}

class Uploads {
  private lists = new Map<string, readonly Upload[]>();
  private held = new Map<string, { file: File; stop: AbortController }>();
  private listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  of = (conversation: string): readonly Upload[] => this.lists.get(conversation) ?? NONE;

  /** Begins to upload; false: not all of them, for there are too many. */
  add(conversation: string, files: readonly File[]): boolean {
    const taken = files.slice(0, FILES_MAX - this.of(conversation).length);
    for (const file of taken) this.begin(conversation, file, kindOf(file.type));
    return taken.length === files.length;
  }

  /** Begins to upload one file as this kind, in the place of what was there. */
  choose(list: string, file: File, kind: FileKind): void {
    this.clear(list);
    this.begin(list, file, kind);
  }

  clear(list: string): void {
    for (const { key } of this.of(list)) this.remove(list, key);
  }

  /** A picture or a film that is too large to be shown goes as a document. */
  asFile(conversation: string, key: string): void {
    const held = this.held.get(key);
    this.remove(conversation, key);
    if (held !== undefined) this.begin(conversation, held.file, "file");
  }

  again(conversation: string, key: string): void {
    const upload = this.of(conversation).find((one) => one.key === key);
    const held = this.held.get(key);
    this.remove(conversation, key);
    if (held !== undefined && upload !== undefined) this.begin(conversation, held.file, upload.kind);
  }

  remove(conversation: string, key: string): void {
    this.held.get(key)?.stop.abort();
    this.held.delete(key);
    const gone = this.of(conversation).find((upload) => upload.key === key);
    if (gone?.preview != null) URL.revokeObjectURL(gone.preview);
    this.become(conversation, this.of(conversation).filter((upload) => upload.key !== key));
  }

  /** Takes away what is ready, to be sent. */
  take(conversation: string): readonly ReadyFile[] {
    const ready = this.of(conversation).flatMap(({ uploadId, name, kind }) => (uploadId === null ? [] : [{ uploadId, name, kind }]));
    this.clear(conversation);
    return ready;
  }

  /** Gives back what was not sent. */
  restore(conversation: string, files: readonly ReadyFile[]): void {
    const back = files.map((file): Upload => ({ ...file, key: crypto.randomUUID(), bytes: 0, preview: null, progress: 1, state: "ready", problem: null }));
    this.become(conversation, [...back, ...this.of(conversation)]);
  }

  private begin(conversation: string, file: File, kind: FileKind): void {
    const key = crypto.randomUUID();
    const stop = new AbortController();
    this.held.set(key, { file, stop });
    const preview = kind === "image" ? URL.createObjectURL(file) : null;
    const upload: Upload = { key, name: file.name, bytes: file.size, kind, preview, progress: 0, state: "uploading", problem: null, uploadId: null };
    this.become(conversation, [...this.of(conversation), upload]);
    void this.run(conversation, key, file, kind, stop.signal);
  }

  private async run(conversation: string, key: string, file: File, kind: FileKind, signal: AbortSignal): Promise<void> {
    const change = (change: Partial<Upload>) => this.become(conversation, this.of(conversation).map((one) => (one.key === key ? { ...one, ...change } : one)));
    try {
      const form = await api.upload({ to: destinationOf(conversation), name: file.name, mimeType: file.type, bytes: file.size, kind }, { signal });
      await api.putFile(form, file, { signal, onProgress: (progress) => change({ progress }) });
      change({ state: "ready", progress: 1, uploadId: form.upload_id });
    } catch (error) {
      if (signal.aborted) return;
      const code = error instanceof Refused ? error.code : "";
      change({ state: "failed", problem: KNOWN.find((known) => known === code) ?? "failed" });
    }
  }

  private become(conversation: string, list: readonly Upload[]): void {
    if (list.length === 0) this.lists.delete(conversation);
    else this.lists.set(conversation, list);
    for (const listener of this.listeners) listener();
  }
}

export const uploads = new Uploads();

export function useUploads(conversation: string): readonly Upload[] {
  return useSyncExternalStore(uploads.subscribe, () => uploads.of(conversation));
}

/** What the server calls the first file of each list; empty where it is not there yet. */
export function useUploadIds(lists: readonly string[]): readonly string[] {
  const ids = useSyncExternalStore(uploads.subscribe, () => lists.map((list) => uploads.of(list)[0]?.uploadId ?? "").join("\n"));
  return lists.length === 0 ? [] : ids.split("\n");
}
