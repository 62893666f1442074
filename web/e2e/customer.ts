// A customer on WhatsApp, as the demo's Meta app would tell of them: signed webhooks.
import { createHmac, randomUUID } from "node:crypto";

/** The demo seed's app, account and people; another system says its own by the environment. */
const APP_SECRET = process.env["E2E_APP_SECRET"] ?? "demo-app-secret";
const PHONE_NUMBER_ID = process.env["E2E_PHONE_NUMBER_ID"] ?? "100000000000001";
export const AGENT = { email: process.env["E2E_EMAIL"] ?? "ada@acme.test", password: process.env["E2E_PASSWORD"] ?? "switchboard-demo-2026" };

export class Customer {
  private readonly number = `9725${String(Math.floor(Math.random() * 1e8)).padStart(8, "0")}`;

  constructor(
    private readonly origin: string,
    readonly name: string,
  ) {}

  async writes(body: string, type = "text"): Promise<void> {
    const content = type === "text" ? { text: { body } } : { [type]: { latitude: 32.08, longitude: 34.78 } };
    await this.tell({
      contacts: [{ profile: { name: this.name }, wa_id: this.number }],
      messages: [{ from: this.number, id: `wamid.${randomUUID()}`, timestamp: seconds(), type, ...content }],
    });
  }

  async receipt(id: string, status: "sent" | "delivered" | "read"): Promise<void> {
    await this.tell({ statuses: [{ id, status, timestamp: seconds(), recipient_id: this.number }] });
  }

  private async tell(change: object): Promise<void> {
    const value = { messaging_product: "whatsapp", metadata: { display_phone_number: "97235550101", phone_number_id: PHONE_NUMBER_ID }, ...change };
    const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "200000000000001", changes: [{ field: "messages", value }] }] });
    const signature = `sha256=${createHmac("sha256", APP_SECRET).update(body).digest("hex")}`;
    const answer = await fetch(`${this.origin}/webhooks/meta`, { method: "POST", body, headers: { "content-type": "application/json", "x-hub-signature-256": signature } });
    if (answer.status !== 200) throw new Error(`the webhook was answered with ${answer.status}`);
  }
}

const seconds = () => String(Math.floor(Date.now() / 1_000));
