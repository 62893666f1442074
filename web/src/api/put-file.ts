// A file straight into the bucket, by a form that the server signed. It tells how far it is, which `fetch` cannot.
import { Refused, Unreachable } from "./failure";

export interface UploadForm {
  url: string;
  fields: Record<string, string>;
}

interface Watched {
  signal: AbortSignal;
  onProgress: (progress: number) => void;
}

export function putFile(form: UploadForm, file: Blob, { signal, onProgress }: Watched): Promise<void> {
  const body = new FormData();
  for (const [name, said] of Object.entries(form.fields)) body.append(name, said);
  // The bucket ignores whatever comes after the file.
  body.append("file", file);
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.url);
    request.upload.addEventListener("progress", (event) => onProgress(event.total > 0 ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) done();
      else failed(new Refused({ status: request.status, code: "bucket_refused" }));
    });
    request.addEventListener("error", () => failed(new Unreachable(null)));
    request.addEventListener("abort", () => failed(new Unreachable(null)));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}
