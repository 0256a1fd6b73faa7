/** What `bqueues -l` shows of a queue's limits: "bqueues" of LSF's command reference. */
import { quote } from "../../script/quote.ts";
import { countOf, leastOf, mostOf } from "../shared/queue_limits.ts";
import type { Scheduler } from "../scheduler.ts";

/**
 * Not read: MEMLIMIT, which ends processes and does not limit what may be
 * reserved, and JL/P and JL/H, which depend on the host.
 */
export const lsfLimits = (
  connectLimit: string,
): NonNullable<Scheduler["queueLimits"]> => ({
  // "bparams" prints the default queues.
  ask: ({ queue }) =>
    queue === ""
      ? `queues=$(${connectLimit} bparams | sed -n 's/^Default Queues: *//p')
[ -n "$queues" ] && ${connectLimit} bqueues -l $queues`
      : `${connectLimit} bqueues -l ${
        queue.split(/\s+/).filter(Boolean).map(quote).join(" ")
      }`,
  parseQueue({ stdout }) {
    const queues = stdout.split(/^QUEUE: /m).slice(1);
    if (queues.length === 0) return null;
    const cpus = mostOf(queues.map(slotsOf));
    return {
      walltimeSeconds: mostOf(queues.map(runLimit)),
      cpus: cpus === null ? null : { most: cpus, per: "job" },
      memoryMib: null,
      gpus: null,
      nodes: null,
      jobs: null,
    };
  },
});

/** The lowest limit on the slots of one job, of one user and of the whole queue. */
function slotsOf(text: string): number | null {
  const [, names = "", values = ""] = /^(PRIO .*)\n(.*)$/m.exec(text) ?? [];
  const cells = values.trim().split(/\s+/);
  const columns = names.trim().split(/\s+/);
  // Minimum, default and maximum; the first ones may be missing.
  const [, tasks] = /^ *(?:PROC|TASK)LIMIT *\n *(?:\d+ +)*(\d+) *$/m
    .exec(text) ?? [];
  return leastOf([
    countOf(tasks),
    ...["MAX", "JL/U"].map((name) => countOf(cells[columns.indexOf(name)])),
  ]);
}

/** ` RUNLIMIT`, below it ` 480.0 min of host1`; CPULIMIT may precede it on the same line. */
function runLimit(text: string): number | null {
  const maxima = text.replace(
    /^DEFAULT LIMITS:[^]*?(?=^MAXIMUM LIMITS|(?![^]))/m,
    "",
  );
  const [, names = "", values = ""] =
    /^ *((?:CPULIMIT +)?RUNLIMIT) *\n(.*)$/m.exec(maxima) ?? [];
  const minutes = values.matchAll(/(\d+(?:\.\d+)?) min\b/g).toArray();
  if (names === "" || minutes.length !== names.split(/ +/).length) return null;
  return 60 * Number(minutes.at(-1)![1]);
}
