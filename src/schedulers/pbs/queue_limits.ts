/** What `qstat -Q -f` of PBS and Torque shows of a queue's limits: pbs_queue_attributes(7B). */
import { quote } from "../../script/quote.ts";
import { countOf, timeOf } from "../shared/queue_limits.ts";
import type { Maximum, QueueLimits, Scheduler } from "../scheduler.ts";

type Attributes = ReadonlyMap<string, string>;
type Question = NonNullable<Scheduler["queueLimits"]>;

/** qstat(1B), "Queue Status", "Server Status". */
const ask: Question["ask"] = ({ queue }) =>
  queue === ""
    ? `queue=$(qstat -B -f | sed -n 's/^ *default_queue = *//p')
[ -n "$queue" ] && qstat -Q -f "$queue"`
    : `qstat -Q -f ${quote(queue)}`;

/** A queue's maxima are for a whole job: the sum of its chunks. */
export const pbsLimits: Question = {
  ask,
  parseQueue: (reply) =>
    limitsIn(reply.stdout, (attributes) => ({
      ...common(attributes),
      cpus: perJob(countOf(attributes.get("resources_max.ncpus"))),
      gpus: perJob(countOf(attributes.get("resources_max.ngpus"))),
      // Queued and running jobs; the same attribute may also contain limits for named users.
      jobs: countOf(
        /\[u:PBS_GENERIC=(\d+)\]/.exec(attributes.get("max_queued") ?? "")?.[1],
      ),
    })),
};

/** "Queue attributes" of the Administrator Guide. `nodes=2:ppn=4` counts as 8 of procct, and as no ncpus. */
export const torqueLimits: Question = {
  ask,
  parseQueue: (reply) =>
    limitsIn(reply.stdout, (attributes) => ({
      ...common(attributes),
      cpus: perJob(countOf(attributes.get("resources_max.procct"))),
      gpus: null,
      jobs: countOf(attributes.get("max_user_queuable")),
    })),
};

function limitsIn(
  stdout: string,
  read: (attributes: Attributes) => QueueLimits,
): QueueLimits | null {
  if (!/^Queue: /m.test(stdout)) return null;
  const rows = stdout.matchAll(/^[ \t]+(\S+) = (.*)$/gm);
  return read(new Map(rows.map(([, name, value]) => [name!, value!.trim()])));
}

function common(attributes: Attributes) {
  return {
    walltimeSeconds: timeOf(attributes.get("resources_max.walltime")),
    memoryMib: perJob(mibOf(attributes.get("resources_max.mem"))),
    nodes: countOf(attributes.get("resources_max.nodect")),
  };
}

function perJob(most: number | null): Maximum | null {
  return most === null ? null : { most, per: "job" };
}

const POWERS = ["", "k", "m", "g", "t", "p"];

/** pbs_resources(7B), "size": bytes, or words of 8 bytes. */
function mibOf(text: string | undefined): number | null {
  const [, number, power, unit] = /^(\d+)([kmgtp]?)([bw]?)$/i
    .exec(text ?? "") ?? [];
  if (number === undefined) return null;
  const bytes = Number(number) * (unit?.toLowerCase() === "w" ? 8 : 1);
  return Math.floor(
    bytes * 1024 ** (POWERS.indexOf(power!.toLowerCase()) - 2),
  );
}
