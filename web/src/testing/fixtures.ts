// People and conversations for tests and screenshots: four scripts, long names, every state of a send.
import type { Channel, Conversation, DeliveryStatus, Me, Message, SendOptions, Template } from "../api/schemas";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const ME: Me = {
  user: { id: "usr_ada", name: "Ada Levi", email: "ada@acme.test" },
  tenant: { id: "ten_acme", slug: "acme", name: "Acme Furniture", locale: "en", time_zone: "Asia/Jerusalem" },
  role: "owner",
  permissions: ["conversation:read", "conversation:assign", "conversation:update", "message:send", "user:read", "channel:read", "channel:manage"],
};
export const CHANNELS: readonly Channel[] = [
  { id: "acc_sales", type: "whatsapp", name: "Acme Sales", status: "active", health: null, read_receipts: true, display_phone_number: "+972 3 555 0100", phone_number_id: "106540352242922", waba_id: "1001" },
  { id: "acc_repairs", type: "whatsapp", name: "Acme Repairs", status: "needs_reauth", health: "The channel does not accept this token.", read_receipts: false, display_phone_number: null, phone_number_id: "106540352242923", waba_id: "1001" },
];
export const NOA = { id: "usr_noa", name: "Noa Bar" };
export const SOMCHAI = { id: "usr_somchai", name: "สมชาย ใจดี" };
export const ada = { id: ME.user.id, name: ME.user.name };

const ago = (now: number, ms: number) => new Date(now - ms).toISOString();

interface Sketch {
  id: string;
  name: string;
  said: string;
  /** Minutes since the last message. */
  age: number;
  ours?: boolean;
  type?: Conversation["last_message_type"];
  unread?: number;
  owner?: { id: string; name: string };
  /** Hours until the window shuts; negative: shut. */
  window?: number;
  status?: Conversation["status"];
}

const SKETCHES: Sketch[] = [
  { id: "maya", name: "מאיה כהן", said: "מעולה, תודה! מתי המשלוח אמור להגיע? 🙏", age: 0.4, unread: 2, window: 23.9 },
  { id: "daniel", name: "Daniel Okafor", said: "Could you send me the invoice for order #4821?", age: 6, unread: 1, owner: ada, window: 3.2 },
  { id: "laila", name: "ليلى حداد", said: "هل يتوفر هذا الطراز باللون الأزرق؟", age: 17, unread: 3, window: 0.6 },
  { id: "ploy", name: "พลอย ศรีสุข", said: "", type: "image", age: 31, owner: SOMCHAI, window: 21 },
  { id: "chris", name: "Chris Papadopoulos-Montgomery of the Northern Warehouse Team", said: "I'll check with the driver and come back to you within the hour.", age: 52, ours: true, owner: ada, window: 2.2 },
  { id: "noam", name: "נועם ביטון", said: "אפשר להחליף ל־Oak 140×80?", age: 95, owner: NOA, window: 20 },
  { id: "phone", name: "+972 54-555-0182", said: "👍", age: 150, window: 19 },
  { id: "sara", name: "Sara Lindqvist", said: "0:42", type: "voice", age: 260, owner: ada, window: 12 },
  { id: "yossi", name: "יוסי מזרחי", said: "קיבלתי, הכול הגיע בשלמות. תודה רבה על השירות המצוין!", age: 1500, owner: NOA, window: -1 },
  { id: "omar", name: "عمر الخطيب", said: "تم الاستلام، شكرًا جزيلًا لكم", age: 1700, ours: true, window: -5 },
  { id: "kanya", name: "กัญญา วงศ์ไทย", said: "ขอบคุณค่ะ เดี๋ยวโอนให้พรุ่งนี้นะคะ", age: 2900, owner: SOMCHAI, window: -20 },
  { id: "emma", name: "Emma Clarke", said: "", type: "location", age: 4400, window: -40 },
  { id: "tamar", name: "תמר אזולאי", said: "שבת שלום 🌸", age: 7300, owner: ada, window: -90 },
  { id: "ben", name: "Ben", said: "ok", age: 20_000, window: -300, status: "resolved" },
];

export function conversations(now: number): Conversation[] {
  return SKETCHES.map((sketch, index) => ({
    id: `con_${sketch.id}`,
    channel: { id: "chn_sales", type: "whatsapp", name: "Acme Sales" },
    contact: { id: `cnt_${sketch.id}`, name: sketch.name, avatar_url: null },
    status: sketch.status ?? "open",
    assigned_to: sketch.owner ?? null,
    unread_count: sketch.unread ?? 0,
    last_message_at: ago(now, sketch.age * MINUTE),
    last_message_preview: sketch.said,
    last_message_type: sketch.type ?? "text",
    last_message_direction: sketch.ours === true ? "outbound" : "inbound",
    seq: 20,
    window: { state: (sketch.window ?? 1) < 0 ? "closed" : "open", closes_at: new Date(now + (sketch.window ?? 20) * HOUR).toISOString() },
    version: 1,
    rev: 100 + index,
  }));
}

/** Many more, for lists that scroll. */
export function crowd(now: number, count: number): Conversation[] {
  const rows = conversations(now);
  return Array.from({ length: count }, (_, index) => {
    const like = rows[index % 13];
    if (like === undefined) throw new Error("no row to copy");
    const id = `con_many_${String(index).padStart(5, "0")}`;
    return { ...like, id, contact: { ...like.contact, id: `cnt_${id}` }, unread_count: 0, last_message_at: ago(now, 8_000 * MINUTE + index * 7 * MINUTE) };
  });
}

export function message(change: Partial<Message> & Pick<Message, "id" | "seq" | "sent_at">): Message {
  return {
    conversation_id: "con_maya", direction: "inbound", type: "text", text: "", author: { kind: "contact", id: "cnt_maya", name: "מאיה כהן" }, channel_message_id: null, client_id: null,
    reply_to: null, reactions: [], attachments: [], delivery_status: null, error: null, received_at: change.sent_at, created_at: change.sent_at,
    edited_at: null, deleted_at: null, raw_type: null, rev: change.seq, ...change,
  };
}

type Line = Partial<Message> & { text: string; age: number; by?: "them" | "me" | "noa"; status?: DeliveryStatus };

const MAYA: Line[] = [
  { by: "them", age: 2950, text: "שלום! ראיתי באתר את השולחן Oak 140×80. הוא במלאי?" },
  { by: "noa", age: 2943, text: "היי מאיה, כן! יש לנו שלושה במלאי במחסן בחולון.", status: "read" },
  { by: "noa", age: 2942, text: "אפשר לראות אותו כאן: https://acme.test/oak-140", status: "read" },
  { by: "them", age: 2920, text: "נהדר. ומה לגבי כיסאות תואמים?" },
  { by: "them", age: 2919, text: "", type: "image", raw_type: "image" },
  { by: "me", age: 1420, text: "הכיסאות בתמונה הם מסדרת Fjord. ארבעה כיסאות + שולחן יוצאים ₪4,890 כולל משלוח.", status: "read" },
  { by: "them", age: 1405, text: "תשלחו לי בבקשה ל־054-555-0182 את הפרטים", reply_to: { id: "msg_maya_6" } },
  { by: "me", age: 1400, text: "Sent! The order number is #4821, and Maya Cohen is on the delivery note.", status: "read" },
  { by: "them", age: 48, text: "👍👍" },
  { by: "me", age: 40, text: "המשלוח יצא היום מהמחסן. הנהג יתקשר חצי שעה לפני ההגעה.", status: "delivered" },
  { by: "me", age: 39, text: "אם צריך לתאם שעה אחרת – כתבו לי כאן.", status: "sent" },
  { by: "them", age: 3, text: "מעולה, תודה!" },
  { by: "them", age: 0.4, text: "מתי המשלוח אמור להגיע? 🙏" },
];

const DANIEL: Line[] = [
  { by: "them", age: 300, text: "Hi, is this the right place to ask about an order?" },
  { by: "me", age: 290, text: "It is. What can I do for you, Daniel?", status: "read" },
  { by: "them", age: 281, text: "It's order #4821. It arrived yesterday, but one of the chairs has a scratch on the back leg – not dramatic, but I'd rather have a flawless one for a new dining room. Would an exchange be possible, or a discount?" },
  { by: "them", age: 280, text: "", type: "image", raw_type: "image" },
  { by: "noa", age: 120, text: "Hello Daniel, Noa here. I've asked the warehouse for a replacement leg.", status: "delivered" },
  { by: "me", age: 60, text: "The courier can come on Tuesday between 9 and 12. Does that suit you?", status: "unknown" },
  { by: "me", age: 50, text: "Here is the return label.", status: "failed", error: { code: "undeliverable", title: "This customer cannot receive the message on WhatsApp", channel_code: 131_026 } },
  { by: "them", age: 6, text: "Could you send me the invoice for order #4821?" },
];

export function messages(conversation: string, now: number): Message[] {
  const lines = conversation === "con_maya" ? MAYA : conversation === "con_daniel" ? DANIEL : [];
  const row = conversations(now).find((each) => each.id === conversation);
  const contact = row === undefined ? null : { kind: "contact" as const, id: row.contact.id, name: row.contact.name };
  if (lines.length === 0 && row !== undefined && contact !== null) {
    const ours = row.last_message_direction === "outbound";
    return [
      message({
        id: `msg_${conversation}`, conversation_id: conversation, seq: 20, sent_at: row.last_message_at, text: row.last_message_preview, type: row.last_message_type ?? "text",
        direction: ours ? "outbound" : "inbound", author: ours ? { kind: "user", ...ada } : contact, delivery_status: ours ? "delivered" : null,
      }),
    ];
  }
  return lines.map(({ by, age, status, ...rest }, index) =>
    message({
      id: `msg_${conversation.replace("con_", "")}_${index + 1}`, conversation_id: conversation, seq: 20 - lines.length + index + 1, sent_at: ago(now, age * MINUTE),
      direction: by === "them" ? "inbound" : "outbound", delivery_status: status ?? null,
      author: by === "them" && contact !== null ? contact : { kind: "user", ...(by === "noa" ? NOA : ada) }, ...rest,
    }),
  );
}

export const TEMPLATES: Template[] = [
  {
    name: "order_update", language: "en_US", category: "utility", status: "approved", quality: "GREEN", reason: null, parameter_format: "positional",
    header: { format: "text", text: "Order {{1}}" }, body: "Hi {{1}}, your order is on its way.", footer: "Acme Furniture", buttons: [{ type: "quick_reply", text: "Thanks" }],
    has_more: false, synced_at: "2026-11-21T05:00:00.000Z",
  },
  {
    name: "appointment_reminder", language: "he", category: "utility", status: "approved", quality: null, reason: null, parameter_format: "named",
    header: null, body: "שלום {{first_name}}, מזכירים לך את הפגישה שלנו.", footer: null, buttons: [], has_more: false, synced_at: "2026-11-21T05:00:00.000Z",
  },
];

const template = (name: string, more: Partial<Template>): Template => ({
  name, language: "en_US", category: "marketing", status: "approved", quality: null, reason: null, parameter_format: "positional", header: null, body: "", footer: null, buttons: [],
  has_more: false, synced_at: "2026-11-21T05:00:00.000Z", ...more,
});

/** Every standing, four scripts, all that can stand above and below the words. */
export const MANY_TEMPLATES: Template[] = [
  ...TEMPLATES,
  template("black_friday_2026", { status: "rejected", reason: "PROMOTIONAL", category: "utility", body: "Everything is 40 % off until midnight, {{1}}! Do not miss it." }),
  template("come_by", { header: { format: "location" }, body: "Our new shop is open, {{1}}. Show this code at the till.", buttons: [{ type: "copy_code", text: "Copy offer code" }] }),
  template("invoice", { category: "utility", quality: "YELLOW", header: { format: "document" }, body: "Here is your invoice for order {{1}}. Thank you!", buttons: [{ type: "phone_number", text: "Call us", phone_number: "+97235550100" }] }),
  template("new_arrival", { status: "paused", quality: "RED", header: { format: "image" }, body: "Look what came in, {{1}}: shall we put it aside for you?", footer: "Acme Furniture · Answer STOP to hear no more", buttons: [{ type: "quick_reply", text: "Yes, please" }, { type: "url", text: "See all of it", url: "https://acme.test/new/{{1}}" }] }),
  template("ramadan_offer", { language: "ar", status: "rejected", reason: "Parameters are adjacent: add text between them.", body: "مرحبًا {{1}}، لدينا عروض خاصة لك حتى {{2}}." }),
  template("sign_in_code", { category: "authentication", quality: "GREEN", body: "*{{1}}* is your verification code. For your security, do not share this code.", footer: "This code expires in 10 minutes.", buttons: [{ type: "one_time_code", text: "Copy code" }] }),
  template("songkran_greeting_for_every_customer_who_has_bought_something_since_last_year", { language: "th", status: "pending", body: "สวัสดีปีใหม่ไทยค่ะ คุณ {{1}} ขอบคุณที่อุดหนุนร้านเรานะคะ" }),
  template("summer_catalogue", { status: "disabled", has_more: true, body: "Our summer, in five pictures." }),
];

export function sendOptions(row: Conversation): SendOptions {
  const isOpen = row.window.state === "open";
  const closed = isOpen ? null : ({ code: "window_closed", text: "The customer's last message is too long ago." } as const);
  const free = { open: isOpen, until: isOpen ? row.window.closes_at : null, price: "service", free_until: null, closed } as const;
  return {
    options: [
      { path: "free_form", ...free },
      { path: "reaction", ...free },
      { path: "template", open: true, until: null, price: "template_category", free_until: null, closed: null },
    ],
  };
}
