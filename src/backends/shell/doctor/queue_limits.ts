/** What the script asks for, against what its queue allows. */
import type { Resources } from "../../../model/config.ts";
import { pack } from "../../../pipeline/plan/pack.ts";
import type { Maximum, QueueLimits } from "../../../schedulers/scheduler.ts";
import { count } from "../../../text/grammar.ts";
import {
  checksOf,
  codeOf,
  type Examination,
  saidOf,
  wordsOf,
} from "./section_reader.ts";
import type { Plan } from "../../../model/plan.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd, bad } = checksOf("scheduler");

export function limitChecks(one: Examination): readonly DoctorCheck[] {
  const { scheduler: { queueLimits }, plan } = one;
  const said = saidOf(one, "limits");
  if (said === null || !queueLimits) return [];
  const code = codeOf(said)!;
  const limits = code === 0
    ? queueLimits.parseQueue({ code, stdout: said.text, stderr: said.error })
    : null;
  const { resources } = plan.config;
  if (limits === null) {
    const whose = resources.queue || "the default queue";
    return [odd(
      "limits",
      `nobody says what ${whose} allows: ${wordsOf(said)}`,
      "A job will tell",
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

/** One thing that a job asks for, and that has a limit. */
interface Demand {
  readonly field: string;
  readonly asked: number;
  readonly most: number;
  /** An amount in words. */
  readonly says: (amount: number) => string;
}

function demandsOf(
  limits: QueueLimits,
  resources: Resources,
): readonly Demand[] {
  const { walltimeSeconds, memoryMib, cpusPerNode, gpusPerNode, nodes } =
    resources;
  // Its words decide, not the number.
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

/** What is asked for on each node, in the way that the limit counts. */
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

/** A QOS, the user's own lines and a header of their own may change what is asked for, or what is allowed. */
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
  const saw = `resources.${field} asks for ${says(asked)}; ${whose} allows ${
    says(most)
  }`;
  const advice =
    "Ask for less, or set resources.queue_name to a queue that allows it";
  return others.length === 0
    ? bad("limits", saw, advice)
    : odd("limits", saw, `${advice}; ${others.join(", ")} may say otherwise`);
}

/** What is 0 is not worth a word. */
function listed(demands: readonly Demand[], { jobs }: QueueLimits): string {
  const words = demands.filter(({ most }) => most > 0).map((
    { field, most, says },
  ) => field === "walltime" ? `walltime ${says(most)}` : says(most));
  const own = jobs === null ? [] : [`${count(jobs, "job")} of yours`];
  return [...words, ...own].join(", ") || "the queue tells of none";
}

/** More jobs than a user may have are handed over bit by bit. */
function jobs({ jobs }: QueueLimits, { tasks, config }: Plan) {
  const { machine: { maxJobs }, resources: { tasksPerJob } } = config;
  const all = pack(tasks.map(({ key }) => key), tasksPerJob).length;
  const wanted = Math.min(all, maxJobs ?? Infinity);
  return jobs === null || wanted <= jobs ? [] : [odd(
    "limits",
    `${wanted} jobs would be there at once; a user may have ${jobs}`,
    `What is refused is handed over again later; set machine.max_jobs to ${jobs} or less to spare refusals`,
  )];
}

const TIMES: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** In the largest unit that leaves no rest. */
function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  const [size, name] = TIMES.find(([size]) => whole % size === 0) ??
    [1, "second"];
  return count(whole / size, name);
}

function sizeText(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024} GB` : `${mib} MB`;
}
