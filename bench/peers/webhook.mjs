// The intake as one would write it on Node: SDK v3, node:crypto, and a loop over the Runtime API that is cheaper than the
// official client (no logging, no streaming).
import { createHmac, timingSafeEqual } from "node:crypto";
import http from "node:http";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";

const { APP_SECRET: secret, INBOUND_QUEUE_URL: QueueUrl, AWS_LAMBDA_RUNTIME_API: runtime } = process.env;
const sqs = new SQSClient({});

function signed(header, body) {
  if (!header?.startsWith("sha256=")) return false;
  const shown = Buffer.from(header.slice(7), "hex");
  const right = createHmac("sha256", secret).update(body).digest();
  return shown.length === right.length && timingSafeEqual(shown, right);
}

function records(hook) {
  const entries = [];
  for (const { changes } of hook.entry)
    for (const { value } of changes) {
      const account = value.metadata.phone_number_id;
      for (const [kind, list] of [["message", value.messages ?? []], ["status", value.statuses ?? []]])
        for (const item of list) {
          const from = item.from ?? item.recipient_id ?? "";
          entries.push({
            Id: String(entries.length),
            MessageGroupId: `${account}:${from}`,
            MessageDeduplicationId: kind === "message" ? item.id : `${item.id}:${item.status}`,
            MessageBody: JSON.stringify({ v: 1, account, kind, payload: item }),
          });
        }
    }
  return entries;
}

async function handle(event) {
  if (!signed(event.headers["x-hub-signature-256"], event.body)) return { statusCode: 401 };
  const entries = records(JSON.parse(event.body));
  // One batch after the other: two at once could overtake each other within a sender.
  for (let i = 0; i < entries.length; i += 10) {
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries.slice(i, i + 10) }));
    if (answer.Failed?.length) throw new Error(`${answer.Failed.length} records were refused`);
  }
  return { statusCode: 200 };
}

const [host, port] = runtime.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const call = (method, path, body) =>
  new Promise((done, fail) => {
    const headers = body === undefined ? {} : { "content-length": Buffer.byteLength(body), "content-type": "application/json" };
    const request = http.request({ host, port, agent, method, path: `/2018-06-01/runtime/invocation/${path}`, headers }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => done([answer.headers, Buffer.concat(parts)]));
    });
    request.on("error", fail);
    request.end(body);
  });

for (;;) {
  const [headers, body] = await call("GET", "next");
  const id = headers["lambda-runtime-aws-request-id"];
  try {
    await call("POST", `${id}/response`, JSON.stringify(await handle(JSON.parse(body))));
  } catch (error) {
    await call("POST", `${id}/error`, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
  }
}
