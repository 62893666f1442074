// A stand-in for WhatsApp's Graph API that takes every message: what the road needs of it, and no more.
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Graph {
  url: string;
  close: () => Promise<void>;
}

export async function graph(): Promise<Graph> {
  const server: Server = createServer((asked, answer) => {
    asked.resume();
    asked.on("end", () => {
      const isSend = asked.method === "POST" && /\/messages$/.test(asked.url ?? "");
      answer.writeHead(isSend ? 200 : 404, { "content-type": "application/json" });
      answer.end(JSON.stringify(isSend ? { messaging_product: "whatsapp", contacts: [], messages: [{ id: `wamid.${randomUUID()}` }] } : {}));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((done) => server.close(() => done())) };
}
