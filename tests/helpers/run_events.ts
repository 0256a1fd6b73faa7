/** Runs as lists of events, told to a reporter while a clock stands still or goes on. */
import { type Event, eventAt, type EventData } from "../../src/model/event.ts";
import {
  type FinalEvent,
  summarizeRun,
} from "../../src/cli/summary/run_summary.ts";
import { summaryText } from "../../src/cli/summary/text.ts";
import type { Line } from "../../src/cli/progress/event_lines.ts";
import type { Reporter } from "../../src/cli/progress/reporters.ts";
import { taskNames } from "../../src/cli/wording/names.ts";
import { applyEvent, resumeState } from "../../src/model/run_state/mod.ts";
import { taskRow } from "./config.ts";
import { memoryFiles } from "./memory_files.ts";
import { planOf } from "./plan_of.ts";
import { type FakeEnvironment, fakeEnvironment } from "./environment.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { RunView } from "../../src/cli/run_view.ts";

/** A plan of so many tasks, in the directories t0, t1, …; each a job of its own. */
export function planOfTasks(
  tasks: number,
  overrides: Parameters<typeof planOf>[0] = {},
): Plan {
  const directories = Array.from(
    { length: tasks },
    (_, at) => [`/work/t${at}/`, ""],
  );
  const rows = [taskRow({ command: "python3", dir: "t*" })];
  return planOf(
    { tasks: rows, resources: { tasksPerJob: 1 }, ...overrides },
    Object.fromEntries(directories),
  );
}

/** A scene whose progress begins with the plan. */
export function runViewOf(plan: Plan): RunView {
  const state = resumeState([], plan.tasks.map(({ key }) => key));
  return {
    ...{ plan, progress: state, nameOf: taskNames(plan) },
    transfers: () => ({ up: null, down: null }),
    submitting: () => new Set(),
    waits: () => [],
  };
}

/** Folds each happening and tells it, at the clock's time. */
export function reportAll(
  { progress: state }: RunView,
  reporter: Pick<Reporter, "report">,
  events: readonly EventData[],
  { clock }: Pick<FakeEnvironment, "clock">,
): void {
  for (const data of events) {
    const event = eventAt(data, clock.now());
    applyEvent(state, event, clock.elapsed());
    reporter.report(event);
  }
}

/** Lines by themselves, for what is no matter of the screen. */
export function lineCollector(linesOf: (event: Event) => readonly Line[]) {
  const lines: Line[] = [];
  return {
    lines,
    report: (event: Event) => void lines.push(...linesOf(event)),
  };
}

/** From the beginning until every task is in the queue, job `j0` for task 0 and so on. */
export function eventsUntilSubmitted(
  { runKey, tasks, config, remoteDir }: Plan,
): readonly EventData[] {
  const { scheduler, context } = config.machine;
  return [
    {
      type: "runStarted",
      runKey,
      generation: 1,
      runId: "m",
      script: config.script.path,
      scheduler,
      context,
      version: "1.0.0",
    },
    { type: "sessionStarted", pid: 1, host: "here" },
    {
      type: "remoteInspected",
      remoteDir,
      host: "far",
      cpus: 2,
      isPresent: false,
    },
    {
      type: "staged",
      tasks: tasks.map(({ key }) => key),
      files: 2,
      bytes: 3_400_000,
    },
    ...tasks.map(({ key }, at): EventData => ({
      type: "jobCreated",
      job: `j${at}`,
      tasks: [key],
      supersedes: [],
    })),
    ...tasks.map((_, at): EventData => ({
      type: "jobSubmitted",
      job: `j${at}`,
      id: `${1000 + at}`,
    })),
  ];
}

/** Task `at` starts in its first job and ends with a code; with another than 0 it is given up. */
export function eventsOfTask(
  { tasks }: Plan,
  at: number,
  code: number,
  hint?: string,
): readonly EventData[] {
  const task = tasks[at]!.key;
  const job = `j${at}`;
  return [
    {
      type: "jobStarted",
      job,
      id: `${1000 + at}`,
      host: "node7",
      remoteTime: 100,
    },
    { type: "taskStarted", task, job, remoteTime: 100 },
    {
      type: "taskExited",
      task,
      job,
      code,
      remoteTime: 110,
      ...(hint && { suggestedCommand: hint }),
    },
    { type: "jobEnded", job, reason: { kind: "completed" } },
    ...(code === 0 ? [] : [{ type: "taskFailed", task, code } as const]),
    { type: "collected", results: [{ task, files: [], missing: [] }] },
  ];
}

/** Command lines that the last words name. */
const commands = {
  resume: "dpdisp run hello.py",
  cancel: "dpdisp cancel hello.py",
};

/** A run of a plan: what happened after its jobs were submitted, and how it ended. */
export interface EndedRun {
  readonly plan: ReturnType<typeof planOfTasks>;
  readonly events: readonly EventData[];
  readonly ending: Extract<EventData, { type: FinalEvent["type"] }>;
  readonly tree?: Record<string, string>;
  readonly cancelled?: readonly string[];
  /** Its jobs were submitted, unless something else is given. */
  readonly before?: readonly EventData[];
}

/** The summary of such a run. */
export function runSummaryOf(
  {
    plan,
    events,
    ending,
    tree = {},
    cancelled = [],
    before = eventsUntilSubmitted(plan),
  }: EndedRun,
) {
  const view = runViewOf(plan);
  const nobody = { report: () => {} };
  reportAll(view, nobody, [...before, ...events], fakeEnvironment());
  return summarizeRun(
    plan,
    view.progress,
    { ...ending, time: fakeEnvironment().clock.now() / 1000 } as FinalEvent,
    {
      endedAt: fakeEnvironment().clock.elapsed(),
      commands,
      cancelled,
      isInterrupted: false,
      isCancelCommand: false,
      isOutputLost: false,
    },
    memoryFiles(tree),
  );
}

/** The last words of such a run. */
export function summaryOf(given: EndedRun): readonly string[] {
  return summaryText(runSummaryOf(given), taskNames(given.plan));
}
