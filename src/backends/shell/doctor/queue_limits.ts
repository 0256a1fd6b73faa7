/** Compares the requested resources with the limits of the queue. */
import type { Resources } from "../../../model/config.ts";
import { pack } from "../../../pipeline/plan/pack.ts";
import type { Maximum, QueueLimits } from "../../../schedulers/scheduler.ts";
import { count } from "../../../text/grammar.ts";
import {
  checksOf,
  codeOf,
  type Examination,
  lastReply,
  wordsOf,
} from "./section_reader.ts";
import type { Plan } from "../../../model/plan.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd, bad } = checksOf("scheduler");

export function limitChecks(examination: Examination): readonly DoctorCheck[] {
  const { scheduler: { queueLimits }, plan } = examination;
  const reply = lastReply(examination, "limits");
  if (reply === null || !queueLimits) return [];
  const code = codeOf(reply)!;
  const limits = code === 0
    ? queueLimits.parseQueue({ code, stdout: reply.text, stderr: reply.error })
    : null;
  const { resources } = plan.config;
  if (limits === null) {
    const whose = resources.queue || "the default queue";
    return [odd(
      "limits",
      `the limits of ${whose} are unknown: ${wordsOf(reply)}`,
      "The first submit will show it",
    )];
  }
  const demands = demandsOf(limits, resources);
  const beyond = demands.filter(({ asked, most }) => asked > most)
    .map((demand) => tooMuch(demand, plan));
  return [
    ...(beyond.length > 0 ? beyond : [fine("limits", listed(demands, limits))]),
    ...jobs(limits, plan),
  ];
}

/** A requested resource that has a limit. */
interface Demand {
  readonly field: string;
  readonly asked: number;
  readonly most: number;
  /** Formats an amount. */
  readonly says: (amount: number) => string;
}

function demandsOf(
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

/** A QOS, custom flags and a custom header may change the request or the limit. */
function tooMuch(
  { field, asked, most, says }: Demand,
  { header, config: { resources: { queue, qos, flags } } }: Plan,
): DoctorCheck {
  const whose = queue === "" ? "the default queue" : `queue ${queue}`;
  const others = [
    qos ? "qos" : "",
    flags.length > 0 ? "custom_flags" : "",
    header === null ? "" : "customized_script_header_template_file",
  ].filter(Boolean);
  const saw = `resources.${field} requests ${says(asked)}; ${whose} allows ${
    says(most)
  }`;
  const advice =
    "Request less, or set resources.queue_name to a queue that allows it";
  return others.length === 0
    ? bad("limits", saw, advice)
    : odd("limits", saw, `${advice}; ${others.join(", ")} may change this`);
}

/** Limits of 0 are not shown. */
function listed(demands: readonly Demand[], { jobs }: QueueLimits): string {
  const words = demands.filter(({ most }) => most > 0).map((
    { field, most, says },
  ) => field === "walltime" ? `walltime ${says(most)}` : says(most));
  const own = jobs === null ? [] : [`${count(jobs, "job")} a user`];
  return [...words, ...own].join(", ") || "the queue reports none";
}

/** More jobs than a user may have are submitted one after another. */
function jobs({ jobs }: QueueLimits, { tasks, config }: Plan) {
  const { machine: { maxJobs }, resources: { tasksPerJob } } = config;
  const all = pack(tasks.map(({ key }) => key), tasksPerJob).length;
  const wanted = Math.min(all, maxJobs ?? Infinity);
  return jobs === null || wanted <= jobs ? [] : [odd(
    "limits",
    `the run submits ${wanted} jobs at once; a user may have ${jobs}`,
    `Rejected jobs are submitted again later; set machine.max_jobs to ${jobs} or less to avoid rejections`,
  )];
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
