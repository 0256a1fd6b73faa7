/** What would be done, task by task and job by job. */
import { contexts } from "../contexts/mod.ts";
import type { Job, Plan } from "../job.ts";
import { pack } from "../pack.ts";
import { schedulers } from "../schedulers/mod.ts";
import { stage, stagedBytes, stagedFiles } from "../stage.ts";
import { submission } from "../submit.ts";
import type { PlannedJob, PlannedWork } from "./notice.ts";
import { reachLines, reachOf } from "./reach.ts";
import { showBytes } from "./report/quantity.ts";
import { count } from "../text/words.ts";
import { shownDir } from "./report/task_name.ts";
import type { World } from "../world.ts";

/** @param all every job's script, not only the first */
export function plannedWork(
  plan: Plan,
  world: Pick<World, "files" | "cwd">,
  all: boolean,
): PlannedWork {
  const { machine } = plan.config;
  const staging =
    contexts.find(({ name }) => name === machine.context)?.staging(machine) ??
      "copy";
  return {
    ...reachOf(plan, world),
    files: stagedFiles(stage(plan, plan.tasks, staging)),
    bytes: stagedBytes(plan, plan.tasks, staging),
    work: plan.tasks.map(({ key, dir, command }) => ({ key, dir, command })),
    packing: jobsOf(plan, all),
  };
}

/** A job's real name has the run's random mark in it; here it is `job1`, `job2`, … */
function jobsOf(plan: Plan, all: boolean): readonly PlannedJob[] {
  const { resources, machine } = plan.config;
  const groups = pack(plan.tasks.map(({ key }) => key), resources.tasksPerJob);
  const jobs = groups.map((tasks, at): Job => ({
    name: `job${at + 1}`,
    tasks,
    after: [],
  }));
  const scheduler = schedulers.find(({ name }) => name === machine.scheduler);
  const puts = scheduler === undefined
    ? []
    : submission(all ? jobs : jobs.slice(0, 1), plan, scheduler, plan.root);
  const scripts = new Map(
    puts.flatMap((put) => "text" in put ? [[put.to, put.text]] : []),
  );
  return jobs.map(({ name, tasks }) => ({
    tasks,
    script: scripts.get(`jobs/${name}.sh`) ?? null,
  }));
}

/** Tasks shown of many: a plan is looked at, not searched. */
const MOST_TASKS = 20;

/** Tasks by job, what is staged, and the first script or all of them. */
export function plannedLines(
  planned: PlannedWork,
  scripts: boolean,
): readonly string[] {
  const { files, bytes, work, packing } = planned;
  const shown = work.slice(0, MOST_TASKS).map(({ dir, command }) =>
    `  ${shownDir(dir)}  ${command}`
  );
  const rest = work.length - shown.length;
  const jobs = scripts ? packing : packing.slice(0, 1);
  return [
    `  to stage   ${count(files, "file")}, ${showBytes(bytes)}`,
    ...reachLines(planned),
    "",
    "Tasks, each by folder and command:",
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more; --json has them all`] : []),
    ...jobs.flatMap(scriptLines),
    ...(packing.length > jobs.length
      ? [
        "",
        `The other ${otherScripts(packing.length - jobs.length)}: --scripts`,
      ]
      : []),
  ];
}

function otherScripts(number: number): string {
  return number === 1 ? "script" : `${number} scripts`;
}

function scriptLines(
  { tasks, script }: PlannedJob,
  at: number,
): readonly string[] {
  const title = `Job ${at + 1}, ${count(tasks.length, "task")}`;
  return script === null
    ? ["", `${title}: its backend takes no script`]
    : ["", `${title}:`, script.trimEnd()];
}
