// Files before they are sent: uploaded at once, refused in the agent's words, and sent with the words below the first.
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { FakeServer } from "../../testing/fake-server";
import { refusal } from "../../testing/fake-server";
import { play } from "../../testing/play";
import { partsOf } from "./parts";
import { kindOf, uploads, type ReadyFile } from "./uploads";

/** A bucket that takes every form, after it has told that it is half way. */
class Bucket {
  static filled: [string, string[]][] = [];
  static status = 204;
  readonly upload = new EventTarget();
  private readonly told = new EventTarget();
  private url = "";
  status = 0;

  open(_: string, url: string): void {
    this.url = url;
  }

  addEventListener(name: string, listener: () => void): void {
    this.told.addEventListener(name, listener);
  }

  send(body: FormData): void {
    Bucket.filled.push([this.url, [...body.keys()]]);
    this.upload.dispatchEvent(Object.assign(new Event("progress"), { loaded: 1, total: 2 }));
    this.status = Bucket.status;
    queueMicrotask(() => this.told.dispatchEvent(new Event("load")));
  }

  abort(): void {
    this.told.dispatchEvent(new Event("abort"));
  }
}

let server: FakeServer;
const picture = () => new File(["abc"], "plan.png", { type: "image/png" });
const seen = () => uploads.of("con_maya").map(({ name, kind, state, problem, progress }) => ({ name, kind, state, problem, progress }));

beforeEach(() => {
  server = play();
  Bucket.filled = [];
  Bucket.status = 204;
  vi.stubGlobal("XMLHttpRequest", Bucket);
  URL.createObjectURL = () => "blob:1";
  URL.revokeObjectURL = () => undefined;
});
afterEach(() => {
  for (const { key } of uploads.of("con_maya")) uploads.remove("con_maya", key);
});

test("a file that is chosen is announced, put into the bucket, and ready to be sent", async () => {
  expect(uploads.add("con_maya", [picture()])).toBe(true);
  expect(seen()).toEqual([{ name: "plan.png", kind: "image", state: "uploading", problem: null, progress: 0 }]);
  await vi.waitFor(() => expect(seen()).toEqual([{ name: "plan.png", kind: "image", state: "ready", problem: null, progress: 1 }]));
  expect(server.asked.at(-1)).toMatchObject({ path: "/uploads", body: { conversation_id: "con_maya", file_name: "plan.png", mime_type: "image/png", bytes: 3, kind: "image" } });
  expect(Bucket.filled).toEqual([["https://files.test/bucket", ["key", "policy", "file"]]]);
  expect(uploads.take("con_maya")).toEqual([{ uploadId: "upl_1", name: "plan.png", kind: "image" }]);
  expect(seen()).toEqual([]);
});

test("what is not taken says why; a picture that is too large may go as a file", async () => {
  server.next("POST /uploads", refusal(422, "too_large", { field: "bytes" }));
  uploads.add("con_maya", [picture()]);
  await vi.waitFor(() => expect(seen()).toMatchObject([{ state: "failed", problem: "too_large" }]));
  uploads.asFile("con_maya", uploads.of("con_maya")[0]?.key ?? "");
  await vi.waitFor(() => expect(seen()).toMatchObject([{ kind: "file", state: "ready" }]));
  expect(server.asked.at(-1)?.body?.["kind"]).toBe("file");
});

test("an upload that the bucket did not take can be tried again", async () => {
  Bucket.status = 403;
  uploads.add("con_maya", [picture()]);
  await vi.waitFor(() => expect(seen()).toMatchObject([{ state: "failed", problem: "failed" }]));
  Bucket.status = 204;
  uploads.again("con_maya", uploads.of("con_maya")[0]?.key ?? "");
  await vi.waitFor(() => expect(seen()).toMatchObject([{ state: "ready" }]));
});

test("a place of its own holds one file, of the kind that is wanted there", async () => {
  const list = "con_maya/template";
  uploads.choose(list, picture(), "image");
  uploads.choose(list, new File(["abc"], "bill.pdf", { type: "application/pdf" }), "file");
  await vi.waitFor(() => expect(uploads.of(list)).toMatchObject([{ name: "bill.pdf", kind: "file", state: "ready" }]));
  expect(server.asked.at(-1)?.body?.["conversation_id"]).toBe("con_maya");
  expect([seen(), uploads.take(list).length, uploads.of(list)]).toEqual([[], 1, []]);
});

test("nine files at most", () => {
  expect(uploads.add("con_maya", Array.from({ length: 10 }, picture))).toBe(false);
  expect(uploads.of("con_maya")).toHaveLength(9);
});

test("what a channel shows is told from what it only hands over", () => {
  expect(["image/png", "image/webp", "video/mp4", "audio/ogg", "audio/wav", ""].map(kindOf)).toEqual(["image", "file", "video", "audio", "file", "file"]);
});

test("words stand below the first file that has room for them, or by themselves", () => {
  const file = (uploadId: string, kind: ReadyFile["kind"]): ReadyFile => ({ uploadId, name: "a", kind });
  const parts = (text: string, ...files: ReadyFile[]) => partsOf({ text, template: null, part: null, files });
  expect(parts("hi")).toEqual([{ type: "text", text: "hi" }]);
  expect(parts("hi", file("1", "audio"), file("2", "image"))).toEqual([{ type: "media", upload_id: "1" }, { type: "media", upload_id: "2", caption: "hi" }]);
  expect(parts("hi", file("1", "audio"))).toEqual([{ type: "media", upload_id: "1" }, { type: "text", text: "hi" }]);
  expect(parts("", file("1", "image"))).toEqual([{ type: "media", upload_id: "1" }]);
  const long = "é".repeat(1_025);
  expect(parts(long, file("1", "image"))).toEqual([{ type: "media", upload_id: "1" }, { type: "text", text: long }]);
});
