/** Checks everything that a run needs, in one remote call. */
import type { Shell } from "../../../contexts/shell.ts";
import { fail, ok, type Result } from "../../../text/result.ts";
import { doctorScript } from "./script.ts";
import type { RemoteSite } from "../../../script/remote_script.ts";
import { sentinel } from "../../../script/reply.ts";
import type { Clock } from "../../../environment/environment.ts";
import { invalidReply } from "../call_failures.ts";
import { noAnswers } from "../host_answers.ts";
import { streamRemote } from "../call_remote.ts";
import type { Examination, ReplyWithError } from "./section_reader.ts";
import { commandChecks, commandsOf } from "./commands.ts";
import { machineChecks } from "./host.ts";
import { rootChecks } from "./directory.ts";
import { schedulerChecks } from "./scheduler.ts";
import { toolChecks } from "./tools.ts";
import { programsOf } from "../programs.ts";
import { jobShellOf } from "../../../pipeline/submit.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";
import type { ShellBackendParts } from "../parts.ts";

/** In the order of the script. */
const GROUPS: Readonly<
  Record<string, (examination: Examination) => readonly DoctorCheck[]>
> = {
  machine: machineChecks,
  root: rootChecks,
  tools: toolChecks,
  commands: commandChecks,
  scheduler: schedulerChecks,
};

/** Names of groups in messages, where they differ. */
const GROUP_NAMES: Readonly<Record<string, string>> = {
  machine: "remote host",
  root: "remote root",
};

/** A command that hangs for this long fails the check (ms). */
const TIMEOUT_MS = 60_000;

/** A command of the batch system is given up before that (s). */
const COMMAND_LIMIT_S = 30;

/** The checks of each group as soon as its sections are complete; a failure is the last result. */
export async function* doctor(
  parts: ShellBackendParts,
  site: RemoteSite,
): AsyncGenerator<Result<DoctorCheck>> {
  const { plan, scheduler, shell, environment: { clock, random } } = parts;
  const word = random(12);
  const output = { banner: "" };
  const begun = Promise.withResolvers<void>();
  const body = doctorScript({
    scheduler,
    resources: plan.config.resources,
    programs: programsOf(scheduler, plan.config.machine),
    jobShell: jobShellOf(plan.config.machine),
    commands: commandsOf(plan),
  });
  const began = clock.elapsed();
  const purpose = "check the remote host";
  const reply = streamRemote(
    {
      shell: listening(shell, word, output, begun.resolve),
      site: {
        ...site,
        commandLimit_s: Math.min(site.commandLimit_s, COMMAND_LIMIT_S),
      },
      clock,
      answers: noAnswers(),
      waits: new Set(),
      nonce: () => word,
    },
    // Each group below has its own time limit.
    { purpose, body, checksOwner: true, patience_s: Infinity },
  );
  const seen = {
    replies: [] as ReplyWithError[],
    took: 0,
    ahead: null as number | null,
  };
  const groups = Object.keys(GROUPS);
  for (let error = "";;) {
    const answer = reply.next();
    // A login may wait for the user at the terminal, and has its own time limit.
    await Promise.race([begun.promise, answer]);
    const next = await within(TIMEOUT_MS, answer, clock);
    if (next === null) return yield silent(groups[0]!);
    if (next.done) {
      if (groups.length === 0) return;
      // A group that was not checked must not count as right.
      const lacking = `missing: ${groups.join(", ")}`;
      return yield fail(invalidReply(purpose, lacking));
    }
    if (!next.value.ok) return yield next.value;
    if (!("section" in next.value.value)) continue;
    const { section } = next.value.value;
    const [name, group = ""] = section.header;
    if (seen.replies.length === 0) seen.took = clock.elapsed() - began;
    if (name === "clock") seen.ahead = aheadOf(section.text, clock.now());
    seen.replies.push({ words: section.header, text: section.text, error });
    error = name === "error" ? section.text : "";
    if (name !== "seen") continue;
    // The script cannot have printed the groups in another order.
    if (group !== groups.shift()) {
      return yield fail(invalidReply(purpose, "its parts are out of order"));
    }
    const one = { ...parts, ...seen, ...output, local: shell.local };
    for (const check of GROUPS[group]!(one)) yield ok(check);
  }
}

/** Milliseconds by which the remote clock, known to the second, is ahead. */
function aheadOf(text: string, now: number): number | null {
  const seconds = /^\d+$/.exec(text.trim())?.[0];
  return seconds === undefined ? null : 1000 * Number(seconds) + 500 - now;
}

function silent(group: string): Result<never> {
  return fail({
    kind: group === "scheduler" ? "scheduler" : "connection",
    summary: `Cannot check the ${GROUP_NAMES[group] ?? group}`,
    detail: `no reply for ${TIMEOUT_MS / 1000} s`,
    hint: group === "scheduler"
      ? "The batch system's own commands hang on the remote host; try again later, or ask the site's support"
      : "Try again; a file system or a login script that hangs is a common cause",
    isRetryable: true,
  });
}

/** The result, or null after so many milliseconds. */
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

/** The same shell; it also reports when a script has started, and keeps the output before its first section. */
function listening(
  shell: Shell,
  nonce: string,
  output: { banner: string },
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
            output.banner = state.over ? state.text.slice(0, at) : "";
          },
        }),
      );
      return ok({ ...opened.value, stdout });
    },
  };
}
