/** What `qstat -Q -f` of PBS and Torque shows of a queue's limits: pbs_queue_attributes(7B). */
import { quote } from "../../script/quote.ts";
import { countOf, leastOf, timeOf } from "../shared/queue_limits.ts";
import { type Attributes, mayUse } from "./access_lists.ts";
import type { Maximum, QueueLimits, Scheduler } from "../scheduler.ts";

type Question = NonNullable<Scheduler["queueLimits"]>;

/** Who asks, and in which groups: limits and access lists have names. */
const WHO =
  `printf '    dpdisp.user = %s\\n    dpdisp.groups = %s\\n' "$(id -un)" "$(id -Gn)"`;

/** qstat(1B), "Queue Status", "Server Status". */
const ask: Question["ask"] = ({ queue }) =>
  queue === ""
    ? `queue=$(qstat -B -f | sed -n 's/^ *default_queue = *//p')
[ -n "$queue" ] && qstat -Q -f "$queue" && ${WHO}`
    : `qstat -Q -f ${quote(queue)} && ${WHO}`;

/** pbsnodes(8B): GPUs are a resource that the site defines; a node that has some shows how many. */
const GPUS_OF_NODES = `{
  nodes=$(pbsnodes -a) && printf '%s\\n' "$nodes" |
    awk '$1 == "resources_available.ngpus" && $3 > most { most = $3 } END { print "    dpdisp.gpus = " most + 0 }'
  true
}`;

/** A queue's maxima are for a whole job: the sum of its chunks. */
export const pbsLimits: Question = {
  ask: (resources) =>
    resources.gpusPerNode > 0
      ? `${ask(resources)} && ${GPUS_OF_NODES}`
      : ask(resources),
  parseQueue: (reply) =>
    limitsIn(reply.stdout, (attributes) => ({
      ...common(attributes),
      cpus: perJob(mostOfJob(attributes, "ncpus", countOf)),
      memoryMib: perJob(mostOfJob(attributes, "mem", mibOf)),
      gpus: gpusOf(attributes),
      // Queued and running jobs.
      jobs: leastOf(ownLimits(attributes, "max_queued").map(countOf)),
    })),
};

/** "Queue attributes" of the Administrator Guide. `nodes=2:ppn=4` counts as 8 of procct, and as no ncpus. */
export const torqueLimits: Question = {
  ask,
  parseQueue: (reply) =>
    limitsIn(reply.stdout, (attributes) => ({
      ...common(attributes),
      cpus: perJob(countOf(valueOf(attributes, "resources_max.procct"))),
      memoryMib: perJob(mibOf(valueOf(attributes, "resources_max.mem"))),
      gpus: null,
      jobs: countOf(valueOf(attributes, "max_user_queuable")),
    })),
};

function limitsIn(
  stdout: string,
  read: (attributes: Attributes) => QueueLimits,
): QueueLimits | null {
  if (!/^Queue: /m.test(stdout)) return null;
  const rows = stdout.replaceAll(/\r?\n\t/g, "")
    .matchAll(/^[ \t]+(\S+) = (.*)$/gm)
    .map(([, name, value]) => [name!, value!.trim()] as const);
  const byName = Map.groupBy(rows, ([name]) => name);
  return read(
    new Map(
      byName.entries().map(([name, all]) =>
        [name, all.map(([, value]) => value)] as const
      ),
    ),
  );
}

function valueOf(attributes: Attributes, name: string): string | undefined {
  return attributes.get(name)?.[0];
}

function common(attributes: Attributes) {
  const isOff = (name: string) => valueOf(attributes, name) === "False";
  const user = valueOf(attributes, "dpdisp.user");
  const refuses = [
    ...isOff("enabled") ? ["it takes no jobs (enabled = False)"] : [],
    ...user === undefined || mayUse(attributes)
      ? []
      : [`its access lists do not have ${user}`],
  ];
  const waits = isOff("started") ? ["it starts no jobs (started = False)"] : [];
  return {
    walltimeSeconds: timeOf(valueOf(attributes, "resources_max.walltime")),
    nodes: countOf(valueOf(attributes, "resources_max.nodect")),
    ...refuses.length > 0 && { refuses },
    ...waits.length > 0 && { waits },
  };
}

/**
 * The limits of an attribute that count for this user: `[u:ann=5]`, or else
 * `[u:PBS_GENERIC=3]` for every user, and `[o:PBS_ALL=9]` for all together.
 */
function ownLimits(attributes: Attributes, name: string): readonly string[] {
  const entries = (attributes.get(name) ?? []).flatMap((value) =>
    value.matchAll(/\[([uo]):([^=\]]+)=([^\]]*)\]/g).toArray()
  );
  const limitOf = (who: string) =>
    entries.find(([, kind, whose]) => `${kind}:${whose}` === who)?.[3];
  const user = valueOf(attributes, "dpdisp.user");
  return [
    limitOf(`u:${user}`) ?? limitOf("u:PBS_GENERIC"),
    limitOf("o:PBS_ALL"),
  ]
    .filter((limit) => limit !== undefined);
}

/** A limit on what is queued is one on each job too. */
function mostOfJob(
  attributes: Attributes,
  resource: string,
  amount: (text: string | undefined) => number | null,
): number | null {
  return leastOf([
    amount(valueOf(attributes, `resources_max.${resource}`)),
    ...ownLimits(attributes, `max_queued_res.${resource}`).map(amount),
  ]);
}

/** The queue's limit, or else that of the nodes: 0 where the site has not defined the resource. */
function gpusOf(attributes: Attributes): Maximum | null {
  const onNode = countOf(valueOf(attributes, "dpdisp.gpus"));
  const ofJob = mostOfJob(attributes, "ngpus", countOf);
  return onNode === null || (onNode > 0 && ofJob !== null)
    ? perJob(ofJob)
    : { most: onNode, per: "node" };
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
