import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { schedulers } from "../../../src/schedulers/mod.ts";
import { schedulerOf } from "../../../src/schedulers/scheduler_of.ts";
import type { Scheduler } from "../../../src/schedulers/scheduler.ts";
import type { BatchName } from "../../../src/schema/names.ts";
import { resourcesOf } from "../../helpers/check_scheduler.ts";

const programs =
  "sbatch squeue sacct sinfo scontrol scancel qsub qstat qselect qconf qacct qdel bsub bjobs bparams bqueues bhist bkill jsub jjobs jhist jctrl jqueues jversion pjsub pjstat pjdel pjacl";

/** What each program that the text runs saw: its name, LC_ALL, and how many of the variables are set. */
async function seenBy(
  text: string,
  variables: readonly string[],
): Promise<readonly string[]> {
  const set = `env | grep -cE '^(${variables.join("|") || "none"})='`;
  const stubs = programs.split(" ").map((program) =>
    `${program}() { echo "${program} \${LC_ALL-none} $(${set})" >&3; echo default; }`
  ).join("\n");
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `exec 3>&1 >/dev/null 2>&1\n${stubs}\n(${text}\n)`],
    env: {
      PATH: "/usr/bin:/bin",
      LC_ALL: "zh_CN.UTF-8",
      name: "d1",
      file: "/dev/null",
      out: "/dev/null",
      ...Object.fromEntries(variables.map((variable) => [variable, "x"])),
    },
    clearEnv: true,
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
}

function textsOf(scheduler: Scheduler): Readonly<Record<string, string>> {
  const { findCommand, version, queues, queueLimits, array } = scheduler;
  const resources = resourcesOf({
    queue: "main",
    options: { jobName: "a", parallelEnvironment: "b" },
  });
  const texts = {
    submit: scheduler.submit(resources),
    poll: scheduler.poll(["1"]),
    account: scheduler.account(["1"]),
    cancel: scheduler.cancel(["1"]),
    ...{ findCommand, version, queues },
    limits: queueLimits?.ask(resources),
    capacity: array?.capacity,
  };
  return Object.fromEntries(
    Object.entries(texts).flatMap(([what, text]) => text ? [[what, text]] : []),
  );
}

for (const { name, programs } of schedulers) {
  if (Object.keys(programs).length === 0) continue;
  Deno.test(`every command of ${name} prints English, and what nobody's variables change`, async () => {
    const scheduler = schedulerOf(name as BatchName)!;
    for (const [what, text] of Object.entries(textsOf(scheduler))) {
      const seen = await seenBy(text, scheduler.outputVariables);
      ok(seen.length > 0, what);
      deepStrictEqual(
        seen.filter((line) => !line.endsWith(" C 0")),
        [],
        `${what}: ${text}`,
      );
    }
  });
}

Deno.test("jobs without a batch system start in the user's own locale", () => {
  const plain = schedulers.find(({ name }) => name === "Shell")!;
  strictEqual(schedulerOf("Shell"), plain);
});
