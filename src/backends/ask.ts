/** One trip: a script goes there, its sections come back. */
import type { Shell } from "../contexts/shell.ts";
import { fail, type Failure, ok, type Result } from "../result.ts";
import { readParts, type Section } from "../script/reply.ts";
import { remoteScript, type Site } from "../script/remote.ts";
import type { ShellText } from "../schedulers/scheduler.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The far side of one submission, and how to name what is asked of it. */
export interface Far {
  readonly shell: Shell;
  readonly site: Site;
  nonce(): string;
}

/** What a trip is for, in the words of a failure: `Cannot ${purpose}`. */
export interface Errand {
  readonly purpose: string;
  readonly body: ShellText;
  readonly stdin?: Bytes;
}

/** A reply whose raw part, if it has one, is read by `raw` while it comes. */
export interface Reading {
  readonly onSection?: (section: Section) => void;
  readonly onRaw?: (raw: Bytes) => Promise<void>;
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
  { shell, site, nonce }: Far,
  { purpose, body, stdin }: Errand,
): AsyncGenerator<Result<{ section: Section } | { raw: Bytes }>> {
  const word = nonce();
  const opened = await shell.open(
    remoteScript(site, word, body),
    stdin ? { stdin } : {},
  );
  if (!opened.ok) return yield opened;
  const { stdout, stderr, exit } = opened.value;
  const said = lastText(stderr);
  let last: readonly string[] = [];
  for await (const part of readParts(stdout, word)) {
    yield ok(part);
    last = "section" in part ? part.section.words : ["raw"];
    if ("section" in part && STOPS[last[0]!]) {
      return yield fail(stopped(purpose, part.section, await said));
    }
  }
  const ended = await exit;
  if (!ended.ok) return yield fail(ended.error.failure);
  if (last[0] === "end" || (last[0] === "raw" && ended.value === 0)) return;
  yield fail({
    kind: last[0] === "raw" ? "transfer" : "connection",
    tried: `Cannot ${purpose}`,
    saw: (await said).trim() ||
      `the script ended with exit code ${ended.value} before its end`,
    again: true,
  });
}

/** Sections by which a script says that it could not do its work. */
const STOPS: Readonly<Record<string, (section: Section) => Partial<Failure>>> =
  {
    failed: () => ({ kind: "transfer" }),
    held: () => ({
      kind: "connection",
      saw: "another dpdisp has taken this submission over",
      advice: "Run the same command again to follow it",
    }),
    foreign: ({ words }) => ({
      kind: "input",
      saw: `the folder there belongs to another run (${words[1]})`,
      advice: "Run the same command again",
    }),
  };

function stopped(purpose: string, section: Section, said: string): Failure {
  const saw = said.trim() || "no word about it";
  const base = {
    kind: "connection",
    tried: `Cannot ${purpose}`,
    saw,
    again: false,
  } as const;
  return { ...base, ...STOPS[section.words[0]!]!(section) };
}

/** The end of what a script says on stderr: enough to show, whatever its length. */
async function lastText(stream: Bytes): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text = (text + chunk).slice(-4000);
  }
  return text;
}
