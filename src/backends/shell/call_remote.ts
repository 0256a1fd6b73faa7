/** One remote call: sends a script to the remote host and reads the sections of its reply. */
import type { Shell } from "../../contexts/shell.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import { readReply, type ReplySection } from "../../script/reply.ts";
import { remoteScript, type RemoteSite } from "../../script/remote_script.ts";
import type { Clock } from "../../environment/environment.ts";
import {
  connectionEnded,
  invalidReply,
  isScriptError,
  notStarted,
  scriptFailure,
  silent,
  unreadable,
} from "./call_failures.ts";
import { type HostAnswers, mayPass } from "./host_answers.ts";
import { ASKING } from "../../script/command_limit.ts";
import type { Wait } from "../../model/backend_messages.ts";
import type { RootPresence } from "./root_presence.ts";
import { excerpt, gatherEnds } from "../../text/excerpt.ts";
import { STALL_LIMIT_S, type StallLimit, stallLimit } from "./stall_limit.ts";
import type { ShellText } from "../../script/shell_text.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The remote host and directory of one run. */
export interface Remote {
  readonly shell: Shell;
  readonly site: RemoteSite;
  readonly clock: Clock;
  readonly answers: HostAnswers;
  /** What calls wait for now. */
  readonly waits: Set<Wait>;
  nonce(): string;
  /** Absent: whether the root is there does not matter. */
  readonly presence?: RootPresence;
}

/** One call; `purpose` completes the failure's summary: `Cannot ${purpose}`. */
export interface RemoteCall {
  readonly purpose: string;
  readonly body: ShellText;
  readonly stdin?: Bytes;
  /** The script itself checks that the directories of the run are the user's own, where it has to. */
  readonly checksOwner?: boolean;
  /** Its reply has a raw part. */
  readonly hasRaw?: boolean;
  /** The call fails after this time without output (s). */
  readonly patience_s?: number;
  /** Ends the reading of the reply. */
  readonly signal?: AbortSignal;
}

/** How long a script may be silent (s): while a command of the batch system reaches its own limit, and twice as long as that where one more check is needed. */
export function patienceOf({ site }: Pick<Remote, "site">): number {
  return Math.max(STALL_LIMIT_S, 2 * site.commandLimit_s);
}

/** All sections of the reply. Fails where the script did not reach its end, or reports a failure. */
export async function callRemote(
  remote: Remote,
  request: RemoteCall,
): Promise<Result<readonly ReplySection[]>> {
  const sections: ReplySection[] = [];
  for await (const part of streamRemote(remote, request)) {
    if (!part.ok) return part;
    if ("section" in part.value) sections.push(part.value.section);
  }
  return ok(sections);
}

/** The parts of the reply as they are received; a failure is the last. */
export async function* streamRemote(
  { shell, site, clock, answers, waits, nonce, presence }: Remote,
  {
    purpose,
    body,
    stdin,
    checksOwner = false,
    hasRaw = false,
    patience_s = patienceOf({ site }),
    signal,
  }: RemoteCall,
): AsyncGenerator<Result<{ section: ReplySection } | { raw: Bytes }>> {
  const word = nonce();
  const place = shell.local ? "the file system" : "the remote host";
  const wait = { what: place, since: clock.elapsed() };
  using _ = during(waits, wait);
  const started = Promise.withResolvers<StallLimit>();
  const source = stdin &&
    watched(
      stdin,
      () => started.promise.then(({ progressed: moved }) => moved()),
    );
  const leaving = new AbortController();
  if (signal?.aborted) leaving.abort();
  signal?.addEventListener("abort", () => leaving.abort(), { once: true });
  const expectsRoot = presence?.isExpected() ?? false;
  const script = remoteScript(site, word, body, { checksOwner, expectsRoot });
  const opened = await shell.open(script, {
    signal: leaving.signal,
    ...source && { stdin: source.stream },
  });
  if (!opened.ok) return yield opened;
  // A login may wait for the user at the terminal, which must not count.
  using waiting = stallLimit(
    patience_s,
    clock,
    () => wait.since = clock.elapsed(),
  );
  started.resolve(waiting);
  waiting.isOver.then(() => leaving.abort());
  const { stdout, stderr, exit } = opened.value;
  const output = messageIn(stderr);
  const message =
    async () => (await Promise.race([output.end, waiting.isOver]),
      output.text());
  const last = { word: "", unread: "" };
  const parts = readReply(
    waiting.watch(stdout),
    word,
    undefined,
    (text) => last.unread = text,
  );
  for await (const part of parts) {
    answers.hasWorked = true;
    last.word = "section" in part ? part.section.header[0]! : "raw";
    wait.what = place;
    if ("section" in part && last.word === ASKING) {
      wait.what = part.section.header[1] ?? place;
      continue;
    }
    if (last.word === "raw" && !hasRaw) {
      leaving.abort();
      return yield fail(
        invalidReply(purpose, "an archive that was not asked for"),
      );
    }
    if (last.word === "away") presence?.missed();
    if (last.word === "end" && expectsRoot) presence?.found();
    if ("section" in part && isScriptError(part.section)) {
      const cause = source?.broken() ?? null;
      return yield fail(
        cause === null
          ? scriptFailure(purpose, part.section, {
            // A command that prints without end may never end by itself.
            message: last.word === "too_long" ? "" : await message(),
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
  if (ended === null) {
    return yield fail(silent(purpose, patience_s, output.text()));
  }
  const words = await message();
  if (last.word !== "") {
    return yield fail(connectionEnded(purpose, words, ended.value));
  }
  const said = [last.unread.trim(), words].filter(Boolean).join("\n");
  yield fail(notStarted(purpose, {
    message: said,
    code: ended.value,
    mayPass: mayPass(answers, `${ended.value} ${said}`),
    isLocal: shell.local,
  }));
}

/** The wait is one of the set until it is disposed of. */
function during(waits: Set<Wait>, wait: Wait): Disposable {
  waits.add(wait);
  return { [Symbol.dispose]: () => void waits.delete(wait) };
}

/** The stream, and the error that ended it on this computer: to the script that looks like its end. */
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

/** Characters kept of the beginning and of the end of a script's stderr. */
const MAX_KEPT = 4000;

/** What a script prints to stderr: its first and last lines. */
function messageIn(
  stream: Bytes,
): { readonly text: () => string; readonly end: Promise<void> } {
  const ends = gatherEnds(MAX_KEPT);
  const read = async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      ends.add(chunk);
    }
  };
  // A stream that breaks has nothing more to read.
  return { text: () => excerpt(ends.text()), end: read().catch(() => {}) };
}
