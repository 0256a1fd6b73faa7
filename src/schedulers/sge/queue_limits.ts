/** What `qconf` of Grid Engine shows of queues: sge_queue_conf(5), sge_pe(5), sge_conf(5). */
import type { Resources } from "../../model/config.ts";
import type { OptionsOf } from "../../schema/kwargs.ts";
import { quote } from "../../script/quote.ts";
import { countOf, leastOf, mostOf, timeOf } from "../shared/queue_limits.ts";
import type { Scheduler } from "../scheduler.ts";

export const sgeLimits: NonNullable<Scheduler["queueLimits"]> = {
  // A job without a queue may run in any queue.
  ask: (resources) =>
    `SGE_SINGLE_LINE=1 qconf -sq ${quote(resources.queue || "*")} && {
  SGE_SINGLE_LINE=1 qconf -sp ${quote(environmentOf(resources))}
  qconf -sconf | grep '^max_u_jobs'
  true
}`,
  parseQueue({ stdout }) {
    const [queues = "", environment = ""] = stdout.split(/^(?=pe_name)/m);
    if (!/^qname /m.test(queues)) return null;
    const values = (name: string) => valuesOf(queues, name);
    const memory = mostOf(values("h_vmem").map(mibOf));
    const slots = leastOf([
      oneHost(environment) ? mostOf(values("slots").map(countOf)) : null,
      mostOf(valuesOf(environment, "slots").map(countOf)),
    ]);
    return {
      walltimeSeconds: mostOf(values("h_rt").map(timeOf)),
      // The limit applies to each slot.
      memoryMib: memory === null ? null : { most: memory, per: "CPU" },
      cpus: slots === null ? null : { most: slots, per: "node" },
      gpus: null,
      nodes: null,
      // 0: no limit.
      jobs: countOf(valuesOf(stdout, "max_u_jobs")[0]) || null,
    };
  },
};

function environmentOf({ options }: Resources): string {
  return (options as OptionsOf<"SGE">).parallelEnvironment;
}

/** All slots of a job come from one host. */
function oneHost(environment: string): boolean {
  return valuesOf(environment, "allocation_rule")[0] === "$pe_slots";
}

/** Values of a field in all queues: `16,[@big=64],[host1=8]`; which of them is in use is not known. */
function valuesOf(text: string, name: string): readonly string[] {
  const rows = text.replace(/\\\n\s*/g, "")
    .matchAll(new RegExp(`^${name}\\s+(.*)$`, "gm"));
  return rows.toArray().flatMap(([, list]) =>
    list!.split(",").map((value) => value.trim().replace(/^\[.*=|\]$/g, ""))
  );
}

/** Bytes in a unit of sge_types(1), "memory_specifier"; decimal numbers only. */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1000,
  K: 1024,
  m: 1000 ** 2,
  M: 1024 ** 2,
  g: 1000 ** 3,
  G: 1024 ** 3,
  t: 1000 ** 4,
  T: 1024 ** 4,
};

function mibOf(text: string): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([kmgt]?)$/i.exec(text) ?? [];
  return number === undefined
    ? null
    : Math.floor(Number(number) * UNITS[unit!]! / 1024 ** 2);
}
