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
      ...statusOf(queues),
    };
  },
});

/** The row below `PRIO NICE STATUS MAX JL/U …`, by the names above it. */
function cellOf(text: string, name: string): string | undefined {
  const [, names = "", values = ""] = /^(PRIO .*)\n(.*)$/m.exec(text) ?? [];
  return values.trim().split(/\s+/)[names.trim().split(/\s+/).indexOf(name)];
}

/** The lowest limit on the slots of one job, of one user and of the whole queue. */
function slotsOf(text: string): number | null {
  return leastOf([
    countOf(limitsIn(text).get("PROCLIMIT") ?? limitsIn(text).get("TASKLIMIT")),
    ...["MAX", "JL/U"].map((name) => countOf(cellOf(text, name))),
  ]);
}

function runLimit(text: string): number | null {
  const minutes = Number(limitsIn(text).get("RUNLIMIT") ?? NaN);
  return Number.isNaN(minutes) ? null : 60 * minutes;
}

/** What stands below the name of a limit: minutes, with the host that they are measured on; or the minimum, the default and the maximum, of which the first ones may be missing. */
const VALUES: Readonly<Record<string, RegExp>> = {
  CPULIMIT: /^\s*(\d+(?:\.\d+)?) min(?: of \S+)?/,
  RUNLIMIT: /^\s*(\d+(?:\.\d+)?) min(?: of \S+)?/,
  PROCLIMIT: /^\s*(?:\d+ +)*(\d+)\b/,
  TASKLIMIT: /^\s*(?:\d+ +)*(\d+)\b/,
};

/** Maxima by name; several limits may share a heading and the line below it. */
function limitsIn(text: string): ReadonlyMap<string, string> {
  const maxima = text.replace(
    /^DEFAULT LIMITS:[^]*?(?=^MAXIMUM LIMITS|(?![^]))/m,
    "",
  );
  const headings = maxima.matchAll(
    /^ *([A-Z]+LIMIT(?: +[A-Z]+LIMIT)*) *\n(.*)$/gm,
  );
  return new Map(headings.flatMap(([, names, line]) => {
    const rest = { text: line! };
    return names!.split(/ +/).flatMap((name) => {
      const [read, value] = VALUES[name]?.exec(rest.text) ?? [];
      // Behind a value that cannot be read nothing is.
      rest.text = value === undefined ? "" : rest.text.slice(read!.length);
      if (value === undefined) return [];
      return [[name, value] as const];
    });
  }));
}

/** `Open:Active`: whether the queue takes jobs, and whether it starts them. */
function statusOf(queues: readonly string[]) {
  const all = queues.map((text) => cellOf(text, "STATUS") ?? "");
  const shown = all.join(", ");
  return {
    ...all.every((status) => /^Closed/.test(status)) &&
      { refuses: [`it takes no jobs (${shown})`] },
    ...all.every((status) => /:Inact/.test(status)) &&
      { waits: [`it starts no jobs (${shown})`] },
  };
}
