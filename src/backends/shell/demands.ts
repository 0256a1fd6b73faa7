/** Limits that a job's request exceeds. */
import type { Resources } from "../../model/config.ts";
import type { Plan } from "../../model/plan.ts";
import type {
  Maximum,
  QueueLimits,
  Scheduler,
} from "../../schedulers/scheduler.ts";
import type { JobNaming } from "../../schedulers/shared/job_names.ts";
import { count } from "../../text/grammar.ts";

/** A requested resource that has a limit. */
export interface Demand {
  readonly field: string;
  readonly asked: number;
  readonly most: number;
  /** Formats an amount. */
  readonly says: (amount: number) => string;
}

export function demandsOf(
  limits: QueueLimits,
  resources: Resources,
): readonly Demand[] {
  const { walltimeSeconds, memoryMib, cpusPerNode, gpusPerNode, nodes } =
    resources;
  // The user's own GPU line replaces the number.
  const ownGpus = "gpuLine" in resources.options && resources.options.gpuLine;
  const gpus = ownGpus ? 0 : gpusPerNode;
  return [
    ...whole("walltime", walltimeSeconds, limits.walltimeSeconds, timeText),
    ...shared("memory", memoryMib ?? 0, limits.memoryMib, resources, sizeText),
    ...shared(
      "cpu_per_node",
      cpusPerNode,
      limits.cpus,
      resources,
      (n) => count(n, "CPU"),
    ),
    ...shared(
      "gpu_per_node",
      gpus,
      limits.gpus,
      resources,
      (n) => count(n, "GPU"),
    ),
    ...whole("number_node", nodes, limits.nodes, (n) => count(n, "node")),
  ];
}

function whole(
  field: string,
  asked: number | null,
  most: number | null,
  says: Demand["says"],
): readonly Demand[] {
  return most === null ? [] : [{ field, asked: asked ?? 0, most, says }];
}

/** What is requested on each node, in the unit of the limit. */
function shared(
  field: string,
  each: number,
  limit: Maximum | null,
  { nodes, cpusPerNode }: Resources,
  says: Demand["says"],
): readonly Demand[] {
  if (limit === null) return [];
  const { most, per } = limit;
  const asked = { node: each, job: each * nodes, CPU: each / cpusPerNode }[per];
  return [{
    field,
    asked: Math.ceil(asked),
    most,
    says: (amount) => `${says(amount)} a ${per}`,
  }];
}

/** A request that is more than the queue allows. */
export interface Excess {
  readonly detail: string;
  /** Fields that may change the request or the limit. */
  readonly others: readonly string[];
}

export function excessesOf(
  demands: readonly Demand[],
  { header, config: { resources: { queue, qos, flags } } }: Plan,
  { naming }: Scheduler,
): readonly Excess[] {
  const whose = queue === "" ? "the default queue" : `queue ${queue}`;
  const others = [
    qos ? "qos" : "",
    flags.every((flag) => isOnlyName(flag, naming)) ? "" : "custom_flags",
    header === null ? "" : "customized_script_header_template_file",
  ].filter(Boolean);
  return demands.filter(({ asked, most }) => asked > most).map((
    { field, asked, most, says },
  ) => ({
    detail: `resources.${field} requests ${says(asked)}; ${whose} allows ${
      says(most)
    }`,
    others,
  }));
}

/** Such a line of custom_flags changes no request. */
function isOnlyName(flag: string, naming: JobNaming | null): boolean {
  const found = naming?.directive.exec(flag);
  // A prefix and an option stand before the name, and nothing behind it.
  return found?.[0] === flag.trim() && flag.split(/\s-/).length === 2;
}

const TIMES: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** In the largest unit without a remainder. */
function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  const [size, name] = TIMES.find(([size]) => whole % size === 0) ??
    [1, "second"];
  return count(whole / size, name);
}

function sizeText(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024} GB` : `${mib} MB`;
}
