/** One trip: a script goes there, its sections come back. */
import type { Shell } from "../contexts/shell.ts";
import { fail, type Failure, ok, type Result } from "../result.ts";
import { readParts, type Section } from "../script/reply.ts";
import { remoteScript, type Site } from "../script/remote.ts";
import type { ShellText } from "../schedulers/scheduler.ts";
import type { Clockwork } from "../world.ts";
import { type Patience, patience, PATIENCE_S } from "./patience.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The far side of one submission, and how to name what is asked of it. */
export interface Far {
  readonly shell: Shell;
  readonly site: Site;
  readonly clock: Clockwork;
  nonce(): string;
}

/** What a trip is for, in the words of a failure: `Cannot ${purpose}`. */
export interface Errand {
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
export async function ask(
  far: Far,
  errand: Errand,
): Promise<Result<readonly Section[]>> {
  const sections: Section[] = [];
  for await (const part of askParts(far, errand)) {
    if (!part.ok) return part;
    if ("section" in part.value) sections.push(part.value.section);
  }
  return ok(sections);
}

/** The parts of the reply as they come; a failure is the last. */
export async function* askParts(
  { shell, site, clock, nonce }: Far,
  {
    purpose,
    body,
    stdin,
    looks = false,
    hasRaw = false,
    patience_s = PATIENCE_S,
  }: Errand,
): AsyncGenerator<Result<{ section: Section } | { raw: Bytes }>> {
  const word = nonce();
  const started = Promise.withResolvers<Patience>();
  const source = stdin &&
    watched(stdin, () => started.promise.then(({ moved }) => moved()));
  const leaving = new AbortController();
  const opened = await shell.open(remoteScript(site, word, body, looks), {
    signal: leaving.signal,
    ...source && { stdin: source.stream },
  });
  if (!opened.ok) return yield opened;
  // To log in may take somebody's time at the terminal.
  using waiting = patience(patience_s, clock);
  started.resolve(waiting);
  waiting.isOver.then(() => leaving.abort());
  const { stdout, stderr, exit } = opened.value;
  const heard = lastText(stderr);
  const said =
    async () => (await Promise.race([heard.end, waiting.isOver]), heard.text());
  const last = { word: "" };
  for await (const part of readParts(waiting.watch(stdout), word)) {
    last.word = "section" in part ? part.section.words[0]! : "raw";
    if (last.word === "raw" && !hasRaw) {
      leaving.abort();
      return yield fail(
        senseless(purpose, "an archive that was not asked for"),
      );
    }
    if ("section" in part && Object.hasOwn(STOPS, last.word)) {
      const cause = source?.broken() ?? null;
      return yield fail(
        cause === null
          ? stopped(purpose, part.section, {
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
      tried: `Cannot ${purpose}`,
      saw: (await said()).trim() ||
        `the script ended with exit code ${ended.value} before its end`,
      again: true,
    },
  );
}

/** What came is no answer to what was asked. `again`: it may be one the next time. */
export function senseless(
  purpose: string,
  saw: string,
  again = true,
): Failure {
  return {
    kind: "connection",
    tried: `Cannot ${purpose}`,
    saw: `the reply makes no sense: ${saw}`,
    advice:
      "See what the login shell and its commands print; `dpdisp doctor` looks at them",
    again,
  };
}

function silent(purpose: string, seconds: number, said: string): Failure {
  return {
    kind: "connection",
    tried: `Cannot ${purpose}`,
    saw: `the script there said nothing for ${seconds} s${
      said === "" ? "" : `; its last words were: ${said}`
    }`,
    advice:
      "A command, a login script or a file system that hangs there is a common cause; `dpdisp doctor` looks at them",
    again: true,
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
    tried: `Cannot ${purpose}`,
    saw: cause instanceof Error ? cause.message : String(cause),
    again: false,
  };
}

/** Sections by which a script says that it could not do its work. */
const STOPS: Readonly<
  Record<string, (section: Section, place: string) => Partial<Failure>>
> = {
  failed: (_, place) => ({
    kind: "transfer",
    advice: `See to it in ${place}, and run the same command again`,
  }),
  absent: ({ words }) => ({
    kind: "scheduler",
    saw: `there is no command "${words.slice(1).join(" ")}"`,
    advice:
      "Nothing was handed over now. Where it needs another PATH or bears another name, say so in machine.commands; `dpdisp doctor` tells what a login shell finds",
  }),
  torn: () => ({
    kind: "transfer",
    saw: "what was sent did not arrive whole",
    again: true,
  }),
  endless: () => ({
    saw: "what is printed there has no end",
    advice: "See what the login shell and its commands print",
  }),
  held: () => ({
    kind: "connection",
    saw: "another dpdisp has taken this submission over",
    advice: "Run the same command again to follow it",
  }),
  unsafe: ({ words, text }) => ({
    kind: "input",
    saw: `${text.replace(/\n$/, "")} ${unsafeWords(words.slice(1))}`,
    advice: unsafeAdvice,
  }),
  foreign: ({ words }) => ({
    kind: "input",
    saw: `the folder there belongs to another run (${words[1]})`,
    advice: "Run the same command again",
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

function stopped(
  purpose: string,
  section: Section,
  { said, place }: { readonly said: string; readonly place: string },
): Failure {
  const saw = said.trim() || "no word about it";
  const base = {
    kind: "connection",
    tried: `Cannot ${purpose}`,
    saw,
    again: false,
  } as const;
  return { ...base, ...STOPS[section.words[0]!]!(section, place) };
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
