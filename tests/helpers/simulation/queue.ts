/** A batch system and a disk in memory. Jobs wait, run and write records; clients may come and go. */
import type { Job, JobId, JobName, TaskKey } from "../../../src/model/job.ts";
import type { JobRecord } from "../../../src/model/job_record.ts";
import type { SubmitReply } from "../../../src/model/backend_messages.ts";

/** What goes on there; times in milliseconds. Absent: all goes well. */
export interface QueueScript {
  /** From being handed over to the start. */
  readonly waits?: (job: Job) => number;
  readonly lasts?: (task: TaskKey) => number;
  /** Exit code of the task's run number `run` (from 1); "killed": its job dies in it without a word. */
  readonly exits?: (task: TaskKey, run: number) => number | "killed";
  /** A record is seen so much later than it was written. */
  readonly recordLag?: number;
}

export interface FarJob extends Job {
  readonly id: JobId;
  phase: "queued" | "running" | "ended";
  /** When it does its next thing. */
  at: number;
  /** Of the task that runs or is next. */
  index: number;
  started: boolean;
}

export interface Ran {
  readonly job: JobName;
  /** Null: it was cut off. */
  code: number | null;
}

/** The submission's folder. */
export interface Folder {
  readonly mark: string;
  closed: boolean;
  lease: { readonly token: string; readonly holderName: string } | null;
  beats: number;
  /** Submit scripts at work. */
  submitters: number;
  readonly intents: Job[];
  readonly tried: Map<JobName, SubmitReply | null>;
  readonly locks: Map<JobName, string>;
  readonly over: Set<JobName>;
  readonly records: Map<JobName, { record: JobRecord; seen: number }[]>;
}

export interface Queue {
  folder: Folder | null;
  readonly jobs: FarJob[];
  readonly runs: Map<TaskKey, Ran[]>;
  /** What must never happen and did. */
  readonly crimes: string[];
  /** Lets the jobs do what they have done until a time. */
  advance(now: number): void;
  accept(job: Job, now: number): JobId;
  cancel(id: JobId): void;
}

export function newFolder(mark: string): Folder {
  return {
    mark,
    closed: false,
    lease: null,
    beats: 0,
    submitters: 0,
    intents: [],
    tried: new Map(),
    locks: new Map(),
    over: new Set(),
    records: new Map(),
  };
}

export function scriptedQueue(script: QueueScript): Queue {
  const queue: Queue = {
    folder: null,
    jobs: [],
    runs: new Map(),
    crimes: [],
    advance(now) {
      for (let job = due(now); job; job = due(now)) step(job);
    },
    accept(job, now) {
      watchFor(job);
      const id = String(1000 + queue.jobs.length);
      const at = now + (script.waits?.(job) ?? 1000);
      const fresh = { phase: "queued", index: 0, started: false } as const;
      queue.jobs.push({ ...job, ...fresh, id, at });
      return id;
    },
    cancel(id) {
      const job = queue.jobs.find((each) => each.id === id);
      if (job) cut(job);
    },
  };
  return queue;

  function due(now: number): FarJob | undefined {
    return queue.jobs.filter(({ phase, at }) => phase !== "ended" && at <= now)
      .sort((a, b) => a.at - b.at)[0];
  }

  function step(job: FarJob): void {
    if (job.phase === "queued") begin(job);
    else if (job.started) finishTask(job);
    else nextTask(job);
  }

  function begin(job: FarJob): void {
    const { folder } = queue;
    const lock = folder?.locks.get(job.name);
    if (!folder || (lock !== undefined && lock !== `run:${job.id}`)) {
      job.phase = "ended";
      return;
    }
    folder.locks.set(job.name, `run:${job.id}`);
    for (const old of job.supersedes) folder.over.add(old);
    job.phase = "running";
    say(job, {
      type: "jobStarted",
      id: job.id,
      host: "node1",
      time: job.at / 1000,
    });
  }

  function nextTask(job: FarJob): void {
    const task = job.tasks[job.index];
    const time = job.at / 1000;
    if (!queue.folder) return void (job.phase = "ended");
    if (task !== undefined && queue.folder.over.has(job.name)) {
      say(job, { type: "jobStopped", reason: "superseded", owner: "x", time });
    }
    if (task === undefined || queue.folder.over.has(job.name)) {
      say(job, { type: "jobEnded", failed: 0, time });
      job.phase = "ended";
      return;
    }
    const runs = queue.runs.get(task) ?? [];
    const twice = runs.some(({ job: other, code }) =>
      code === 0 || (code === null && alive(other) && other !== job.name)
    );
    if (twice) queue.crimes.push(`${task} runs again in ${job.name}`);
    queue.runs.set(task, [...runs, { job: job.name, code: null }]);
    say(job, { type: "taskStarted", task, time });
    job.started = true;
    job.at += script.lasts?.(task) ?? 1000;
  }

  function finishTask(job: FarJob): void {
    const task = job.tasks[job.index]!;
    const runs = queue.runs.get(task)!;
    const code = script.exits?.(task, runs.length) ?? 0;
    if (code === "killed") return cut(job);
    runs.findLast((run) => run.job === job.name)!.code = code;
    say(job, { type: "taskExited", task, code, time: job.at / 1000 });
    job.started = false;
    job.index += 1;
  }

  /** It is gone, and nothing says so but the queue. */
  function cut(job: FarJob): void {
    job.phase = "ended";
  }

  function alive(name: JobName): boolean {
    return queue.jobs.some((job) => job.name === name && job.phase !== "ended");
  }

  function say(job: FarJob, fact: object): void {
    const records = queue.folder?.records;
    if (!records) return;
    const record = { job: job.name, element: null, ...fact } as JobRecord;
    const all = records.get(job.name) ??
      records.set(job.name, []).get(job.name)!;
    all.push({ record, seen: job.at + (script.recordLag ?? 0) });
  }

  /** A job that is handed over twice, or tasks that are while another job has them. */
  function watchFor(job: Job): void {
    if (queue.jobs.some(({ name }) => name === job.name)) {
      queue.crimes.push(`${job.name} was submitted twice`);
    }
    const rivals = queue.jobs.filter(({ name, phase, tasks, index }) =>
      phase !== "ended" && queue.folder?.locks.get(name) !== "fenced" &&
      tasks.slice(index).some((task) => job.tasks.includes(task))
    );
    for (const { name } of rivals) {
      queue.crimes.push(`${job.name} was submitted while ${name} lives`);
    }
  }
}
