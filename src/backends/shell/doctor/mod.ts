/** One trip that looks at all that a run needs. */
import type { Shell } from "../../../contexts/shell.ts";
import { fail, ok, type Result } from "../../../text/result.ts";
import { doctorScript } from "./script.ts";
import type { RemoteSite } from "../../../script/remote_script.ts";
import { sentinel } from "../../../script/reply.ts";
import type { Clock } from "../../../environment/environment.ts";
import { senselessReply, streamRemote } from "../call_remote.ts";
import type { Examination, ReplyWithError } from "./section_reader.ts";
import { commandChecks, commandsOf } from "./commands.ts";
import { machineChecks } from "./host.ts";
import { rootChecks } from "./directory.ts";
import { schedulerChecks } from "./scheduler.ts";
import { toolChecks } from "./tools.ts";
import { programsOf } from "../programs.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";
import type { ShellBackendParts } from "../parts.ts";

/** In the order of the script. */
const GROUPS: Readonly<
  Record<string, (one: Examination) => readonly DoctorCheck[]>
> = {
  machine: machineChecks,
  root: rootChecks,
  tools: toolChecks,
  commands: commandChecks,
  scheduler: schedulerChecks,
};

/** A question that hangs for so long will not be answered (ms). */
const PATIENCE_MS = 60_000;

/** The checks of a group as soon as the far side has told all of it; a failure is the last. */
export async function* doctor(
  parts: ShellBackendParts,
  site: RemoteSite,
): AsyncGenerator<Result<DoctorCheck>> {
  const { plan, scheduler, shell, world: { clock, random } } = parts;
  const word = random(12);
  const heard = { banner: "" };
  const begun = Promise.withResolvers<void>();
  const body = doctorScript({
    scheduler,
    resources: plan.config.resources,
    programs: programsOf(scheduler, plan.config.machine),
    commands: commandsOf(plan),
  });
  const began = clock.now();
  const purpose = "look at the machine";
  const told = streamRemote(
    {
      shell: listening(shell, word, heard, begun.resolve),
      site,
      clock,
      nonce: () => word,
    },
    // The groups below have a patience of their own.
    { purpose, body, looks: true, patience_s: Infinity },
  );
  const seen = {
    said: [] as ReplyWithError[],
    took: 0,
    ahead: null as number | null,
  };
  const groups = Object.keys(GROUPS);
  for (let error = "";;) {
    const answer = told.next();
    // A login may wait for somebody at the terminal, and has a time-out of its own.
    await Promise.race([begun.promise, answer]);
    const next = await within(PATIENCE_MS, answer, clock);
    if (next === null) return yield silent(groups[0]!);
    if (next.done) {
      if (groups.length === 0) return;
      // Of what was not looked at nobody knows that it is well.
      const lacking = `it says nothing of the ${groups.join(", ")}`;
      return yield fail(senselessReply(purpose, lacking));
    }
    if (!next.value.ok) return yield next.value;
    if (!("section" in next.value.value)) continue;
    const { section } = next.value.value;
    const [name, group = ""] = section.header;
    if (seen.said.length === 0) seen.took = clock.now() - began;
    if (name === "clock") seen.ahead = aheadOf(section.text, clock.now());
    seen.said.push({ words: section.header, text: section.text, error });
    error = name === "error" ? section.text : "";
    if (name !== "seen") continue;
    // What is told in another order was not told by the script.
    if (group !== groups.shift()) {
      return yield fail(senselessReply(purpose, "its parts are out of order"));
    }
    const one = { ...parts, ...seen, ...heard, local: shell.local };
    for (const check of GROUPS[group]!(one)) yield ok(check);
  }
}

/** Far seconds since 1970 against ours; each is true for a second. */
function aheadOf(text: string, now: number): number | null {
  const seconds = /^\d+$/.exec(text.trim())?.[0];
  return seconds === undefined ? null : 1000 * Number(seconds) + 500 - now;
}

function silent(group: string): Result<never> {
  return fail({
    kind: group === "scheduler" ? "scheduler" : "connection",
    summary: `Cannot look at the ${group}`,
    detail: `no answer for ${PATIENCE_MS / 1000} s`,
    hint: group === "scheduler"
      ? "The batch system's own commands hang there; try again later, or ask the site's support"
      : "Try again; a file system or a login script that hangs is a common cause",
    isRetryable: true,
  });
}

/** The answer, or null after so many milliseconds. */
async function within<T>(
  ms: number,
  answer: Promise<T>,
  clock: Clock,
): Promise<T | null> {
  const over = new AbortController();
  try {
    return await Promise.race([
      answer,
      clock.sleep(ms, over.signal).then(() => null),
    ]);
  } finally {
    over.abort();
  }
}

/** The same shell, of which it is heard that a script has begun, and what is printed before its first word. */
function listening(
  shell: Shell,
  nonce: string,
  heard: { banner: string },
  begun: () => void,
): Shell {
  return {
    ...shell,
    async open(script, io) {
      const opened = await shell.open(script, io);
      begun();
      if (!opened.ok) return opened;
      const decoder = new TextDecoder();
      const state = { text: "", over: false };
      const stdout = opened.value.stdout.pipeThrough(
        new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
          transform(chunk, controller) {
            controller.enqueue(chunk);
            if (state.over) return;
            state.text += decoder.decode(chunk, { stream: true });
            const at = state.text.indexOf(sentinel(nonce));
            state.over = at >= 0;
            heard.banner = state.over ? state.text.slice(0, at) : "";
          },
        }),
      );
      return ok({ ...opened.value, stdout });
    },
  };
}
