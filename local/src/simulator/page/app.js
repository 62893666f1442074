// The phone of one customer at a time. Everything that is shown comes from the simulator's own API.

/** People to begin with: names in four scripts. */
const PEOPLE = [
  { from: "819011112222", name: "Aiko 愛子" },
  { from: "972501234567", name: "Dana דנה" },
  { from: "971501234567", name: "Omar عمر" },
  { from: "66812345678", name: "Somchai สมชาย" },
];
/** How long to wait when the simulator does not answer, ms. */
const PAUSE = 1_000;

const at = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

const state = { accounts: [], threads: [], people: [...PEOPLE], number: "", from: "", messages: [], quoted: null, opened: new Set(), version: 0, shown: "" };

async function ask(path, body) {
  const request = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/simulator/api/${path}`, request);
  if (answer.ok) return answer.json();
  const { error } = await answer.json().catch(() => ({}));
  throw new Error(error ?? `The simulator answered ${answer.status}.`);
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function trouble(text) {
  at("trouble").textContent = text;
  at("trouble").hidden = text === "";
}

/** One or two ticks, as the customer knows them. */
function tick(kind) {
  const words = { accepted: "Sent", sent: "Sent", delivered: "Delivered", read: "Read" };
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 18 12", class: "tick", role: "img", "aria-label": words[kind] ?? kind, "data-tick": kind })) svg.setAttribute(key, value);
  const paths = kind === "accepted" || kind === "sent" ? ["M5 6.5 8 9.5 14 2.5"] : ["M1 6.5 4 9.5 10 2.5", "M7.5 9 8 9.5 14 2.5"];
  for (const d of paths) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [key, value] of Object.entries({ d, fill: "none", stroke: "currentColor", "stroke-width": "1.6", "stroke-linecap": "round", "stroke-linejoin": "round" })) path.setAttribute(key, value);
    svg.append(path);
  }
  return svg;
}

/** What came with a message: shown, played, or named. */
function attached(file) {
  const src = `/simulator/api/files/${file.id}`;
  if (["image", "sticker"].includes(file.kind)) return element("img", { src, alt: file.kind, class: "file" });
  if (file.kind === "video") return element("video", { src, controls: "", class: "file" });
  if (file.kind === "audio") return element("audio", { src, controls: "", class: "file" });
  return element("a", { href: src, download: file.name ?? "file", class: "file", dir: "auto" }, file.name ?? "File");
}

/** A place: its name, and a way to a map. */
function place(object) {
  const { latitude, longitude, name, address } = object;
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  const lines = element("span", { class: "lines" }, element("strong", { dir: "auto" }, name ?? "Location"));
  if (address) lines.append(element("span", { dir: "auto" }, address));
  lines.append(element("bdi", { class: "quiet" }, `${latitude}, ${longitude}`), element("a", { href: map, target: "_blank", rel: "noopener noreferrer" }, "Open the map"));
  return element("div", { class: "card" }, element("span", { class: "sign", "aria-hidden": "true" }, "📍"), lines);
}

/** A person's card. */
function card(person) {
  const lines = element("span", { class: "lines" }, element("strong", { dir: "auto" }, person.name.formatted_name));
  const org = [person.org?.title, person.org?.company].filter(Boolean).join(", ");
  if (org !== "") lines.append(element("span", { dir: "auto" }, org));
  for (const { phone } of person.phones ?? []) lines.append(element("bdi", {}, phone));
  for (const { email } of person.emails ?? []) lines.append(element("bdi", {}, email));
  return element("div", { class: "card" }, element("span", { class: "avatar", "aria-hidden": "true" }, [...person.name.formatted_name][0]), lines);
}

/** What stands on a message that is more than words; `null`: nothing. */
function drawn({ author, kind, object }) {
  if (!object || author === "customer") return null;
  if (kind === "location") return [place(object)];
  if (kind === "contacts") return object.map(card);
  const above = object.header?.text ? [element("strong", { dir: "auto" }, object.header.text)] : [];
  const below = object.footer?.text ? [element("p", { class: "quiet", dir: "auto" }, object.footer.text)] : [];
  return [...above, element("p", { class: "said", dir: "auto" }, object.body.text), ...below];
}

/** The id that was chosen from a message, if any was. */
function chosenOf(message) {
  const answer = state.messages.find((other) => other.author === "customer" && other.reply_to === message.id && other.object);
  const { button_reply: button, list_reply: row } = answer?.object ?? {};
  return (button ?? row)?.id ?? null;
}

/** A button or a row: pressed once, as on the real phone. */
function option(message, { id, title, description }) {
  const chosen = chosenOf(message);
  const words = element("span", { class: "lines" }, element("span", { dir: "auto" }, title));
  if (description) words.append(element("span", { class: "quiet", dir: "auto" }, description));
  const button = element("button", { type: "button", class: "option", "aria-pressed": String(chosen === id) }, words);
  button.disabled = chosen !== null;
  button.addEventListener("click", () => void press(message, id));
  return button;
}

async function press(message, choice) {
  await attempt(() => ask("messages", { phone_number_id: state.number, from: state.from, name: person().name, reply_to: message.id, choice }));
  at("chat").scrollTop = at("chat").scrollHeight;
}

/** What can be pressed below a message. */
function options(message) {
  const action = message.kind === "interactive" && message.author === "business" ? message.object?.action : undefined;
  if (action === undefined) return [];
  if (action.buttons) return action.buttons.map(({ reply }) => option(message, reply));
  if (action.name === "cta_url") return [element("a", { class: "option", href: action.parameters.url, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, `${action.parameters.display_text} ↗`)];
  const list = element("details", { class: "sheet" }, element("summary", { class: "option", dir: "auto" }, action.button));
  for (const section of action.sections) {
    if (section.title) list.append(element("h3", { dir: "auto" }, section.title));
    list.append(...section.rows.map((row) => option(message, row)));
  }
  list.open = state.opened.has(message.id);
  list.addEventListener("toggle", () => state.opened[list.open ? "add" : "delete"](message.id));
  return [list];
}

/** What stands for a message where there is no room for it. */
function words(message) {
  return message.object?.body?.text || message.text || (message.file ? (message.file.name ?? message.file.kind) : "");
}

function bubble(message) {
  const inside = element("div", { class: "bubble" });
  const quoted = message.reply_to && state.messages.find((other) => other.id === message.reply_to);
  if (quoted) inside.append(element("p", { class: "quoted", dir: "auto" }, words(quoted)));
  if (message.file) inside.append(attached(message.file));
  const more = drawn(message);
  if (more !== null) inside.append(...more);
  else if (message.text !== "") inside.append(element("p", { class: "said", dir: "auto" }, message.text));
  if (message.reaction) inside.append(element("span", { class: "reaction", "aria-label": `Reaction ${message.reaction}` }, message.reaction));
  const meta = element("div", { class: "meta" }, element("time", { datetime: new Date(message.at).toISOString() }, clock.format(message.at)));
  if (message.author === "customer") meta.append(tick(message.tick));
  inside.append(meta, ...options(message));
  const reply = element("button", { type: "button", class: "reply", "aria-label": "Quote this message" }, "↩");
  reply.addEventListener("click", () => quote(message));
  return element("div", { class: "message", "data-author": message.author }, inside, reply);
}

function person() {
  return state.people.find((one) => one.from === state.from);
}

function drawPeople() {
  const rows = state.people.map((one) => {
    const chat = state.threads.find((thread) => thread.from === one.from && thread.phone_number_id === state.number);
    const lines = element("span", { class: "lines" }, element("strong", { dir: "auto" }, one.name), element("span", { class: "quiet", dir: "auto" }, (chat && words(chat.last)) ?? `+${one.from}`));
    const row = element("button", { type: "button", class: "person", "aria-pressed": String(one.from === state.from) }, element("span", { class: "avatar", "aria-hidden": "true" }, [...one.name][0]), lines);
    if (chat?.unread > 0) row.append(element("span", { class: "count", "aria-label": `${chat.unread} unread` }, String(chat.unread)));
    row.addEventListener("click", () => open(state.number, one.from));
    return element("li", {}, row);
  });
  at("people").replaceChildren(...rows);
}

function drawChat() {
  const account = state.accounts.find((one) => one.phone_number_id === state.number);
  at("business").textContent = account?.name ?? "";
  at("business-avatar").textContent = [...(account?.name ?? "?")][0];
  at("state").textContent = state.typing ? "typing…" : (account?.display_phone_number ?? "");
  at("owner").textContent = person()?.name ?? "";
  const chat = at("chat");
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  const rows = [];
  let day = "";
  // What failed never reached the phone.
  for (const message of state.messages.filter((one) => one.author === "customer" || (one.tick !== "failed" && one.error === null && one.kind !== "reaction"))) {
    const today = calendar.format(message.at);
    if (today !== day) rows.push(element("div", { class: "day" }, today));
    day = today;
    rows.push(bubble(message));
  }
  if (rows.length === 0) rows.push(element("p", { class: "hint" }, "No messages yet. Say hello, and an agent sees it in the inbox at once."));
  chat.replaceChildren(...rows);
  const key = `${state.number}/${state.from}`;
  if (atEnd || state.shown !== key) chat.scrollTop = chat.scrollHeight;
  state.shown = key;
}

function quote(message) {
  state.quoted = message;
  at("quote").hidden = message === null;
  at("quote-text").textContent = message ? words(message) : "";
  if (message) at("text").focus();
}

/** The customer sees the chat only with the phone in hand: this window has the focus. */
async function look() {
  const unseen = state.messages.some((message) => message.author === "business" && ["accepted", "sent", "delivered"].includes(message.tick) && message.error === null && message.kind !== "reaction");
  if (unseen && document.hasFocus()) await ask("read", { phone_number_id: state.number, from: state.from });
}

/** Takes over what the simulator knows, unless another chat was opened meanwhile. */
async function refresh() {
  const { items, version } = await ask("threads");
  state.version = version;
  state.threads = items;
  for (const thread of items) {
    const known = state.people.find((one) => one.from === thread.from);
    if (known === undefined) state.people.push({ from: thread.from, name: thread.name || `+${thread.from}` });
    // Opened by its number alone: the chat knows the name.
    else if (known.name === `+${known.from}` && thread.name) known.name = thread.name;
  }
  const [number, from] = [state.number, state.from];
  const chat = await ask(`threads/${number}/${from}`);
  if (number !== state.number || from !== state.from) return;
  state.messages = chat.messages;
  state.typing = chat.typing;
  drawPeople();
  drawChat();
}

async function open(number, from) {
  Object.assign(state, { number, from, messages: [], typing: false });
  quote(null);
  history.replaceState(null, "", `#${number}/${from}`);
  at("accounts").value = number;
  await attempt(async () => {
    await refresh();
    await look();
  });
}

async function attempt(work) {
  try {
    await work();
    trouble("");
  } catch (error) {
    trouble(error instanceof TypeError ? "Switchboard does not answer. Is it running?" : error.message);
    return false;
  }
  return true;
}

async function send() {
  const [field, quoted] = [at("text"), state.quoted];
  const text = field.value;
  if (text.trim() === "") return;
  field.value = "";
  quote(null);
  const sent = await attempt(() => ask("messages", { phone_number_id: state.number, from: state.from, name: person().name, text, reply_to: quoted?.id ?? null }));
  if (!sent) field.value = text;
  else at("chat").scrollTop = at("chat").scrollHeight;
}

/** WhatsApp's word for a file, by its type. */
function kindOf(type) {
  if (type === "image/jpeg" || type === "image/png") return "image";
  if (type === "image/webp") return "sticker";
  return ["video", "audio"].find((kind) => type.startsWith(`${kind}/`)) ?? "document";
}

/** Sends a chosen file, with what is written as its caption. */
async function sendFile(input, voice) {
  const [chosen] = input.files;
  input.value = "";
  if (chosen === undefined) return;
  const type = chosen.type || "application/octet-stream";
  const field = at("text");
  const sent = await attempt(async () => {
    const upload = await fetch(`/simulator/api/files?phone_number_id=${state.number}`, { method: "POST", headers: { "content-type": type }, body: chosen });
    if (!upload.ok) throw new Error(`The file was not taken: ${upload.status}.`);
    const { id } = await upload.json();
    const kind = voice ? "audio" : kindOf(type);
    const file = { id, kind, mime_type: type, name: chosen.name, voice };
    await ask("messages", { phone_number_id: state.number, from: state.from, name: person().name, text: kind === "audio" ? "" : field.value, file });
    if (kind !== "audio") field.value = "";
  });
  if (sent) at("chat").scrollTop = at("chat").scrollHeight;
}

async function watch() {
  for (;;) {
    const known = state.version;
    const heard = await attempt(async () => {
      const { version } = await ask(`events?since=${known}`);
      if (version !== known || state.typing) await refresh();
      await look();
    });
    if (!heard) await new Promise((done) => setTimeout(done, PAUSE));
  }
}

function listen() {
  at("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  at("text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  });
  at("file").addEventListener("change", (event) => void sendFile(event.target, false));
  at("voice").addEventListener("change", (event) => void sendFile(event.target, true));
  at("unquote").addEventListener("click", () => quote(null));
  at("accounts").addEventListener("change", (event) => void open(event.target.value, state.from));
  at("new-person").addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = new FormData(event.target);
    const [name, from] = [fields.get("name").trim(), fields.get("from").replace(/\D/g, "")];
    if (from.length < 5 || from.length > 15) return trouble("A phone number has 5 to 15 digits.");
    state.people = [...state.people.filter((one) => one.from !== from), { from, name }];
    event.target.reset();
    void open(state.number, from);
  });
  for (const touch of ["pointerdown", "focusin"]) document.querySelector(".phone").addEventListener(touch, () => void attempt(look));
  addEventListener("focus", () => void attempt(look));
}

async function begin() {
  listen();
  drawPeople();
  while (!(await attempt(async () => (state.accounts = (await ask("accounts")).items)))) await new Promise((done) => setTimeout(done, PAUSE));
  if (state.accounts.length === 0) return trouble("No WhatsApp number is set up: the seed names none.");
  at("accounts").replaceChildren(...state.accounts.map((one) => element("option", { value: one.phone_number_id }, `${one.name} (${one.display_phone_number})`)));
  const [number, from] = location.hash.slice(1).split("/");
  const known = state.accounts.some((one) => one.phone_number_id === number);
  const anyone = /^\d{5,15}$/.test(from ?? "") ? from : PEOPLE[0].from;
  if (!state.people.some((one) => one.from === anyone)) state.people.push({ from: anyone, name: `+${anyone}` });
  await open(known ? number : state.accounts[0].phone_number_id, anyone);
  void watch();
}

void begin();
