/** A remote host in a temporary directory, which runs the scripts that dpdisp sends. */
import { noAnswers } from "../../src/backends/shell/host_answers.ts";
import {
  callRemote,
  type Remote,
} from "../../src/backends/shell/call_remote.ts";
import { LOADER, type Shell, type Stream } from "../../src/contexts/shell.ts";
import type { Result } from "../../src/text/result.ts";
import {
  RUN_SUBDIRECTORIES,
  runDirectory,
} from "../../src/script/remote_layout.ts";
import { quote } from "../../src/script/quote.ts";
import { realEnvironment } from "../../src/environment/mod.ts";
import type { RemoteSite } from "../../src/script/remote_script.ts";
import type { ReplySection } from "../../src/script/reply.ts";
import { localShell } from "../../src/contexts/local/mod.ts";

export type Bytes = Uint8Array<ArrayBuffer>;
export type ByteStream = ReadableStream<Bytes>;

export const KEY = "0123abcd-4567cdef";
export const TOKEN = "me";

/** Shells that a remote host may have as `sh`: the words that start them. */
export const SHELLS: readonly (readonly string[])[] = [
  ["dash"],
  ["bash"],
  ["bash", "--posix"],
  ["busybox", "sh"],
  ["ksh"],
  ["zsh", "--emulate", "sh"],
];

export interface RemoteHost extends AsyncDisposable {
  readonly root: string;
  /** The run directory. */
  readonly runDir: string;
  readonly site: RemoteSite;
  readonly remote: Remote;
  /** Runs a script as the session `token`; throws where it does not come to its end. */
  ask(
    body: string,
    token?: string,
    stdin?: Bytes,
  ): Promise<readonly ReplySection[]>;
  tryAsk(
    body: string,
    token?: string,
    stdin?: Bytes,
  ): Promise<Result<readonly ReplySection[]>>;
  /** A file in the run directory, or "". */
  read(path: string): string;
  write(path: string, text: string): void;
}

/** A remote host with a run directory whose lease is held by `TOKEN`, or an empty root (`bare`). */
export function openRemoteHost(
  { bare = false, shell = localShell(null), commandLimit_s = 60 }: {
    readonly commandLimit_s?: number;
    readonly bare?: boolean;
    readonly shell?: Shell;
  } = {},
): RemoteHost {
  const top = Deno.realPathSync(Deno.makeTempDirSync());
  const root = `${top}/far 'side'\n$HOME`;
  const runDir = runDirectory(root, KEY);
  if (!bare) {
    for (const name of RUN_SUBDIRECTORIES) {
      Deno.mkdirSync(`${runDir}/${name}`, { recursive: true });
    }
    Deno.writeTextFileSync(`${runDir}/run_id`, "run1\n");
    Deno.writeTextFileSync(`${runDir}/lease.${TOKEN}`, `${TOKEN}\nhere 1\n`);
    Deno.symlinkSync(`lease.${TOKEN}`, `${runDir}/lease`);
  }
  const remoteAs = (token: string): Remote => ({
    shell,
    site: {
      ...{ root, key: KEY, token, holderName: `here ${token}` },
      ...{ guarded: "root", commands: [], commandLimit_s },
    },
    clock: realEnvironment().clock,
    answers: noAnswers(),
    waits: new Set(),
    nonce: () => crypto.randomUUID().slice(0, 8),
  });
  const tryAsk: RemoteHost["tryAsk"] = (body, token = TOKEN, stdin) =>
    callRemote(remoteAs(token), {
      purpose: "try",
      body,
      ...(stdin && { stdin: streamOf(stdin) }),
    });
  return {
    root,
    runDir,
    site: remoteAs(TOKEN).site,
    remote: remoteAs(TOKEN),
    tryAsk,
    async ask(...question) {
      const reply = await tryAsk(...question);
      if (reply.ok) return reply.value;
      throw new Error(JSON.stringify(reply.error));
    },
    read: (path) => readOr(`${runDir}/${path}`, ""),
    write: (path, text) => Deno.writeTextFileSync(`${runDir}/${path}`, text),
    async [Symbol.asyncDispose]() {
      await removeDirectory(top);
    },
  };
}

/** A script whose connection was cut may still write for a moment. */
async function removeDirectory(path: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

export function readOr<T>(path: string, other: T): string | T {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return other;
  }
}

/** The names in a directory, sorted. */
export function namesIn(runDir: string): readonly string[] {
  return [...Deno.readDirSync(runDir)].map(({ name }) => name).sort();
}

export function streamOf(bytes: Bytes): ByteStream {
  return new Blob([bytes]).stream();
}

/** All bytes of a stream. */
export async function bytesOf(stream: ByteStream): Promise<Bytes> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Sections as text, by their header. */
export function sectionTexts(
  sections: readonly ReplySection[],
): Record<string, string> {
  return Object.fromEntries(
    sections.map(({ header, text }) => [header.join(" "), text]),
  );
}

/** The same host, with another `sh`. */
export function withShell(words: readonly string[], inner: Shell): Shell {
  const name = words.map(quote).join(" ");
  return {
    ...inner,
    open: (script, io) => inner.open(`exec ${name} -c ${quote(script)}`, io),
  };
}

/** The same host, with a login banner and a logout message around the output of scripts. */
export function withBanner(inner: Shell): Shell {
  const noise = (text: string) => new TextEncoder().encode(text);
  return changed(inner, ({ stdout, ...rest }) => ({
    ...rest,
    stdout: wrapped(
      noise("Welcome!\n\n@@ motd\n$ "),
      stdout,
      noise("\nlogout\0\n@@ bye"),
    ),
  }));
}

/** The same host, with a connection that breaks after so many bytes of stdout. */
export function cutAfter(count: number, inner: Shell): Shell {
  return changed(inner, ({ stdout, stderr }) => ({
    stdout: firstOf(count, stdout),
    stderr,
    exit: Promise.resolve({
      ok: false,
      error: {
        sent: true,
        failure: {
          kind: "connection",
          summary: "Cannot hear the far side",
          detail: "cut",
          isRetryable: true,
        },
      },
    }),
  }));
}

function changed(inner: Shell, change: (stream: Stream) => Stream): Shell {
  return {
    ...inner,
    async open(script, io) {
      const opened = await inner.open(script, io);
      return opened.ok ? { ok: true, value: change(opened.value) } : opened;
    },
  };
}

function wrapped(before: Bytes, stream: ByteStream, after: Bytes): ByteStream {
  return stream.pipeThrough(
    new TransformStream({
      start: (controller) => controller.enqueue(before),
      flush: (controller) => controller.enqueue(after),
    }),
  );
}

function firstOf(count: number, stream: ByteStream): ByteStream {
  const left = { count };
  return stream.pipeThrough(
    new TransformStream<Bytes, Bytes>({
      transform(chunk, controller) {
        const part = chunk.subarray(0, left.count);
        left.count -= part.length;
        if (part.length > 0) controller.enqueue(part);
        if (left.count === 0) controller.terminate();
      },
    }),
  );
}

/** The output of a program; its stdin is `stdin`. */
export async function run(
  [program, ...args]: readonly string[],
  { stdin = "", env = {} }: {
    readonly stdin?: string | Bytes;
    readonly env?: Record<string, string>;
  } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = new Deno.Command(program!, {
    args: [...args],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const fed = streamOf(
    typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin,
  ).pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await fed;
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** A directory of programs that is first on PATH, and the PATH. */
export function shims(programs: Record<string, string>): string {
  const runDir = Deno.makeTempDirSync();
  for (const [name, text] of Object.entries(programs)) {
    Deno.writeTextFileSync(`${runDir}/${name}`, `#!/bin/sh\n${text}\n`);
    Deno.chmodSync(`${runDir}/${name}`, 0o755);
  }
  return `${runDir}:${Deno.env.get("PATH")}`;
}

export { LOADER };
