/** One trip: a script goes there, its sections come back. */
import type { Shell } from "../../contexts/shell.ts";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { readReply, type ReplySection } from "../../script/reply.ts";
import { remoteScript, type RemoteSite } from "../../script/remote_script.ts";
import type { Clock } from "../../environment/environment.ts";
import { STALL_LIMIT_S, type StallLimit, stallLimit } from "./stall_limit.ts";
import type { ShellText } from "../../script/shell_text.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The far side of one submission, and how to name what is asked of it. */
export interface Remote {
  readonly shell: Shell;
  readonly site: RemoteSite;
  readonly clock: Clock;
  nonce(): string;
}

/** What a trip is for, in the words of a failure: `Cannot ${purpose}`. */
export interface RemoteCall {
  readonly purpose: string;
  readonly body: ShellText;
  readonly stdin?: Bytes;
  /** A directory of the run that is not the user's own is no reason to stop: the script tells of it. */
  readonly looks?: boolean;
  /** Its reply has a raw part. */
  readonly hasRaw?: boolean;
  /** What is silent for longer (s) is given up. */
  readonly patience_s?: number;
}

/** All sections of the reply. Fails where the script did not come to its end, or says that it failed. */
export async function callRemote(
  far: Remote,
  errand: RemoteCall,
): Promise<Result<readonly ReplySection[]>> {
  const sections: ReplySection[] = [];
  for await (const part of streamRemote(far, errand)) {
    if (!part.ok) return part;
    if ("section" in part.value) sections.push(part.value.section);
  }
  return ok(sections);
}

/** The parts of the reply as they come; a failure is the last. */
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
    watched(stdin, () => started.promise.then(({ moved }) => moved()));
  const leaving = new AbortController();
  const opened = await shell.open(remoteScript(site, word, body, looks), {
    signal: leaving.signal,
    ...source && { stdin: source.stream },
  });
  if (!opened.ok) return yield opened;
  // To log in may take somebody's time at the terminal.
  using waiting = stallLimit(patience_s, clock);
  started.resolve(waiting);
  waiting.isOver.then(() => leaving.abort());
  const { stdout, stderr, exit } = opened.value;
  const heard = lastText(stderr);
  const said =
    async () => (await Promise.race([heard.end, waiting.isOver]), heard.text());
  const last = { word: "" };
  for await (const part of readReply(waiting.watch(stdout), word)) {
    last.word = "section" in part ? part.section.header[0]! : "raw";
    if (last.word === "raw" && !hasRaw) {
      leaving.abort();
      return yield fail(
        senselessReply(purpose, "an archive that was not asked for"),
      );
    }
    if ("section" in part && Object.hasOwn(SCRIPT_ERRORS, last.word)) {
      const cause = source?.broken() ?? null;
      return yield fail(
        cause === null
          ? scriptFailure(purpose, part.section, {
            // Who prints without end may not end by itself.
            said: last.word === "endless" ? "" : await said(),
            place: shell.local ? site.root : `${site.root} on its machine`,
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
  // Whatever stays behind there, the script has come to its end.
  if (last.word === "end") return;
  yield fail(
    ended === null ? silent(purpose, patience_s, heard.text().trim()) : {
      kind: "connection",
      summary: `Cannot ${purpose}`,
      detail: (await said()).trim() ||
        `the script ended with exit code ${ended.value} before its end`,
      isRetryable: true,
    },
  );
}

/** What came is no answer to what was asked. `again`: it may be one the next time. */
export function senselessReply(
  purpose: string,
  saw: string,
  again = true,
): Failure {
  return {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail: `the reply makes no sense: ${saw}`,
    hint:
      "See what the login shell and its commands print; `dpdisp doctor` looks at them",
    isRetryable: again,
  };
}

function silent(purpose: string, seconds: number, said: string): Failure {
  return {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail: `the script there said nothing for ${seconds} s${
      said === "" ? "" : `; its last words were: ${said}`
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

/** Sections by which a script says that it could not do its work. */
const SCRIPT_ERRORS: Readonly<
  Record<string, (section: ReplySection, place: string) => Partial<Failure>>
> = {
  failed: (_, place) => ({
    kind: "transfer",
    hint: `See to it in ${place}, and run the same command again`,
  }),
  absent: ({ header }) => ({
    kind: "scheduler",
    detail: `there is no command "${header.slice(1).join(" ")}"`,
    hint:
      "Nothing was handed over now. Where it needs another PATH or bears another name, say so in machine.commands; `dpdisp doctor` tells what a login shell finds",
  }),
  torn: () => ({
    kind: "transfer",
    detail: "what was sent did not arrive whole",
    isRetryable: true,
  }),
  endless: () => ({
    detail: "what is printed there has no end",
    hint: "See what the login shell and its commands print",
  }),
  held: () => ({
    kind: "connection",
    detail: "another dpdisp has taken this submission over",
    hint: "Run the same command again to follow it",
  }),
  unsafe: ({ header, text }) => ({
    kind: "input",
    detail: `${text.replace(/\n$/, "")} ${unsafeWords(header.slice(1))}`,
    hint: unsafeAdvice,
  }),
  foreign: ({ header }) => ({
    kind: "input",
    detail: `the folder there belongs to another run (${header[1]})`,
    hint: "Run the same command again",
  }),
};

/** Of a section `unsafe WHY OWNER`, as the end of a sentence about the directory. */
export function unsafeWords([why, owner]: readonly string[]): string {
  switch (why) {
    case "owner":
      return `belongs to another user (uid ${owner}), who could make jobs run what they like as you`;
    case "loose":
      return "can be written by other users, who could make jobs run what they like as you";
    case "link":
      return "is a symlink, where a directory of this run was expected";
    default:
      return "is no directory";
  }
}

/** Nothing was run from there, nor written into it. */
export const unsafeAdvice =
  "See who made it and what is in it; then remove it, or set another remote_root (in place: another work_base) that only you can write";

function scriptFailure(
  purpose: string,
  section: ReplySection,
  { said, place }: { readonly said: string; readonly place: string },
): Failure {
  const saw = said.trim() || "no word about it";
  const base = {
    kind: "connection",
    summary: `Cannot ${purpose}`,
    detail: saw,
    isRetryable: false,
  } as const;
  return { ...base, ...SCRIPT_ERRORS[section.header[0]!]!(section, place) };
}

/** The end of what a script says on stderr: enough to show, whatever its length. */
function lastText(
  stream: Bytes,
): { readonly text: () => string; readonly end: Promise<void> } {
  const heard = { text: "" };
  const read = async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      heard.text = (heard.text + chunk).slice(-4000);
    }
  };
  // A stream that breaks has said all that it had to say.
  return { text: () => heard.text, end: read().catch(() => {}) };
}
