/** One remote call: sends a script to the remote host and reads the sections of its reply. */
import type { Shell } from "../../contexts/shell.ts";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { readReply, type ReplySection } from "../../script/reply.ts";
import { remoteScript, type RemoteSite } from "../../script/remote_script.ts";
import type { Clock } from "../../environment/environment.ts";
import { STALL_LIMIT_S, type StallLimit, stallLimit } from "./stall_limit.ts";
import type { ShellText } from "../../script/shell_text.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The remote host and directory of one run. */
export interface Remote {
  readonly shell: Shell;
  readonly site: RemoteSite;
  readonly clock: Clock;
  nonce(): string;
}

/** One call; `purpose` completes the failure's summary: `Cannot ${purpose}`. */
export interface RemoteCall {
  readonly purpose: string;
  readonly body: ShellText;
  readonly stdin?: Bytes;
  /** The script continues where a directory of the run is not the user's own, and reports it. */
  readonly looks?: boolean;
  /** Its reply has a raw part. */
  readonly hasRaw?: boolean;
  /** The call fails after this time without output (s). */
  readonly patience_s?: number;
}

/** All sections of the reply. Fails where the script did not reach its end, or reports a failure. */
export async function callRemote(
  remote: Remote,
  errand: RemoteCall,
): Promise<Result<readonly ReplySection[]>> {
  const sections: ReplySection[] = [];
  for await (const part of streamRemote(remote, errand)) {
    if (!part.ok) return part;
    if ("section" in part.value) sections.push(part.value.section);
  }
  return ok(sections);
}

/** The parts of the reply as they are received; a failure is the last. */
export async function* streamRemote(
  { shell, site, clock, nonce }: Remote,
  {
    purpose,
    body,
    stdin,
    looks = false,
    hasRaw = false,
    patience_s = STALL_LIMIT_S,
  }: RemoteCall,
): AsyncGenerator<Result<{ section: ReplySection } | { raw: Bytes }>> {
  const word = nonce();
  const started = Promise.withResolvers<StallLimit>();
  const source = stdin &&
    watched(
      stdin,
      () => started.promise.then(({ progressed: moved }) => moved()),
    );
  const leaving = new AbortController();
  const opened = await shell.open(remoteScript(site, word, body, looks), {
    signal: leaving.signal,
    ...source && { stdin: source.stream },
  });
  if (!opened.ok) return yield opened;
  // A login may wait for the user at the terminal, which must not count.
  using waiting = stallLimit(patience_s, clock);
  started.resolve(waiting);
  waiting.isOver.then(() => leaving.abort());
  const { stdout, stderr, exit } = opened.value;
  const output = lastText(stderr);
  const message =
    async () => (await Promise.race([output.end, waiting.isOver]),
      output.text());
  const last = { word: "" };
  for await (const part of readReply(waiting.watch(stdout), word)) {
    last.word = "section" in part ? part.section.header[0]! : "raw";
    if (last.word === "raw" && !hasRaw) {
      leaving.abort();
      return yield fail(
        invalidReply(purpose, "an archive that was not asked for"),
      );
    }
    if ("section" in part && Object.hasOwn(SCRIPT_ERRORS, last.word)) {
      const cause = source?.broken() ?? null;
      return yield fail(
        cause === null
          ? scriptFailure(purpose, part.section, {
            // A command that prints without end may never end by itself.
            said: last.word === "too_long" ? "" : await message(),
            place: shell.local ? site.root : `${site.root} on the remote host`,
          })
          : unreadable(purpose, cause),
      );
    }
    yield ok(part);
  }
  const ended = await Promise.race([waiting.isOver, exit]);
  const cause = source?.broken() ?? null;
  if (cause !== null) return yield fail(unreadable(purpose, cause));
  if (ended?.ok === false) return yield fail(ended.error.failure);
  // The script has reached its end, even where a background process keeps the connection open.
  if (last.word === "end") return;
  yield fail(
    ended === null ? silent(purpose, patience_s, output.text().trim()) : {
      kind: "connection",
      summary: `Cannot ${purpose}`,
      detail: (await message()).trim() ||
        `the script ended with exit code ${ended.value} before its end`,
      isRetryable: true,
    },
  );
}

/** The reply cannot be understood. `isRetryable`: the next one may be complete. */
export function invalidReply(
  purpose: string,
  problem: string,
  isRetryable = true,
): Failure {
  return {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail: `the reply cannot be understood: ${problem}`,
    hint:
      "Check what the login shell and its commands print; `dpdisp doctor` shows it",
    isRetryable,
  };
}

function silent(purpose: string, seconds: number, message: string): Failure {
  return {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail: `the script there said nothing for ${seconds} s${
      message === "" ? "" : `; its last words were: ${message}`
    }`,
    hint:
      "A command, a login script or a file system that hangs there is a common cause; `dpdisp doctor` looks at them",
    isRetryable: true,
  };
}

/** The stream, and what broke it on this side: to the far side that looks like an end. */
function watched(
  stream: Bytes,
  moved: () => void,
): { readonly stream: Bytes; readonly broken: () => unknown } {
  const reader = stream.getReader();
  const seen = { cause: null as unknown };
  return {
    broken: () => seen.cause,
    stream: new ReadableStream({
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          moved();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (cause) {
          seen.cause = cause;
          controller.error(cause);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    }),
  };
}

function unreadable(purpose: string, cause: unknown): Failure {
  return {
    kind: "transfer",
    summary: `Cannot ${purpose}`,
    detail: cause instanceof Error ? cause.message : String(cause),
    isRetryable: false,
  };
}

/** Sections by which a script reports a failure. */
const SCRIPT_ERRORS: Readonly<
  Record<string, (section: ReplySection, place: string) => Partial<Failure>>
> = {
  failed: (_, place) => ({
    kind: "transfer",
    hint: `Fix this in ${place}, then run the same command again`,
  }),
  command_not_found: ({ header }) => ({
    kind: "scheduler",
    detail: `command not found: ${header.slice(1).join(" ")}`,
    hint:
      "No job was submitted. If the command needs another PATH or has another name, set it in machine.commands; `dpdisp doctor` shows what a login shell finds",
  }),
  incomplete: () => ({
    kind: "transfer",
    detail: "the upload was incomplete",
    isRetryable: true,
  }),
  not_now: () => ({ kind: "scheduler", isRetryable: true }),
  too_long: () => ({
    detail: "a command on the remote host prints without end",
    hint: "Check what the login shell and its commands print",
  }),
  lease_taken: () => ({
    kind: "connection",
    detail: "another dpdisp process has taken over the lease of this run",
    hint: "Run the same command again to attach to it",
  }),
  unsafe: ({ header, text }) => ({
    kind: "input",
    detail: `${text.replace(/\n$/, "")} ${unsafeWords(header.slice(1))}`,
    hint: unsafeAdvice,
  }),
  other_run: ({ header }) => ({
    kind: "input",
    detail: `the remote directory belongs to another run (${header[1]})`,
    hint: "Run the same command again",
  }),
};

/** The end of a sentence about a directory, from a section `unsafe REASON OWNER`. */
export function unsafeWords([reason, owner]: readonly string[]): string {
  switch (reason) {
    case "other_owner":
      return `belongs to another user (uid ${owner}), who could run any command as you`;
    case "writable_by_others":
      return "is writable by other users, who could run any command as you";
    case "link":
      return "is a symlink, where a directory of this run was expected";
    default:
      return "is not a directory";
  }
}

/** No command was run in the directory and no file was written. */
export const unsafeAdvice =
  "Check who created it and what it contains; then remove it, or set a remote_root (in place: a work_base) that only you can write";

function scriptFailure(
  purpose: string,
  section: ReplySection,
  { said: message, place }: { readonly said: string; readonly place: string },
): Failure {
  const detail = message.trim() || "no error message";
  const base = {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail,
    isRetryable: false,
  } as const;
  return { ...base, ...SCRIPT_ERRORS[section.header[0]!]!(section, place) };
}

/** The end of a script's stderr, limited in length. */
function lastText(
  stream: Bytes,
): { readonly text: () => string; readonly end: Promise<void> } {
  const output = { text: "" };
  const read = async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      output.text = (output.text + chunk).slice(-4000);
    }
  };
  // A stream that breaks has nothing more to read.
  return { text: () => output.text, end: read().catch(() => {}) };
}
