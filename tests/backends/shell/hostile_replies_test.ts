/** Whatever a machine answers, it ends in what it says or in a failure, soon, and is no fault of ours. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { cpuUsage } from "node:process";
import { execute } from "../../../src/engine/actions/mod.ts";
import type { ActionContext } from "../../../src/engine/actions/context.ts";
import type { Backend } from "../../../src/backends/backend.ts";
import { shellBackend } from "../../../src/backends/shell/mod.ts";
import { lineFilter } from "../../../src/cli/progress/line_filter.ts";
import { deriveEvents } from "../../../src/engine/derive_events.ts";
import { eventAt, type EventData } from "../../../src/model/event.ts";
import { journalLine, parseJournal } from "../../../src/model/journal.ts";
import { nextActions } from "../../../src/engine/next_actions.ts";
import { applyEvent } from "../../../src/model/run_state/mod.ts";
import type { Failure } from "../../../src/text/result.ts";
import { schedulers } from "../../../src/schedulers/mod.ts";
import type { Scheduler } from "../../../src/schedulers/scheduler.ts";
import type { Action, Lane } from "../../../src/engine/action.ts";
import { visible, visibleJson } from "../../../src/text/visible.ts";
import { jobCreated, runStateOf } from "../../helpers/events.ts";
import { answering, changed, randomFrom } from "../../helpers/hostile.ts";
import { planOfTasks, runViewOf } from "../../helpers/run_events.ts";
import { emptyRemoteState } from "../../helpers/remote_state.ts";
import { leaseHolder } from "../../helpers/submission.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";
import { formatPlannedJob } from "../../../src/script/planned_jobs.ts";

const MARK = "mmmmmmm1";
const jobs = [0, 1, 2, 3].map((n) => `d${MARK}${n}`);
const plan = planOfTasks(4, {
  machine: { context: "LocalContext" },
  resources: {
    tasksPerJob: 1,
    options: {
      tasksPerElement: 1,
      elementsAtOnce: 0,
      parallelEnvironment: "mpi",
      gpuLine: "",
    },
  },
});
const keys = plan.tasks.map(({ key }) => key);

/** What a batch system says where all is well: of the jobs 101 and 102, the second being over. */
interface Sample {
  readonly ids: readonly [string, string];
  readonly queue: string;
  readonly account?: string;
  readonly found?: string;
  readonly submitted: string;
  readonly limits?: string;
}

const qstat = (one: string, two: string) =>
  `Job Id: 101.s\n    Job_Name = ${
    jobs[0]
  }\n    job_state = ${one}\n    comment = Not\n\tRunning\nJob Id: 102.s\n    Job_Name = ${
    jobs[1]
  }\n    job_state = ${two}\n    Exit_status = 271\n    Resource_List.walltime = 00:01:00\n    resources_used.walltime = 00:01:09\n`;
const bjobs = "JOBID|STAT|EXIT_CODE\n101|RUN|-\n102|EXIT|1\n";
const bhist =
  "Job <102>, User <me>\nMon Nov 23 10:00:00: Submitted\nMon Nov 23 10:00:09 2026: Exited; TERM_MEMLIMIT: job killed\n";
const pbs: Sample = {
  ids: ["101.s", "102.s"],
  queue: qstat("Q", "F"),
  account: qstat("F", "F"),
  found: qstat("R", "Q"),
  submitted: "101.s",
  limits:
    "Queue: work\n    resources_max.walltime = 24:00:00\n    resources_max.mem = 4gb\n    max_queued = [u:PBS_GENERIC=10]\n",
};
const slurm: Sample = {
  ids: ["101", "102"],
  queue: "101|PENDING|Resources\n102|FAILED|NonZeroExitCode\n",
  account: "101|RUNNING|0:0\n102|CANCELLED by 1000|0:15\n102  FAILED  768 \n",
  found: `101|${jobs[0]}|PENDING|None\n102|${jobs[1]}|FAILED|BadConstraints\n`,
  submitted: "101",
  limits: "main*|1-00:00:00|2000|8|3|gpu:a:2|1-infinite|UNLIMITED\n",
};
const lsf: Sample = {
  ids: ["101", "102"],
  queue: bjobs,
  account: bhist,
  found: `JOBID|JOB_NAME\n101|${jobs[0]}\n102|${jobs[1]}\n`,
  submitted: "Job <101> is submitted to queue <normal>.",
  limits:
    "QUEUE: normal\nPRIO NICE MAX JL/U\n30 0 10 5\nMAXIMUM LIMITS:\n RUNLIMIT\n 480.0 min of h1\n PROCLIMIT\n 1 4 8\n",
};
/** qstat -xml */
const qstatXml =
  `<?xml version='1.0'?>\n<job_info  xmlns:xsd="x">\n<queue_info>\n<job_list state="running">\n<JB_job_number>101</JB_job_number>\n<JB_name>a-${
    jobs[0]
  }</JB_name>\n<state>r</state>\n</job_list>\n</queue_info>\n</job_info>\n`;
const samples: Readonly<Record<string, Sample>> = {
  Slurm: slurm,
  SlurmJobArray: {
    ...slurm,
    queue: "101_0|RUNNING|None\n101_[1-3]|PENDING|None\n",
  },
  PBS: pbs,
  Torque: pbs,
  LSF: lsf,
  JH_UniScheduler: { ...lsf, queue: "JOBID|STAT\n101|RUN\n102|EXIT\n" },
  Fugaku: {
    ids: ["101", "102"],
    queue: "JOB_ID ST REASON\n101 RUN -\nJOB_ID ST REASON\n102 EXT COMPLETED\n",
    account: "JOB_ID ST EC PC SN REASON\n101 EXT 0 0 0 -\n102 EXT 137 12 9 -\n",
    found: `H,JOB_ID,JOB_NAME\n,101,${jobs[0]}\nH,JOB_ID,JOB_NAME\n,102,${
      jobs[1]
    }\n`,
    submitted: "[INFO] PJM 0000 pjsub Job 101 submitted.",
  },
  SGE: {
    ids: ["101", "102"],
    queue: qstatXml,
    found: qstatXml.repeat(2),
    account:
      "==============\njobnumber    102\nfailed       100 : assumedly after job\nexit_status  137  (Killed)\nru_wallclock 61\ncategory     -l h_rt=60,h_vmem=1G\n",
    submitted: "101",
    limits:
      "qname all.q\nh_rt 24:00:00\nh_vmem 4G\nslots 16,[@big=64]\npe_name mpi\nslots 99\n",
  },
  Shell: {
    ids: ["h:b:1:1", "h:b:1:2"],
    queue: "h:b:1:1 running\nh:b:1:2 ended\n",
    submitted: "h:b:101:9",
  },
};

const say = (words: string, text = "") => `\n@@n ${words}\n${text}`;
const line = (text: string) => `${text} #${text.length}\n`;

const records = [
  `${jobs[0]} jobStarted 101 node1 1700000000.5`,
  `${jobs[0]} taskStarted ${keys[0]} 1700000001`,
  `${jobs[0]} taskHint ${keys[0]} python3`,
  `${jobs[0]} taskExited ${keys[0]} 0 1700000002`,
  `${jobs[0]} jobEnded 0 1700000003`,
  `${jobs[1]} jobStarted 102 node1 1700000000`,
  `${jobs[1]} taskExited ${keys[1]} 137 1700000002`,
  `${jobs[1]} jobStopped signal 102 1700000003`,
  `${jobs[2]}.0 jobStarted 103 node1 1700000000`,
  `${jobs[2]}.0 jobEnded 1 1700000000`,
].map(line).join("");

function surveyOf({ submitted }: Sample): string {
  const ids = jobs.map((job, i) =>
    `\n? ${job}\n\n= ${job} ${i % 2}\n${submitted}\n- ${job}\nwords\n. ${job}\n`
  );
  const plannedJobs = jobs.map((name, i) =>
    formatPlannedJob({ name, tasks: [keys[i]!], supersedes: [] })
  );
  return say("root", "/home/u/w\n") + say("host", "login1\n") +
    say("cpus", "8\n") + say("capacity", "MaxArraySize = 1001\n") +
    say("compressors", "zstd\ngzip\n") + say("run_id", `${MARK}\n`) +
    say("lease self") + say("planned_jobs", plannedJobs.join("")) +
    say("submit_replies", ids.join("")) +
    say(
      "locks",
      `lrwxrwxrwx 1 u u 7 Nov 27 10:00 ${
        jobs[0]
      } -> run:101\nlrwxrwxrwx 1 u u 7 Nov 27 10:00 ${jobs[3]} -> fenced:abc\n`,
    ) + say("records", records) + say("end");
}

function pollOf({ queue, account = "" }: Sample): string {
  return say("error", "slow\n") + say("queue 0", queue) + say("error") +
    say("account 0", account) + say("records", records) +
    say(`output ${jobs[0]}`, "last words\n") + say("end");
}

function submitOf({ submitted }: Sample): string {
  return jobs.map((job) =>
    say(`told ${job}`, `\n= ${job} 0\n${submitted}\n- ${job}\n\n. ${job}\n`)
  ).join("") + say("end");
}

function settleOf({ found = "" }: Sample): string {
  return say("found 0", found) +
    jobs.map((job, i) =>
      i % 2 ? say(`fenced ${job}`) : say(`started ${job}`, "run:101")
    ).join("") + say("end");
}

function doctorOf({ limits = "", submitted }: Sample): string {
  return say("host", "login1\n") + say("clock", "1700000000\n") +
    say("user", "u\n") + say("system", "Linux 6\n") + say("cpus", "8\n") +
    say("shell", "/bin/bash\n") + say("sh", "/bin/dash\n") +
    say("seen machine") + say("root", "/home/u/w\n") +
    say("near directory", "/home/u\n") + say("error") + say("scratch 0") +
    say("error") + say("link 0") +
    say("space", "fs 1024-blocks Used Available\n/dev/a 1000 10 990 1% /\n") +
    say("inodes", "fs\n/dev/a 1000 10 990 1% /\n") + say("seen root") +
    say("tar", "tar (GNU tar) 1.34\n") + say("seen tools") +
    say("bash", "5.2\n") + say("login", "=python3 file /usr/bin/python3\n") +
    say("seen commands") + say("error") + say("version 0", `${submitted}\n`) +
    say("error") + say("queues 0", "main\n") + say("error") +
    say("limits 0", limits) + say("seen scheduler") + say("end");
}

/** A run in the midst of it: two jobs live, one of which was not seen the last time; two may have been submitted. */
function runOn(scheduler: Scheduler, reply: () => string | null) {
  // Half a minute passes with each look at the clock; whoever waits for time alone waits for ever.
  const time = { ms: 0 };
  const environment = fakeEnvironment();
  const backend = shellBackend({
    plan,
    session: leaseHolder(),
    shell: answering(reply),
    scheduler,
    canCompress: false,
    environment: {
      ...environment,
      random: () => "n",
      clock: {
        ...environment.clock,
        elapsed: () => time.ms += 30_000,
      },
    },
  });
  const state = runStateOf(keys, [
    ...samples[scheduler.name]!.ids.flatMap((id, i): readonly EventData[] => [
      jobCreated(jobs[i]!, [keys[i]!]),
      { type: "jobSubmitted", job: jobs[i]!, id },
    ]),
    { type: "jobsNotListed", jobs: [jobs[1]!] },
    jobCreated(jobs[2]!, [keys[2]!]),
    { type: "jobUnconfirmed", job: jobs[2]! },
    jobCreated(jobs[3]!, [keys[3]!]),
    { type: "jobUnconfirmed", job: jobs[3]! },
  ]);
  const passed = { ms: environment.clock.now() };
  const clock = {
    now: () => passed.ms,
    elapsed: () => passed.ms,
    sleep: (ms: number) => (passed.ms += ms, Promise.resolve()),
  };
  return {
    ...{ plan, backend, state, clock, limits: backend.traits },
    ...{ closedRunIds: [], isAlive: () => true },
    eventsAfterInspection: () => [],
    inspection: { last: emptyRemoteState },
    submitting: new Set<string>(),
    emit: () => {},
    hasEnded: () => false,
  };
}

const WISHES = {
  dryRun: false,
  exitOnSubmit: false,
  failFast: false,
  cancel: false,
  cancelOnInterrupt: false,
  forget: false,
  reuse: false,
  keepRemoteDir: false,
};
const PACE = {
  maxActiveJobs: 2,
  submitAhead: 0,
  maxTasksPerJob: 4,
  minPollMs: 1,
  maxPollMs: 2,
  retryWhenFullMs: 1,
};

/** Carries the step out as the loop does: each event is folded, kept, read again, told. */
async function carryOut(
  action: Action,
  run: ActionContext,
): Promise<Failure | null> {
  const { state, clock } = run;
  const isShown = lineFilter({ ...runViewOf(plan), progress: state });
  return await execute(action, {
    ...run,
    emit(data) {
      const event = eventAt(data, clock.now());
      applyEvent(state, event, clock.elapsed());
      deepStrictEqual(parseJournal(journalLine(event)).events, [event]);
      for (const { text } of isShown(event)) isPlain(visible(text));
      isPlain(visibleJson(event));
    },
  });
}

/** What a terminal would take for a command. */
function isPlain(text: string): void {
  // deno-lint-ignore no-control-regex
  ok(!/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/.test(text), text);
}

async function doctorOfAll(backend: Backend): Promise<Failure | null> {
  for await (const check of backend.doctor()) {
    if (!check.ok) return check.error;
  }
  return null;
}

interface Question {
  readonly reply: (sample: Sample) => string;
  readonly times: number;
  readonly ask: (run: ActionContext) => Promise<Failure | null>;
}

const questions: Readonly<Record<string, Question>> = {
  inspect: {
    reply: surveyOf,
    times: 35,
    ask: (run) => carryOut({ lane: "submit", do: "inspect" }, run),
  },
  poll: {
    reply: pollOf,
    times: 35,
    ask: (run) => carryOut({ lane: "poll", do: "poll" }, run),
  },
  submit: {
    reply: submitOf,
    times: 25,
    ask: (run) =>
      carryOut({ lane: "submit", do: "submit", jobs, slots: 4 }, run),
  },
  reconcile: {
    reply: settleOf,
    times: 25,
    // Who was not found twice is fenced.
    ask: async (run) => {
      const action = { lane: "submit", do: "reconcile" } as const;
      await carryOut({ ...action, jobs: jobs.slice(2) }, run);
      const left = jobs.filter((job) => run.state.unconfirmedJobs.has(job));
      return await carryOut({ ...action, jobs: left }, run);
    },
  },
  doctor: {
    reply: doctorOf,
    times: 25,
    ask: ({ backend }) => doctorOfAll(backend),
  },
};

for (const [name, { reply, ask }] of Object.entries(questions)) {
  Deno.test(`The unchanged replies to ${name} are valid`, async () => {
    for (const scheduler of schedulers) {
      const text = reply(samples[scheduler.name]!);
      const failure = await ask(runOn(scheduler, () => text));
      strictEqual(failure?.detail ?? null, null, scheduler.name);
    }
  });
}

/** What a reply must have, by the question. */
const needed: readonly (readonly [question: string, ...sections: string[]])[] =
  [
    ...[
      "root",
      "host",
      "cpus",
      "compressors",
      "run_id",
      "lease",
      "planned_jobs",
      "submit_replies",
      "locks",
    ].map(
      (name) => ["inspect", name] as const,
    ),
    ["inspect", "records"],
    ["poll", "queue"],
    ["reconcile", "found"],
    ["reconcile", "fenced"],
    ["reconcile", "started"],
    ["doctor", "seen"],
  ];

Deno.test("Nothing is concluded from what a reply lacks", async () => {
  const scheduler = schedulers.find(({ name }) => name === "Slurm")!;
  for (const [name, section] of needed) {
    const { reply, ask } = questions[name!]!;
    const parts = reply(samples.Slurm!).split(/(?=\n@@n )/);
    const text = parts.filter((part) =>
      !RegExp(`^\n@@n ${section}\\b`).test(part)
    ).join("");
    const run = runOn(scheduler, () => text);
    const failure = await ask(run);
    deepStrictEqual(
      [
        failure?.kind,
        failure?.detail.startsWith("the reply cannot be understood"),
      ],
      ["connection", true],
      `${name} without ${section}`,
    );
    // Nobody was taken for gone.
    strictEqual(run.state.jobs.get(jobs[2]!)?.state, "unconfirmed");
  }
});

Deno.test("No text of a queue can control the terminal, whichever character it contains", async () => {
  const scheduler = schedulers.find(({ name }) => name === "Slurm")!;
  for (
    const sign of ["\x1b[2J", "\xc2\x9b2J", "\xe2\x80\xae", "\x7f", "\x07"]
  ) {
    const text = pollOf(samples.Slurm!).replace(records, "")
      .replace("Resources", `No${sign}thing`);
    const run = runOn(scheduler, () => text);
    strictEqual(await questions.poll!.ask(run), null);
    const { reason } = run.state.jobs.get(jobs[0]!)!;
    ok(reason.startsWith("No") && reason !== "Nothing", reason);
  }
});

Deno.test("A directory, a run id, a lease and job names that dpdisp never makes are rejected", async () => {
  const scheduler = schedulers.find(({ name }) => name === "Slurm")!;
  const whole = surveyOf(samples.Slurm!);
  const job = (name: string) =>
    formatPlannedJob({ name, tasks: [], supersedes: [] });
  const texts = [
    whole.replace("/home/u/w", "home/u/w"),
    whole.replace(`run_id\n${MARK}`, "run_id\n../x"),
    whole.replace(`run_id\n${MARK}`, `run_id\n${"m".repeat(40)}`),
    whole.replace("@@n lease self\n", "@@n lease other\nabc\nhere 1\nmany\n"),
    ...["../x", "D1", "-rf", `d${MARK}${"z".repeat(40)}`].map((name) =>
      whole.replace("@@n planned_jobs\n", `@@n planned_jobs\n${job(name)}`)
    ),
  ];
  for (const text of texts) {
    ok(text !== whole);
    const run = runOn(scheduler, () => text);
    const failure = await questions.inspect!.ask(run);
    ok(
      failure?.detail.startsWith("the reply cannot be understood"),
      failure?.detail,
    );
    strictEqual(run.state.jobs.size, jobs.length);
  }
});

Deno.test("Numbers in a reply are read from the journal as they were", async () => {
  const huge = "9".repeat(400);
  const slurm = schedulers.find(({ name }) => name === "SlurmJobArray")!;
  const text = surveyOf(samples.Slurm!)
    .replace("8\n", `${huge}\n`).replace("1001", huge)
    .replace(records, line(`${jobs[0]} taskExited ${keys[0]} 0 ${huge}`));
  strictEqual(
    await questions.inspect!.ask(runOn(slurm, () => text)),
    null,
  );
});

/** ms of this program: the machine may be under load. A search that goes back and forth takes minutes. */
const SOON = 1_000;

const seen = { replies: 0 };

for (const [name, { reply, times, ask }] of Object.entries(questions)) {
  for (const scheduler of schedulers) {
    const sample = samples[scheduler.name]!;
    Deno.test(`No reply to ${name} of ${scheduler.name} causes an internal error`, async () => {
      for (let seed = 0; seed < times; seed++) {
        const random = randomFrom(seed * 1009 + name.length);
        // Made before time is taken; after them the machine is gone.
        const replies = [1, 2, 3].map(() => changed(reply(sample), random));
        const run = runOn(scheduler, () => replies.shift() ?? null);
        const began = cpuUsage().user;
        try {
          const failure = await ask(run);
          if (failure !== null) ok(failure.kind && failure.summary, `${seed}`);
          // What follows from what it said can be thought out.
          const busy = new Set<Lane>();
          const now = run.clock.elapsed();
          deriveEvents(run.state, plan, WISHES, PACE, { now, busy });
          const clock = {
            ...{
              now: 0,
              polledAt: 0,
              pollMs: 0,
              collectMs: 0,
              collectedAt: 0,
              hasRemoteChange: false,
              busy,
            },
          };
          nextActions(run.state, plan, WISHES, PACE, clock);
        } catch (reason) {
          throw new Error(`seed ${seed}`, { cause: reason });
        }
        const took = (cpuUsage().user - began) / 1000;
        ok(took < SOON, `seed ${seed} took ${Math.round(took)} ms`);
        seen.replies++;
      }
    });
  }
}

Deno.test("At least a thousand replies were tried", () =>
  ok(seen.replies >= 1_000));
