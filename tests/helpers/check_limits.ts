/** What every parser of queue limits must do. */
import { deepStrictEqual, ok } from "node:assert/strict";
import type {
  QueueLimits,
  Reply,
  Scheduler,
} from "../../src/schedulers/scheduler.ts";
import { resourcesOf } from "./check_scheduler.ts";

/** The reply, and the limits in it; omitted ones are no limit. Null: the reply describes no queue. */
export type LimitCase = readonly [
  says: string,
  said: string | Reply,
  limits: Partial<QueueLimits> | null,
];

export const NO_LIMITS: QueueLimits = {
  walltimeSeconds: null,
  memoryMib: null,
  cpus: null,
  gpus: null,
  nodes: null,
  jobs: null,
};

export function checkLimits(
  name: string,
  { ask, parseQueue }: NonNullable<Scheduler["queueLimits"]>,
  cases: readonly LimitCase[],
  hasDefaultQueue = true,
): void {
  for (const [title, given, limits] of cases) {
    Deno.test(`${name}'s limits: ${title}`, () => {
      const reply = typeof given === "string"
        ? { code: 0, stdout: given, stderr: "" }
        : given;
      deepStrictEqual(parseQueue(reply), limits && { ...NO_LIMITS, ...limits });
    });
  }
  Deno.test(`${name}'s limits: nothing where a command does not exist`, () => {
    const reply = { code: 127, stdout: "", stderr: "sh: 1: qx: not found" };
    deepStrictEqual(parseQueue(reply), null);
  });
  for (const shell of ["dash", "bash"]) {
    Deno.test(`${name}'s limits: a queue's name reaches the program unchanged, in ${shell}`, async () => {
      const output = await run(
        shell,
        ask(resourcesOf({ queue: BAD, options })),
      );
      ok(output.includes(`<${BAD}>`), output);
    });
    if (!hasDefaultQueue) continue;
    Deno.test(`${name}'s limits: without a name those of the default queue are read, in ${shell}`, async () => {
      const output = await run(shell, ask(resourcesOf({ options })));
      ok(!/<>|^plain/m.test(output), output);
      ok(/<main>|<\*>|^star\*\|$/m.test(output), output);
    });
  }
}

const options = { jobName: "wDPjob", parallelEnvironment: "mpi" };

/** The worst text that a name may contain; LSF accepts several, separated by blanks. */
const BAD = `it's"$(no)"\`no\`*\\é`;

/** Programs that print their arguments, after the name of the default queue. */
const STUBS = `show() { printf '%s:' "$1"; shift; printf ' <%s>' "$@"; echo; }
sinfo() { printf 'star*|\nplain|\n'; show sinfo "$@"; }
qstat() { [ "$1" != -B ] || echo '    default_queue = main'; show qstat "$@"; }
qconf() { show qconf "$@"; }
bparams() { echo 'Default Queues:  main'; }
bqueues() { show bqueues "$@"; }
pjacl() { show pjacl "$@"; }`;

async function run(shell: string, text: string): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(shell, {
    args: ["-c", `${STUBS}\n${text}`],
  }).output();
  const decoder = new TextDecoder();
  deepStrictEqual([success, decoder.decode(stderr)], [true, ""]);
  return decoder.decode(stdout);
}
