/** A batch system and a disk in memory. Jobs wait, run and write records; clients may come and go. */
import type { Job, JobId, JobName, TaskKey } from "../../../src/model/job.ts";
import type { JobRecord } from "../../../src/model/job_record.ts";
import type { SubmitReply } from "../../../src/model/backend_messages.ts";

/** What goes on there; times in milliseconds. Absent: all goes well. */
export interface QueueScript {
  /** From being submitted to the start. */
  readonly waits?: (job: Job) => number;
  readonly lasts?: (task: TaskKey) => number;
  /** Exit code of the task's run number `run` (from 1); "killed": its job dies in it without a word. */
  readonly exits?: (task: TaskKey, run: number) => number | "killed";
  /** A record is seen so much later than it was written. */
  readonly recordLag?: number;
}

export interface FakeJob extends Job {
  readonly id: JobId;
  phase: "queued" | "running" | "ended";
  /** When it does its next thing. */
  at: number;
  /** Of the task that runs or is next. */
  index: number;
  started: boolean;
}

export interface TaskRun {
  readonly job: JobName;
  /** Null: it was cut off. */
  code: number | null;
}

/** The submission's directory. */
export interface RunDir {
  readonly runId: string;
  closed: boolean;
  lease: { readonly token: string; readonly holderName: string } | null;
  heartbeats: number;
  /** Submit scripts at work. */
  submitters: number;
  readonly plannedJobs: Job[];
  readonly submitReplies: Map<JobName, SubmitReply | null>;
  readonly locks: Map<JobName, string>;
  readonly superseded: Set<JobName>;
  readonly records: Map<JobName, { record: JobRecord; seen: number }[]>;
}

export interface Queue {
  runDir: RunDir | null;
  readonly jobs: FakeJob[];
  readonly runs: Map<TaskKey, TaskRun[]>;
  /** What must never happen and did. */
  readonly violations: string[];
  /** Lets the jobs do what they have done until a time. */
  advance(now: number): void;
  accept(job: Job, now: number): JobId;
  cancel(id: JobId): void;
}

export function newRunDir(runId: string): RunDir {
  return {
    runId,
    closed: false,
    lease: null,
    heartbeats: 0,
    submitters: 0,
    plannedJobs: [],
    submitReplies: new Map(),
    locks: new Map(),
    superseded: new Set(),
    records: new Map(),
  };
}

export function scriptedQueue(script: QueueScript): Queue {
  const queue: Queue = {
    runDir: null,
    jobs: [],
    runs: new Map(),
    violations: [],
    advance(now) {
      for (let job = dueJob(now); job; job = dueJob(now)) advanceJob(job);
    },
    accept(job, now) {
      checkSubmit(job);
      const id = String(1000 + queue.jobs.length);
      const at = now + (script.waits?.(job) ?? 1000);
      const fresh = { phase: "queued", index: 0, started: false } as const;
      queue.jobs.push({ ...job, ...fresh, id, at });
      return id;
    },
    cancel(id) {
      const job = queue.jobs.find((each) => each.id === id);
      if (job) endJob(job);
    },
  };
  return queue;

  function dueJob(now: number): FakeJob | undefined {
    return queue.jobs.filter(({ phase, at }) => phase !== "ended" && at <= now)
      .sort((a, b) => a.at - b.at)[0];
  }

  function advanceJob(job: FakeJob): void {
    if (job.phase === "queued") startJob(job);
    else if (job.started) finishTask(job);
    else nextTask(job);
  }

  function startJob(job: FakeJob): void {
    const { runDir } = queue;
    const lock = runDir?.locks.get(job.name);
    if (!runDir || (lock !== undefined && lock !== `run:${job.id}`)) {
      job.phase = "ended";
      return;
    }
    runDir.locks.set(job.name, `run:${job.id}`);
    for (const old of job.supersedes) runDir.superseded.add(old);
    job.phase = "running";
    addRecord(job, {
      type: "jobStarted",
      id: job.id,
      host: "node1",
      time: job.at / 1000,
    });
  }

  function nextTask(job: FakeJob): void {
    const task = job.tasks[job.index];
    const time = job.at / 1000;
    if (!queue.runDir) return void (job.phase = "ended");
    if (task !== undefined && queue.runDir.superseded.has(job.name)) {
      addRecord(job, {
        type: "jobStopped",
        reason: "superseded",
        owner: "x",
        time,
      });
    }
    if (task === undefined || queue.runDir.superseded.has(job.name)) {
      addRecord(job, { type: "jobEnded", failed: 0, time });
      job.phase = "ended";
      return;
    }
    const runs = queue.runs.get(task) ?? [];
    const twice = runs.some(({ job: other, code }) =>
      code === 0 || (code === null && isActive(other) && other !== job.name)
    );
    if (twice) queue.violations.push(`${task} runs again in ${job.name}`);
    queue.runs.set(task, [...runs, { job: job.name, code: null }]);
    addRecord(job, { type: "taskStarted", task, time });
    job.started = true;
    job.at += script.lasts?.(task) ?? 1000;
  }

  function finishTask(job: FakeJob): void {
    const task = job.tasks[job.index]!;
    const runs = queue.runs.get(task)!;
    const code = script.exits?.(task, runs.length) ?? 0;
    if (code === "killed") return endJob(job);
    runs.findLast((run) => run.job === job.name)!.code = code;
    addRecord(job, { type: "taskExited", task, code, time: job.at / 1000 });
    job.started = false;
    job.index += 1;
  }

  /** It is gone, and nothing says so but the queue. */
  function endJob(job: FakeJob): void {
    job.phase = "ended";
  }

  function isActive(name: JobName): boolean {
    return queue.jobs.some((job) => job.name === name && job.phase !== "ended");
  }

  function addRecord(job: FakeJob, entry: object): void {
    const records = queue.runDir?.records;
    if (!records) return;
    const record = { job: job.name, element: null, ...entry } as JobRecord;
    const all = records.get(job.name) ??
      records.set(job.name, []).get(job.name)!;
    all.push({ record, seen: job.at + (script.recordLag ?? 0) });
  }

  /** A job that is submitted twice, or tasks that are while another job has them. */
  function checkSubmit(job: Job): void {
    if (queue.jobs.some(({ name }) => name === job.name)) {
      queue.violations.push(`${job.name} was submitted twice`);
    }
    const rivals = queue.jobs.filter(({ name, phase, tasks, index }) =>
      phase !== "ended" && queue.runDir?.locks.get(name) !== "fenced" &&
      tasks.slice(index).some((task) => job.tasks.includes(task))
    );
    for (const { name } of rivals) {
      queue.violations.push(`${job.name} was submitted while ${name} lives`);
    }
  }
}
