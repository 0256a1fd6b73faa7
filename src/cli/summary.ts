/** What a plan comes to, for `check` and `plan`. */
import type { Plan } from "../job.ts";
import { pack } from "../pack.ts";
import { resolve } from "../text/path.ts";
import type { Summary } from "./notice.ts";
import { count } from "../text/words.ts";
import { shownFile } from "./report/line.ts";

/** @param cwd the folder that a header template's relative path is from */
export function summaryOf(plan: Plan, cwd: string): Summary {
  const { script, machine, resources } = plan.config;
  const { headerTemplate } = resources.strategy;
  return {
    script: script.path,
    base: plan.base,
    root: plan.root,
    headerTemplate: headerTemplate === null
      ? null
      : resolve(cwd, headerTemplate),
    scheduler: machine.scheduler,
    context: machine.context,
    tasks: plan.tasks.length,
    jobs: pack(plan.tasks.map(({ key }) => key), resources.tasksPerJob).length,
  };
}

/** `hello.py: 1 task in 1 job, Shell on LazyLocalContext`, and where everything is. */
export function summaryLines(summary: Summary): readonly string[] {
  const {
    script,
    base,
    root,
    headerTemplate,
    scheduler,
    context,
    tasks,
    jobs,
  } = summary;
  const places = [
    ["script", script],
    ["work base", base],
    ["runs in", root],
    ...(headerTemplate === null ? [] : [["header", headerTemplate] as const]),
  ] as const;
  return [
    `${shownFile(script)}: ${count(tasks, "task")} in ${
      count(jobs, "job")
    }, ${scheduler} on ${context}`,
    ...places.map(([name, path]) => `  ${name.padEnd(10)} ${path}`),
  ];
}
