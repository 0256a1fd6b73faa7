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
  for (const [says, said, limits] of cases) {
    Deno.test(`${name}'s limits: ${says}`, () => {
      const reply = typeof said === "string"
        ? { code: 0, stdout: said, stderr: "" }
        : said;
      deepStrictEqual(parseQueue(reply), limits && { ...NO_LIMITS, ...limits });
    });
  }
  Deno.test(`${name}'s limits: nothing where a command does not exist`, () => {
    const reply = { code: 127, stdout: "", stderr: "sh: 1: qx: not found" };
    deepStrictEqual(parseQueue(reply), null);
  });
  for (const shell of ["dash", "bash"]) {
    Deno.test(`${name}'s limits: a queue's name reaches the program unchanged, in ${shell}`, async () => {
      const told = await run(shell, ask(resourcesOf({ queue: BAD, options })));
      ok(told.includes(`<${BAD}>`), told);
    });
    if (!hasDefaultQueue) continue;
    Deno.test(`${name}'s limits: without a name those of the default queue are read, in ${shell}`, async () => {
      const told = await run(shell, ask(resourcesOf({ options })));
      ok(!/<>|^plain/m.test(told), told);
      ok(/<main>|<\*>|^star\*\|$/m.test(told), told);
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
