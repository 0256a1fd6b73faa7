/** The fakes answer as the real systems did, in every recorded situation that they know. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { type Fake, fake, type System } from "./fake.ts";
import {
  commandOf,
  transcript,
  transcriptNames,
} from "../helpers/transcript.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

/** How a fake gets into a situation before the recorded command is run. */
interface Situation {
  readonly env?: Readonly<Record<string, string>>;
  /** Submits before the command, the first of which has this number. */
  readonly first?: number;
  readonly submits?: readonly string[];
  /** What the queue then knows of its jobs, by number. */
  readonly jobs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const BEGUN = { state: "running", started: 1_795_785_432 };
const over = (more: Readonly<Record<string, unknown>>) => ({
  ...BEGUN,
  state: "ended",
  ended: Date.now() / 1000,
  reason: "exit",
  code: 0,
  ...more,
});
const killed = (signal: number, reason = "exit") =>
  over({ code: null, signal, reason });

/** One job with this number, submitted so, in this state. */
function one(
  number: number,
  submit: string,
  job?: Readonly<Record<string, unknown>>,
): Situation {
  return {
    first: number,
    submits: [submit],
    ...job && { jobs: { [number]: job } },
  };
}

const DOWN = { env: { FAKE_DOWN: "1" } };
const NO_HISTORY = { env: { FAKE_HISTORY: "off" } };

/** PBS's and Torque's situations of one job. The number of the job is the recorded one. */
function jobs(first: number): Readonly<Record<string, Situation>> {
  const [good, bad, long, held, later] = [0, 1, 2, 3, 4].map((n) => first + n);
  return {
    good: one(good!, "qsub -N good ok.sh", over({})),
    failed: one(bad!, "qsub -N bad fail.sh", over({ code: 3 })),
    running: one(long!, "qsub -N long -l walltime=1:00:00 long.sh", BEGUN),
    waiting: one(later!, "qsub -N later -a 203012310000 long.sh"),
    "deleted-held": one(later! + 1, "qsub -N dq -h ok.sh", {
      state: "ended",
      reason: "cancelled",
      ended: Date.now() / 1000,
    }),
    "deleted-running": one(
      later! + 2,
      "qsub -N dr long.sh",
      killed(15, "cancelled"),
    ),
    suspended: one(later! + 3, "qsub -N sus long.sh", {
      ...BEGUN,
      state: "stopped",
    }),
    overtime: one(
      later! + 4,
      "qsub -N overtime -l walltime=5 long.sh",
      killed(15, "walltime"),
    ),
    unknown: {},
    "unknown-among": {
      first: good!,
      submits: [
        "qsub -N good ok.sh",
        ...Array(2).fill("qsub ok.sh"),
        "qsub -N held -h long.sh",
      ],
      jobs: { [good!]: over({}) },
    },
    version: {},
    server: {},
    stopped: DOWN,
    held: one(held!, "qsub -N held -h long.sh"),
  };
}

const qdel = (
  first: number,
  ended: number,
): Readonly<Record<string, Situation>> => ({
  ended: one(first, "qsub ok.sh", over({})),
  unknown: {},
  stopped: DOWN,
  running: one(ended, "qsub long.sh", BEGUN),
  several: {
    first: first + 2,
    submits: Array(9).fill("qsub ok.sh"),
    jobs: { [first + 10]: over({}), [first + 2]: BEGUN },
  },
});

/** Situations of a program, and those that a fake does not know, with the reason. */
interface Program {
  readonly system: System;
  readonly version: string;
  readonly program: string;
  readonly situations: Readonly<Record<string, Situation>>;
  readonly unknown: Readonly<Record<string, string>>;
}

const SUSPENDED = "the command is suspended with its server";
const ARRAYS = "no arrays";
const DEPENDENCIES = "no dependencies";
const CUT = "a command line of another recording";
const SITE = { env: { FAKE_SITE: "1" } };
const all = (names: string, why: string) =>
  Object.fromEntries(names.split(" ").map((name) => [name, why]));

/** Every other recorded submit is tried as it is. */
function submits(version: string): Readonly<Record<string, Situation>> {
  const prefix = `qsub-${version}-`;
  return Object.fromEntries(
    transcriptNames().filter((name) => name.startsWith(prefix)).map((name) => {
      const id = transcript(name).stdout.match(/^(\d+)/)?.[1];
      const first = id === undefined ? {} : { first: Number(id) };
      return [name.slice(prefix.length), { ...SITE, ...first }];
    }),
  );
}

const programs: readonly Program[] = [
  {
    ...{ system: "pbs", version: "23.06.06", program: "qsub" },
    situations: { ...submits("23.06.06"), stopped: DOWN },
    unknown: {
      paused: SUSPENDED,
      ...all(
        "refused-hook-broken refused-hook-late",
        "one rule of the site, which works",
      ),
      "refused-root": "who runs the tests may be root",
      "refused-queue-min": "a queue of another site has this limit",
    },
  },
  {
    ...{ system: "pbs", version: "23.06.06", program: "qstat" },
    situations: {
      ...jobs(26),
      "unknown-first": jobs(26)["unknown-among"]!,
      signal: one(37, "qsub -N sig long.sh", killed(15)),
      never: one(36, "qsub -N full -l select=1:ncpus=1000 ok.sh"),
      "no-history": NO_HISTORY,
      "no-history-all": NO_HISTORY,
      "no-history-f": NO_HISTORY,
      "no-history-among": { ...NO_HISTORY, first: 94 },
      ...Object.fromEntries(
        ["none", "some", "all", "route", "unknown"].map((queue) => [
          `limits-${queue}`,
          SITE,
        ]),
      ),
      "queues-stopped": DOWN,
    },
    unknown: {
      ...all("array array-parts", ARRAYS),
      dependent: DEPENDENCIES,
      ...all("brief brief-all mixed queue-not-started queues starting", CUT),
      "limits-long": "limits of users with names",
      "node-offline": "no nodes",
      paused: SUSPENDED,
    },
  },
  {
    ...{ system: "pbs", version: "23.06.06", program: "qdel" },
    situations: {
      ...qdel(26, 32),
      several: {
        first: 28,
        submits: Array(10).fill("qsub ok.sh"),
        jobs: { 37: over({}), 28: BEGUN },
      },
      queued: one(31, "qsub -h ok.sh"),
      "no-history-ended": { ...one(26, "qsub ok.sh", over({})), ...NO_HISTORY },
    },
    unknown: { paused: SUSPENDED },
  },
  {
    ...{ system: "pbs", version: "23.06.06", program: "qselect" },
    situations: {
      nobody: {},
      nosuch: {},
      stopped: DOWN,
      "no-history": NO_HISTORY,
    },
    unknown: all("mine no-history-without-x", CUT),
  },
  {
    ...{ system: "torque", version: "6.1.3", program: "qsub" },
    situations: { ...submits("6.1.3"), stopped: DOWN },
    unknown: {
      "refused-dependency": DEPENDENCIES,
      "refused-root": "who runs the tests may be root",
    },
  },
  {
    ...{ system: "torque", version: "6.1.3", program: "qstat" },
    situations: {
      ...jobs(27),
      "unknown-last": jobs(27)["unknown-among"]!,
      signal: one(37, "qsub -N sig long.sh", killed(15)),
      killed: one(38, "qsub -N kil long.sh", killed(9)),
      "limits-some": SITE,
      "limits-unknown": SITE,
    },
    unknown: {
      dependent: DEPENDENCIES,
      ...all("brief brief-all mixed-short node-offline", CUT),
      x: "the fields of XML are those of -f",
    },
  },
  {
    ...{ system: "torque", version: "6.1.3", program: "qdel" },
    situations: {
      ...qdel(27, 33),
      held: one(32, "qsub -h ok.sh"),
    },
    unknown: {},
  },
  {
    ...{ system: "torque", version: "6.1.3", program: "qselect" },
    situations: { nobody: {}, nosuch: {}, stopped: DOWN, x: {} },
    unknown: { mine: CUT },
  },
];

const SERVERS: Readonly<Partial<Record<System, string>>> = {
  pbs: "pbshost",
  torque: "torquehost",
};

for (const { system, version, program, situations, unknown } of programs) {
  const prefix = `${program}-${version}-`;
  const names = transcriptNames().filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
  Deno.test(`every situation of ${prefix}… is tried or has a reason not to be`, () => {
    const known = [...Object.keys(situations), ...Object.keys(unknown)];
    deepStrictEqual(names.filter((name) => !known.includes(name)), []);
  });
  for (const name of names) {
    const situation = situations[name];
    if (situation === undefined || name in unknown) continue;
    test(`the fake ${system} answers ${program} as it was seen: ${name}`, async () => {
      await using it = fake(system, {
        FAKE_SLOTS: "0",
        FAKE_SERVER: SERVERS[system]!,
        FAKE_FIRST_ID: `${situation.first ?? 1}`,
      });
      for (const file of ["ok.sh", "long.sh", "fail.sh"]) it.write(file, "\n");
      for (const line of situation.submits ?? []) {
        const { code, err } = await it.sh(line);
        ok(code === 0, err);
      }
      change(it, situation.jobs ?? {});
      const { command, reply } = commandOf(`${prefix}${name}`);
      const { code, out, err } = await it.sh(command, situation.env);
      deepStrictEqual(
        { code, out: plain(out, it), err: plain(err, it) },
        {
          code: reply.code,
          out: plain(reply.stdout, it),
          err: plain(reply.stderr, it),
        },
      );
    });
  }
}

/** Changes jobs in the queue, which no worker touches where there are no slots. */
function change(it: Fake, jobs: NonNullable<Situation["jobs"]>): void {
  if (Object.keys(jobs).length === 0) return;
  const path = `${it.queue}/state.json`;
  const state = JSON.parse(Deno.readTextFileSync(path));
  for (const [number, changes] of Object.entries(jobs)) {
    Object.assign(state.jobs[number], changes);
  }
  Deno.writeTextFileSync(path, JSON.stringify(state));
}

const LOCAL = {
  user: Deno.env.get("USER") || Deno.env.get("LOGNAME") || "root",
  host: Deno.hostname().split(".")[0]!,
};

/** Without what differs from one site and one day to the next. */
function plain(text: string, it: Fake): string {
  return text.replaceAll(/\n\t/g, "").replaceAll("'", '"')
    .replaceAll(it.work, "/home/pbsuser/rec")
    .replaceAll(it.home, "/home/pbsuser")
    .replaceAll(
      /^ +(?:depend|session_id|Variable_List|jobdir|init_work_dir|Submit_Host|submit_host|server|net_counter|Job_Owner|euser|egroup) = .*\n/gm,
      "",
    )
    .replaceAll(
      /^( +(?:resources_used\.\w+|total_runtime|Walltime\.Remaining|history_timestamp|total_jobs|state_count|exec_\w+|Error_Path|Output_Path|\w*time) =) (?!\[).*$/gm,
      (line, key) => /Resource/.test(line) ? line : key,
    )
    .replaceAll(/\w{3} \w{3} +\d+ at \d\d:\d\d/g, "WHEN")
    .replaceAll(new RegExp(`\\b(?:pbsuser|${LOCAL.user})@`, "g"), "USER@")
    .replaceAll(
      new RegExp(`@(?:pbshost|torquehost|${LOCAL.host})\\b`, "g"),
      "@HOST",
    )
    .replaceAll(new RegExp(`\\((?:pbshost|${LOCAL.host}):`, "g"), "(HOST:");
}
