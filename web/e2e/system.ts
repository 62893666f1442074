// The whole system on this machine: the one at BASE_URL, or one of our own in a folder of its own.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
/** A cold start on a busy machine; ms. */
const READY_WITHIN = 120_000;

export interface System {
  origin: string;
  stop: () => Promise<void>;
}

export async function system(): Promise<System> {
  const running = process.env["SWITCHBOARD_ORIGIN"];
  if (running !== undefined && running !== "") return { origin: running.replace(/\/$/, ""), stop: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), "switchboard-e2e-"));
  const binary = join(process.env["CARGO_TARGET_DIR"] ?? join(ROOT, "target"), "debug/local");
  const settings = { SWITCHBOARD_LISTEN: "127.0.0.1:0", SWITCHBOARD_DATA_DIR: folder };
  const child = spawn(binary, [], { cwd: ROOT, env: { ...process.env, ...settings }, stdio: ["ignore", "pipe", "pipe"] });
  const stop = async () => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { origin: await ready(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads the address that it prints once it is ready. */
function ready(child: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    let [said, complaints] = ["", ""];
    const late = setTimeout(() => failed(new Error(`not ready in time: ${said}\n${complaints}`)), READY_WITHIN);
    child.stdout?.on("data", (text: Buffer) => {
      said += text.toString();
      const address = /ready on (http:\/\/\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(late);
      done(address.replace(/\/$/, ""));
    });
    child.stderr?.on("data", (text: Buffer) => {
      complaints = (complaints + text.toString()).slice(-4_000);
    });
    child.on("error", failed);
    child.on("exit", (code) => failed(new Error(`it ended with ${String(code)}: ${complaints}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((done) => {
    child.removeAllListeners("exit");
    child.on("exit", () => done());
    child.kill("SIGTERM");
  });
}
