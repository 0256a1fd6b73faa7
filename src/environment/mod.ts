/** The environment of the running program. */
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
  elapsed: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      // The longest timer is 2^31 - 1 ms; a longer one would end at once.
      const timer = setTimeout(end, Math.max(0, Math.min(ms, 2 ** 31 - 1)));
      signal?.addEventListener("abort", end);
    }),
};

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Bytes above the last whole multiple of 36 are dropped, so that all letters are equally likely. */
function randomText(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(2 * length + 8));
  const letters = [...bytes].filter((byte) => byte < 252)
    .map((byte) => LETTERS[byte % 36]);
  const text = letters.slice(0, length).join("");
  return text.length === length ? text : randomText(length);
}

/** `recorded` is what the launcher (scripts/dpdisp.sh) recorded before it raised a limit: `open_files=1024 address_space=8388608`. */
function softLimits(recorded: string): SoftLimits {
  const value = (name: string) => {
    const digits = new RegExp(`(?:^| )${name}=(\\d+)`).exec(recorded)?.[1];
    return digits === undefined ? null : Number(digits);
  };
  return {
    openFiles: value("open_files") ?? openFilesOf(Deno.ppid),
    addressSpace: value("address_space"),
  };
}

/** Deno raises its own soft limit at start; the parent process still has the limit that jobs should get. */
function openFilesOf(pid: number): number | null {
  const text = readProc(`/proc/${pid}/limits`);
  // proc(5): `Max open files  1024  524288  files`, the soft limit first.
  const soft = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return soft === undefined ? null : Number(soft);
}

/** `localFiles.read` reads files of /proc as empty, because their size is 0. "" where there is no such file. */
function readProc(path: string): string {
  return localFiles.stat(path) === null ? "" : Deno.readTextFileSync(path);
}

function isAlive(pid: number): boolean {
  if (Deno.build.os === "linux") {
    return localFiles.stat(`/proc/${pid}`) !== null;
  }
  const options = { args: ["-0", String(pid)], env: { LC_ALL: "C" } };
  const { success, stderr } = new Deno.Command("kill", options).outputSync();
  // `kill` also fails for a running process of another user.
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
    // https://no-color.org: any value except the empty one.
    color: terminal && !environmentVariable("NO_COLOR"),
  });
}

/** 0 where the terminal does not report its width. */
function columnsNow(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 0;
  }
}

type Sink = Pick<typeof Deno.stdout, "writeSync">;

/** Null where all was written, otherwise the reason: a closed pipe, a full disk, a terminal that was closed. */
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

/** Called where a pipe that another process made non-blocking is full. */
function waitForReader(): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  return 0;
}
