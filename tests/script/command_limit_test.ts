/** Every program that a scheduler names may hang: it is ended, with all that it started, and the script goes on. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { commandNamed, commandOf } from "../../src/backends/shell/programs.ts";
import { cancelJobs } from "../../src/backends/shell/cancel.ts";
import { localShell } from "../../src/contexts/local/mod.ts";
import { schedulers } from "../../src/schedulers/mod.ts";
import { schedulerOf } from "../../src/schedulers/scheduler_of.ts";
import type { BatchName } from "../../src/schema/names.ts";
import type { Scheduler } from "../../src/schedulers/scheduler.ts";
import type { SiteCommand } from "../../src/script/command_limit.ts";
import { capturedCommand, pollScript } from "../../src/script/poll_script.ts";
import { parseRecords } from "../../src/script/parse_records.ts";
import { configOf } from "../helpers/config.ts";
import {
  openRemoteHost,
  type RemoteHost,
  SHELLS,
  withShell,
} from "../helpers/remote_dir.ts";
import { toolOf, toolTest } from "../helpers/tools.ts";

/** Short, so that nothing sleeps long (s). */
const LIMIT_S = 0.3;

const batchSystems = schedulers.filter(({ programs }) => "submit" in programs)
  .map(({ name }) => schedulerOf(name as BatchName)!);

/** A host on which each of these programs starts a child that never ends, and waits for it. */
async function withHanging(
  programs: readonly string[],
  work: (host: RemoteHost, hung: () => readonly number[]) => Promise<void>,
  words: readonly string[] = ["sh"],
): Promise<void> {
  const bin = await Deno.makeTempDir();
  const pids = `${bin}/pids`;
  for (const program of programs) {
    await Deno.writeTextFile(
      `${bin}/${program}`,
      `#!/bin/sh\nsleep 300 & echo "$! $$" >>${pids}\nwait\n`,
      { mode: 0o755 },
    );
  }
  const inner = localShell(null);
  const shell = withShell(words, {
    ...inner,
    open: (script, io) => inner.open(`PATH=${bin}:$PATH\n${script}`, io),
  });
  await using host = openRemoteHost({ shell, commandLimit_s: LIMIT_S });
  await work(
    host,
    () => Deno.readTextFileSync(pids).trim().split(/\s+/).map(Number),
  );
  await Deno.remove(bin, { recursive: true });
}

function isRunning(pid: number): boolean {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return !/^\d+ \(.*\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

function questionsOf(scheduler: Scheduler): Record<string, SiteCommand> {
  const resources = { ...configOf().resources, queue: "q" };
  const { findCommand, queues, queueLimits, version, array } = scheduler;
  const account = scheduler.account(["1"]);
  return {
    poll: commandOf("poll", scheduler, scheduler.poll(["1"])),
    ...account && { account: commandOf("account", scheduler, account) },
    ...findCommand && { find: commandOf("poll", scheduler, findCommand) },
    ...version && { version: commandNamed(version) },
    ...queues && { queues: commandNamed(queues) },
    ...queueLimits && { limits: commandNamed(queueLimits.ask(resources)) },
    ...array?.capacity && { capacity: commandNamed(array.capacity) },
  };
}

/** Programs that the texts of schedulers name beside those of their roles. */
const OTHERS = [
  ...["sinfo", "qselect", "qconf", "jversion", "jqueues", "bqueues"],
  ...["badmin", "bparams", "pjacl"],
];

function allPrograms({ programs }: Scheduler): readonly string[] {
  return [...Object.values(programs), ...OTHERS];
}

async function answerOfHung(
  scheduler: Scheduler,
  command: SiteCommand,
): Promise<void> {
  await withHanging(allPrograms(scheduler), async (host, hung) => {
    const reply = await host.tryAsk(capturedCommand(command, "answer"));
    ok(reply.ok, JSON.stringify(reply));
    const textOf = (name: string) =>
      reply.value.find(({ header }) => header[0] === name)!;
    deepStrictEqual(textOf("answer").header, ["answer", "124"], command.text);
    match(
      textOf("error").text,
      new RegExp(
        `^${command.program} has not answered for ${LIMIT_S} s and was given up$`,
        "m",
      ),
    );
    deepStrictEqual(hung().filter(isRunning), []);
  });
}

/** Cancel fails, and may be repeated. */
async function cancelOfHung(scheduler: Scheduler): Promise<void> {
  await withHanging(allPrograms(scheduler), async (host, hung) => {
    const reply = await cancelJobs(scheduler, host.remote, ["1"]);
    ok(!reply.ok);
    const { kind, isRetryable, detail } = reply.error;
    deepStrictEqual([kind, isRetryable], ["scheduler", true]);
    match(
      detail,
      new RegExp(`^${scheduler.programs.cancel} has not answered for 0.3 s`),
    );
    deepStrictEqual(hung().filter(isRunning), []);
  });
}

for (const scheduler of batchSystems) {
  Deno.test(`${scheduler.name}: a program that hangs is ended, and its name is told`, async () => {
    const questions = Object.values(questionsOf(scheduler));
    await Promise.all([
      ...questions.map((command) => answerOfHung(scheduler, command)),
      cancelOfHung(scheduler),
    ]);
  });
}

for (const words of SHELLS) {
  toolTest(
    toolOf(words),
    `The records are read though the queue hangs, by ${words.join(" ")}`,
    async () => {
      await withHanging(["squeue"], async (host, hung) => {
        const line = "d1 taskStarted t0 5";
        host.write("records/d1", `${line} #${line.length}\n`);
        const queue = ["squeue -j 1", "squeue -j 2"].map((text) => ({
          text,
          program: "squeue",
        }));
        const reply = await host.tryAsk(pollScript({
          ...{ queue, account: null, outputs: [] },
          records: [{ job: "d1", offset: 0 }],
        }));
        ok(reply.ok, JSON.stringify(reply));
        const of = (header: string) =>
          reply.value.filter((section) => section.header[0] === header);
        deepStrictEqual(of("queue").map(({ header }) => header[1]), [
          "124",
          "124",
        ]);
        strictEqual(
          parseRecords(of("records")[0]!.bytes).records.length,
          1,
        );
        // The second command was not run.
        strictEqual(hung().length, 2);
        deepStrictEqual(hung().filter(isRunning), []);
      }, words);
    },
  );
}

Deno.test("A command that ends in time keeps its exit code and output, and leaves no process behind", async () => {
  await withHanging([], async (host) => {
    const text = "echo out; echo err >&2; (exit 3)";
    const reply = await host.tryAsk(
      capturedCommand({ text, program: "squeue" }),
    );
    ok(reply.ok);
    deepStrictEqual(
      reply.value.map(({ header, text }) => [header.join(" "), text.trim()]),
      [["error", "err"], ["queue 3", "out"], ["end", ""]],
    );
  });
});
