/** sinfo(1): what a partition allows, one line for each kind of its nodes. */
import { quote } from "../../script/quote.ts";
import { leastOf, mostOf, timeOf } from "../shared/queue_limits.ts";
import type { QueueLimits, Scheduler } from "../scheduler.ts";

/** Partition, time limit, MB and CPUs of a node, nodes, gres, nodes of a job, CPUs of a node for jobs. */
const ROWS = "-h -e -o '%P|%l|%m|%c|%D|%G|%s|%B'";

export const slurmLimits: NonNullable<Scheduler["queueLimits"]> = {
  // The default partition has a star. `-a` (hidden ones too) and `-p` exclude each other (seen).
  ask: ({ queue }) =>
    queue === ""
      ? `sinfo -a ${ROWS} | grep '^[^|]*\\*|'`
      : `sinfo -p ${quote(queue)} ${ROWS}`,
  parseQueue({ stdout }) {
    const rows = rowsIn(stdout);
    return rows.length === 0 ? null : limitsOf(rows);
  },
};

type Row = ReturnType<typeof rowsIn>[number];

function rowsIn(stdout: string) {
  return stdout.split("\n").map((line) => line.split("|"))
    .filter((cells) => cells.length === 8)
    .map(([name = "", time, mib, cpus, nodes, gres = "", size, share]) => ({
      name,
      walltime: timeOf(time),
      mib: numberOf(mib),
      cpus: leastOf([numberOf(cpus), numberOf(share)]),
      nodes: numberOf(nodes),
      gpus: gpusIn(gres),
      // `1-infinite`, `1-4`, `1`
      size: numberOf(size?.replace(/^.*-/, "")),
    }));
}

function limitsOf(rows: readonly Row[]): QueueLimits {
  const partitions = Object.values(
    Object.groupBy(rows, ({ name }) => name),
  ).map((rows = []) => rows);
  // The resources of nodes that are created on demand are not known.
  const real = rows.every(({ nodes }) => nodes) ? rows : [];
  const most = (pick: (row: Row) => number | null) => {
    const value = mostOf(real.map(pick));
    return value === null ? null : { most: value, per: "node" } as const;
  };
  return {
    walltimeSeconds: mostOf(rows.map(({ walltime }) => walltime)),
    memoryMib: most(({ mib }) => mib),
    cpus: most(({ cpus }) => cpus),
    gpus: most(({ gpus }) => gpus),
    nodes: mostOf(partitions.map(nodesOf)),
    jobs: null,
  };
}

/** All kinds of a partition's nodes may be in one job. */
function nodesOf(rows: readonly Row[]): number | null {
  const total = rows.reduce((sum, { nodes }) => sum + (nodes ?? 0), 0);
  return leastOf([total || null, rows[0]!.size]);
}

/** Slurm writes 2048 as `2K`. */
function numberOf(text: string | undefined): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([KM]?)\+?$/.exec(text ?? "") ?? [];
  if (number === undefined) return null;
  return Number(number) * (unit === "K" ? 1024 : unit === "M" ? 1024 ** 2 : 1);
}

/** `gpu:4`, `gpu:a100:4(S:0,1),gpu:v100:2`, `craynetwork:4`, `(null)`; a count may be left out. */
function gpusIn(gres: string): number {
  return gres.matchAll(/(?:^|,)gpu((?::[^:,(]+)*)/g).reduce(
    (sum, [, type]) => sum + Number(/:(\d+)$/.exec(type!)?.[1] ?? 1),
    0,
  );
}
