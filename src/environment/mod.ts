/** The real outside. */
import type {
  Clock,
  Environment,
  SoftLimits,
  Terminal,
} from "./environment.ts";
import { currentDirectory, environmentVariable } from "./bytes_names.ts";
import { localFiles } from "./local_files.ts";
import { promptTerminal } from "./prompt.ts";
import { localJournalStore } from "./journal_store.ts";
import { terminalOf } from "./terminal.ts";
import { localTrustStore } from "./trust_store.ts";

export function realEnvironment(): Environment {
  const env = environmentVariable;
  return {
    files: localFiles,
    clock: realClock,
    random: randomText,
    env,
    cwd: currentDirectory(),
    get host() {
      return Deno.hostname();
    },
    pid: Deno.pid,
    get softLimits() {
      return softLimits(env("DPDISP_LIMITS") ?? "");
    },
    isAlive,
    terminal: realTerminal(),
    journals: localJournalStore(env),
    trustStore: localTrustStore(env),
  };
}

const realClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      // What a timer can hold: 2^31 - 1 ms; longer ones would ring at once.
      const timer = setTimeout(end, Math.max(0, Math.min(ms, 2 ** 31 - 1)));
      signal?.addEventListener("abort", end);
    }),
};

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Each byte above the last whole multiple of 36 is thrown away, so that no letter is likelier. */
function randomText(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(2 * length + 8));
  const letters = [...bytes].filter((byte) => byte < 252)
    .map((byte) => LETTERS[byte % 36]);
  const text = letters.slice(0, length).join("");
  return text.length === length ? text : randomText(length);
}

/** What the launcher (scripts/dpdisp.sh) noted before it raised a limit: `open_files=1024 address_space=8388608`. */
function softLimits(noted: string): SoftLimits {
  const value = (name: string) => {
    const digits = new RegExp(`(?:^| )${name}=(\\d+)`).exec(noted)?.[1];
    return digits === undefined ? null : Number(digits);
  };
  return {
    openFiles: value("open_files") ?? openFilesOf(Deno.ppid),
    addressSpace: value("address_space"),
  };
}

/** Deno raises its own soft limit at start; the parent still has the one that jobs should start with. */
function openFilesOf(pid: number): number | null {
  const text = readProc(`/proc/${pid}/limits`);
  // man 5 proc: `Max open files  1024  524288  files`, the soft limit first.
  const soft = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return soft === undefined ? null : Number(soft);
}

/** Files of /proc have no size; "" where there is none. */
function readProc(path: string): string {
  return localFiles.stat(path) === null ? "" : Deno.readTextFileSync(path);
}

function isAlive(pid: number): boolean {
  if (Deno.build.os === "linux") {
    return localFiles.stat(`/proc/${pid}`) !== null;
  }
  const options = { args: ["-0", String(pid)], env: { LC_ALL: "C" } };
  const { success, stderr } = new Deno.Command("kill", options).outputSync();
  // Another user's process lives too, and may not be signalled.
  return success || !/no such process/i.test(new TextDecoder().decode(stderr));
}

function realTerminal(): Terminal {
  const terminal = Deno.stderr.isTerminal() &&
    environmentVariable("TERM") !== "dumb";
  return terminalOf({
    out: (text) => writeAll(Deno.stdout, text),
    err: (text) => writeAll(Deno.stderr, text),
    columns: () => terminal ? columnsNow() : null,
    ask: promptTerminal,
    // https://no-color.org: any value but the empty one.
    color: terminal && !environmentVariable("NO_COLOR"),
  });
}

/** 0 where the terminal does not say. */
function columnsNow(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 0;
  }
}

type Sink = Pick<typeof Deno.stdout, "writeSync">;

/** Why not all could be written: a closed pipe, a full disk, a terminal that was hung up. Null: it was. */
function writeAll(sink: Sink, text: string): string | null {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let sent = 0; sent < bytes.length;) {
      sent += writeSome(sink, bytes.subarray(sent));
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function writeSome(sink: Sink, bytes: Uint8Array): number {
  try {
    return sink.writeSync(bytes);
  } catch (error) {
    if (error instanceof Deno.errors.WouldBlock) return waitForReader();
    throw error;
  }
}

/** A pipe that someone else made non-blocking is full. */
function waitForReader(): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  return 0;
}
