import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { EventData } from "../../src/model/event.ts";
import { pollEvents } from "../../src/pipeline/poll.ts";
import { recordEvents as read } from "../../src/pipeline/record_events.ts";
import type { RunState } from "../../src/model/run_state/mod.ts";
import {
  applyEvents,
  NOON,
  runStateOf,
  submittedJob,
  taskRan,
} from "../helpers/events.ts";
import type { JobRecord } from "../../src/model/job_record.ts";
import type {
  BackendTraits,
  PollReply,
  QueueEntry,
} from "../../src/model/backend_messages.ts";

const limits: BackendTraits = {
  minPollSeconds: 1,
  maxPollSeconds: 30,
  missingGraceSeconds: 120,
  missingGracePolls: 3,
  queueFullSeconds: 60,
  defaultMaxJobs: "none",
  submitAhead: 0,
  explainsEnds: false,
};

const element = null;

/** Where nobody but the record tells why a job ended. */
const readRecords = (progress: RunState, records: readonly JobRecord[]) =>
  read(progress, records, limits, new Map());

const record = {
  begin: (job: string, id = `#${job}`): JobRecord => ({
    job,
    element,
    type: "jobStarted",
    id,
    host: "node",
    time: 1,
  }),
  start: (job: string, task: string, time = 1): JobRecord => ({
    job,
    element,
    type: "taskStarted",
    task,
    time,
  }),
  exit: (job: string, task: string, code: number, time = 2): JobRecord => ({
    job,
    element,
    type: "taskExited",
    task,
    code,
    time,
  }),
  leave: (
    job: string,
    why: "superseded" | "duplicate" | "signal",
  ): JobRecord => ({
    job,
    element,
    type: "jobStopped",
    reason: why,
    owner: "x",
    time: 1,
  }),
  end: (job: string): JobRecord => ({
    job,
    element,
    type: "jobEnded",
    failed: 0,
    time: 3,
  }),
};

interface Seen extends Partial<Omit<PollReply, "queue">> {
  readonly queue?: Readonly<globalThis.Record<string, QueueEntry>>;
}

/** Reads a look, all living jobs asked for, and folds what it says. */
function poll(
  progress: RunState,
  { queue = {}, ...rest }: Seen,
  at = NOON,
  given: Partial<BackendTraits> = {},
): readonly EventData[] {
  const seen: PollReply = {
    queue: new Map(Object.entries(queue)),
    isComplete: true,
    errorText: "",
    areRecordsComplete: true,
    records: [],
    ...rest,
  };
  const asked = [...progress.activeJobs];
  const events = pollEvents(progress, seen, asked, { ...limits, ...given }, at);
  applyEvents(progress, events, at);
  return events;
}

const oneJob = () => runStateOf(["t0", "t1"], submittedJob("j0", ["t0", "t1"]));
const running: QueueEntry = { nativeState: "R", state: "running" };

Deno.test("a job state gives an event when it changes, and only then", () => {
  const progress = oneJob();
  const queued: QueueEntry = {
    nativeState: "PD",
    state: "queued",
    reason: "Priority",
  };
  strictEqual(poll(progress, { queue: { "#j0": queued } }).length, 1);
  deepStrictEqual(poll(progress, { queue: { "#j0": queued } }), []);
  deepStrictEqual(poll(progress, { queue: { "#j0": running } }), [
    { type: "jobState", job: "j0", state: "running", nativeState: "R" },
  ]);
});

Deno.test("a missing job is lost only after the missed polls and after the grace", () => {
  const progress = oneJob();
  const ends = [0, 60, 119, 120].map((seconds) =>
    poll(progress, {}, NOON + 1000 * seconds).map(({ type }) => type)
  );
  deepStrictEqual(ends, [["jobsNotListed"], ["jobsNotListed"], [
    "jobsNotListed",
  ], ["jobEnded"]]);
  const hasty = oneJob();
  const rounds = [0, 500].map((seconds) =>
    poll(hasty, {}, NOON + 1000 * seconds).map(({ type }) => type)
  );
  deepStrictEqual(rounds, [["jobsNotListed"], ["jobsNotListed"]]);
});

Deno.test("where there is no grace only missed polls count", () => {
  const progress = oneJob();
  const given = { missingGraceSeconds: 0, missingGracePolls: 2 };
  strictEqual(poll(progress, {}, NOON, given)[0]?.type, "jobsNotListed");
  deepStrictEqual(poll(progress, {}, NOON, given), [
    { type: "jobEnded", job: "j0", reason: { kind: "disappeared" } },
  ]);
});

Deno.test("a job that is listed again begins a new count of missed polls", () => {
  const progress = oneJob();
  poll(progress, {}, NOON);
  poll(progress, {}, NOON + 100_000);
  poll(progress, { queue: { "#j0": running } }, NOON + 110_000);
  const events = poll(progress, {}, NOON + 130_000);
  strictEqual(events[0]?.type, "jobsNotListed");
  strictEqual(progress.jobs.get("j0")!.missedPolls, 1);
});

Deno.test("an incomplete listing says nothing about jobs that are not in it", () => {
  const progress = oneJob();
  for (let at = 0; at < 10; at++) {
    deepStrictEqual(
      poll(progress, { isComplete: false }, NOON + 100_000 * at),
      [],
    );
  }
});

Deno.test("a job that the queue calls ended waits for its record, like a missing one", () => {
  const progress = oneJob();
  const ended: QueueEntry = { nativeState: "CD", state: "ended" };
  const queue = { "#j0": ended };
  strictEqual(
    poll(progress, { queue, isComplete: false })[0]?.type,
    "jobsNotListed",
  );
  poll(progress, { queue }, NOON + 60_000);
  deepStrictEqual(poll(progress, { queue }, NOON + 130_000), [
    {
      type: "jobEnded",
      job: "j0",
      reason: { kind: "disappeared", message: "CD" },
    },
  ]);
});

Deno.test("a job that writes records is active, though the queue does not list it", () => {
  const progress = oneJob();
  poll(progress, {}, NOON);
  poll(progress, {}, NOON + 100_000);
  const records = [record.start("j0", "t0")];
  const events = poll(progress, { records }, NOON + 200_000);
  deepStrictEqual(events.map(({ type }) => type), ["taskStarted"]);
  strictEqual(poll(progress, {}, NOON + 201_000)[0]?.type, "jobsNotListed");
});

Deno.test("where the queue says that a job succeeded, its record is looked for as long as a job, and that is said", () => {
  const progress = oneJob();
  const done: QueueEntry = {
    nativeState: "COMPLETED",
    state: "ended",
    hasSucceeded: true,
  };
  const seen = [0, 30, 60, 119, 120].map((seconds) =>
    poll(progress, { queue: { "#j0": done } }, NOON + 1000 * seconds)
      .map(({ type }) => type)
  );
  deepStrictEqual(seen, [
    ["jobsNotListed"],
    ["jobsNotListed", "warning"],
    ["jobsNotListed"],
    ["jobsNotListed"],
    ["jobEnded"],
  ]);
});

Deno.test("the start of a task has the lengths of its logs, where the job recorded them", () => {
  const progress = oneJob();
  const start = record.start("j0", "t0", 3);
  const [event] = readRecords(progress, [
    { ...start, stdoutBytes: 5, stderrBytes: 0 } as JobRecord,
  ]);
  deepStrictEqual(event, {
    type: "taskStarted",
    job: "j0",
    task: "t0",
    remoteTime: 3,
    logBytes: { stdout: 5, stderr: 0 },
  });
  ok(!("logBytes" in readRecords(oneJob(), [start])[0]!));
});

Deno.test("where records may come after a job has left the queue, it is not missing without them", () => {
  const progress = oneJob();
  const seen = { areRecordsComplete: false };
  for (let at = NOON; at < NOON + 1_000_000; at += 100_000) {
    deepStrictEqual(poll(progress, seen, at), []);
  }
  strictEqual(poll(progress, {}, NOON + 1_000_000)[0]?.type, "jobsNotListed");
});

Deno.test("a job that was submitted during a poll is not missing from it", () => {
  const progress = oneJob();
  applyEvents(progress, submittedJob("j1", ["t2"]));
  const seen: PollReply = {
    queue: new Map([["#j0", running]]),
    isComplete: true,
    errorText: "",
    areRecordsComplete: true,
    records: [],
  };
  const events = pollEvents(progress, seen, ["j0"], limits, NOON);
  deepStrictEqual(events.map(({ type }) => type), ["jobState"]);
});

Deno.test("an unknown native state means that the job is in the queue", () => {
  const progress = oneJob();
  const strange: QueueEntry = { nativeState: "XX", state: null };
  poll(progress, {}, NOON);
  deepStrictEqual(poll(progress, { queue: { "#j0": strange } }), [
    {
      type: "jobState",
      job: "j0",
      state: "queued",
      nativeState: "XX",
      isUnknownState: true,
    },
  ]);
  strictEqual(progress.jobs.get("j0")!.missedPolls, 0);
  deepStrictEqual(poll(progress, { queue: { "#j0": strange } }), []);
});

Deno.test("the end in a record ends the job at once, whatever the queue says", () => {
  const progress = oneJob();
  const records = [
    record.begin("j0"),
    record.start("j0", "t0"),
    record.exit("j0", "t0", 0),
    record.end("j0"),
  ];
  const events = poll(progress, { records, queue: { "#j0": running } });
  deepStrictEqual(events.map(({ type }) => type), [
    "jobStarted",
    "taskStarted",
    "taskExited",
    "jobEnded",
  ]);
});

Deno.test("a job whose cancellation was sent is cancelled, however it ended", () => {
  const results = [{ records: [record.end("j0")] }, {}].map((seen) => {
    const progress = oneJob();
    applyEvents(progress, [
      { type: "cancelRequested", reason: "cancel", jobs: ["j0"] },
      { type: "cancelSent", jobs: ["j0"] },
      { type: "jobsNotListed", jobs: ["j0"] },
    ]);
    return poll(progress, seen, NOON, {
      missingGraceSeconds: 0,
      missingGracePolls: 2,
    });
  });
  for (const events of results) {
    deepStrictEqual(events, [
      { type: "jobEnded", job: "j0", reason: { kind: "cancelled" } },
    ]);
  }
});

Deno.test("records that are read again give no event", () => {
  const progress = oneJob();
  const records = [
    record.begin("j0"),
    record.start("j0", "t0"),
    record.exit("j0", "t0", 1),
    record.start("j0", "t1", 3),
    record.exit("j0", "t1", 0, 4),
  ];
  strictEqual(poll(progress, { records }).length, 5);
  const seen = { records, queue: { "#j0": { ...running } } };
  poll(progress, seen);
  deepStrictEqual(poll(progress, seen), []);
});

Deno.test("a job that the scheduler started again runs its task again", () => {
  const progress = oneJob();
  poll(progress, { records: [record.start("j0", "t0", 1)] });
  const events = poll(progress, { records: [record.start("j0", "t0", 50)] });
  strictEqual(events[0]?.type, "taskStarted");
});

Deno.test("the lock's owner is the job's id, whatever was recorded before", () => {
  const progress = oneJob();
  poll(progress, { records: [record.begin("j0", "#other")] });
  strictEqual(progress.jobs.get("j0")!.id, "#other");
});

Deno.test("of an ended job only a late success gives an event", () => {
  const progress = runStateOf(["t0", "t1"], [
    ...submittedJob("j0", ["t0", "t1"]),
    ...taskRan("j0", "t1", 1),
    { type: "jobEnded", job: "j0", reason: { kind: "disappeared" } },
    ...submittedJob("j1", ["t0", "t1"], ["j0"]),
  ]);
  const late = [
    record.begin("j0"),
    record.start("j0", "t0"),
    record.exit("j0", "t0", 0),
    record.start("j0", "t1", 9),
    record.exit("j0", "t1", 1, 10),
    record.end("j0"),
  ];
  deepStrictEqual(readRecords(progress, late), [
    { type: "taskExited", job: "j0", task: "t0", code: 0, remoteTime: 2 },
  ]);
});

Deno.test("records of unknown jobs and tasks are ignored", () => {
  const strangers = [record.start("j9", "t0"), record.start("j0", "t9")];
  deepStrictEqual(readRecords(oneJob(), strangers), []);
});

Deno.test("a command that was not found has a suggestion", () => {
  const records: readonly JobRecord[] = [
    record.exit("j0", "t0", 127),
    { job: "j0", element, type: "taskHint", task: "t0", command: "python3" },
  ];
  deepStrictEqual(readRecords(oneJob(), records), [
    {
      type: "taskExited",
      job: "j0",
      task: "t0",
      code: 127,
      remoteTime: 2,
      suggestedCommand: "python3",
    },
  ]);
});

Deno.test("a superseded job has ended; the record of a duplicate does not change the job", () => {
  deepStrictEqual(readRecords(oneJob(), [record.leave("j0", "superseded")]), [
    { type: "jobEnded", job: "j0", reason: { kind: "superseded" } },
  ]);
  deepStrictEqual(readRecords(oneJob(), [record.leave("j0", "duplicate")]), []);
});

Deno.test("the exit reason of a job that received a signal is requested, even if its tasks ended by themselves by a later poll", () => {
  const progress = oneJob();
  const given = { explainsEnds: true };
  const see = (seen: Seen) => poll(progress, seen, NOON, given);
  const queue = { "#j0": running };
  see({ queue, records: [record.begin("j0"), record.start("j0", "t0")] });
  deepStrictEqual(see({ queue, records: [record.leave("j0", "signal")] }), [
    { type: "jobSignalled", job: "j0" },
  ]);
  const last = [record.exit("j0", "t0", 1), record.end("j0")];
  deepStrictEqual(see({ queue, records: last }).map(({ type }) => type), [
    "taskExited",
  ]);
  const reason = { kind: "timeLimit", message: "TIMEOUT" } as const;
  const autopsies = new Map([["j0", { exitReason: reason, outputTail: "" }]]);
  deepStrictEqual(see({ records: last, postMortems: autopsies }), [
    { type: "jobEnded", job: "j0", reason },
  ]);
});

Deno.test("where single processes are killed for their memory, the end of a failed job waits for its reason", () => {
  const reason = { kind: "outOfMemory", message: "OUT_OF_MEMORY" } as const;
  const ends = (code: number, exitReason: typeof reason | null) => {
    const progress = oneJob();
    const given = { explainsEnds: true, explainsFailures: true } as const;
    const see = (seen: Seen) => poll(progress, seen, NOON, given);
    const queue = { "#j0": running };
    const start = [record.begin("j0"), record.start("j0", "t0")];
    see({ queue, records: start });
    const last = [record.exit("j0", "t0", code), record.end("j0")];
    const first = see({ queue, records: last });
    const postMortems = new Map([["j0", { exitReason, outputTail: "" }]]);
    return [first, see({ records: last, postMortems })].map((events) =>
      events.flatMap((e) => e.type === "jobEnded" ? [e.reason.kind] : [])
    );
  };
  deepStrictEqual(ends(1, reason), [[], ["outOfMemory"]]);
  deepStrictEqual(ends(1, null), [[], ["completed"]]);
  deepStrictEqual(ends(0, reason), [["completed"], []]);
});
