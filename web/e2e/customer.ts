// A customer on WhatsApp: the simulator's phone, and for what that cannot write yet, a webhook signed as the demo's Meta app.
import { createHmac, randomUUID } from "node:crypto";

/** The demo seed's app, account and people; another system says its own by the environment. */
const APP_SECRET = process.env["E2E_APP_SECRET"] ?? "demo-app-secret";
export const PHONE_NUMBER_ID = process.env["E2E_PHONE_NUMBER_ID"] ?? "100000000000001";
export const AGENT = { email: process.env["E2E_EMAIL"] ?? "ada@acme.test", teammate: process.env["E2E_TEAMMATE"] ?? "noa@acme.test", password: process.env["E2E_PASSWORD"] ?? "switchboard-demo-2026" };

export class Customer {
  /** With its country code, digits only. */
  readonly number = `9725${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`;

  constructor(
    private readonly origin: string,
    readonly name: string,
  ) {}

  async writes(text: string): Promise<void> {
    await this.post("/simulator/api/messages", { phone_number_id: PHONE_NUMBER_ID, from: this.number, name: this.name, text });
  }

  /** Sends a file, as `image`, `audio` or `document`. */
  async sends(kind: string, type: string, body: Uint8Array<ArrayBuffer>, more: { name?: string; voice?: boolean } = {}): Promise<void> {
    const upload = await fetch(`${this.origin}/simulator/api/files?phone_number_id=${PHONE_NUMBER_ID}`, { method: "POST", body, headers: { "content-type": type } });
    const { id } = (await upload.json()) as { id: string };
    const file = { id, kind, mime_type: type, ...more };
    await this.post("/simulator/api/messages", { phone_number_id: PHONE_NUMBER_ID, from: this.number, name: this.name, text: "", file });
  }

  /** Looks at the chat: all that the business wrote is read. */
  async reads(): Promise<void> {
    await this.post("/simulator/api/read", { phone_number_id: PHONE_NUMBER_ID, from: this.number });
  }

  /** Sends what the phone of the simulator cannot write: each as Meta tells of it, without what all of them have; `ahead` by so many seconds. */
  async posts(messages: object[], ahead = 0): Promise<void> {
    const timestamp = String(Math.floor(Date.now() / 1_000) + ahead);
    const value = {
      messaging_product: "whatsapp",
      metadata: { display_phone_number: "97235550101", phone_number_id: PHONE_NUMBER_ID },
      contacts: [{ profile: { name: this.name }, wa_id: this.number }],
      messages: messages.map((message) => ({ from: this.number, id: `wamid.${randomUUID()}`, timestamp, ...message })),
    };
    const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "200000000000001", changes: [{ field: "messages", value }] }] });
    await this.send("/webhooks/meta", body, { "x-hub-signature-256": `sha256=${createHmac("sha256", APP_SECRET).update(body).digest("hex")}` });
  }

  private post(path: string, body: object): Promise<void> {
    return this.send(path, JSON.stringify(body), {});
  }

  private async send(path: string, body: string, headers: Record<string, string>): Promise<void> {
    const answer = await fetch(`${this.origin}${path}`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
  }
}
