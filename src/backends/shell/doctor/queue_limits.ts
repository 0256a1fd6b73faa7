/** Compares the requested resources with the limits of the queue. */
import { pack } from "../../../pipeline/plan/pack.ts";
import type { QueueLimits } from "../../../schedulers/scheduler.ts";
import { count } from "../../../text/grammar.ts";
import { type Demand, demandsOf, type Excess, excessesOf } from "../demands.ts";
import {
  checksOf,
  type Examination,
  exitCodeIn,
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
  const code = exitCodeIn(reply)!;
  const limits = code === 0
    ? queueLimits.parseQueue({ code, stdout: reply.text, stderr: reply.error })
    : null;
  const { resources } = plan.config;
  const whose = resources.queue || "the default queue";
  if (limits === null) {
    return [odd(
      "limits",
      `the limits of ${whose} are unknown: ${wordsOf(reply)}`,
      "The first submit will show it",
    )];
  }
  const demands = demandsOf(limits, resources);
  const beyond = excessesOf(demands, plan, examination.scheduler).map(tooMuch);
  const { refuses = [], waits = [] } = limits;
  return [
    ...refuses.map((why) =>
      bad(
        "limits",
        `${whose}: ${why}`,
        "Set resources.queue_name to another queue",
      )
    ),
    ...waits.map((why) =>
      odd("limits", `${whose}: ${why}`, "Jobs wait until the site starts it")
    ),
    ...(beyond.length > 0 ? beyond : [fine("limits", listed(demands, limits))]),
    ...jobs(limits, plan),
  ];
}

function tooMuch({ detail, others }: Excess): DoctorCheck {
  const advice =
    "Request less, or set resources.queue_name to a queue that allows it";
  return others.length === 0
    ? bad("limits", detail, advice)
    : odd("limits", detail, `${advice}; ${others.join(", ")} may change this`);
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
