/** A whole dpdisp before a fake batch system. */
import { transcript } from "./transcript.ts";
import type { System } from "../fakes/fake.ts";
import { type Work, work } from "../live/testbed.ts";

interface Facts {
  /** `machine.batch_type` */
  readonly batch: string;
  /** The directive that names jobs. */
  readonly flag: string;
  /** What the queue then calls them. */
  readonly names: RegExp;
  readonly submit: string;
  /** Shows jobs by id. */
  readonly list: string;
  /** Asks for all jobs by name. */
  readonly find: RegExp;
  /** How it says that there is no room for now. */
  readonly full: string;
}

export const systems: Readonly<Record<System, Facts>> = {
  pbs: {
    batch: "PBS",
    flag: "#PBS -N my_run",
    names: /^my_run-d[a-z0-9]{9}$/,
    submit: "qsub",
    list: "qstat",
    find: /^qselect /m,
    full:
      "qsub: would exceed queue workq's per-user limit of jobs in 'Q' state",
  },
  torque: {
    batch: "Torque",
    flag: "#PBS -N my_run",
    names: /^my_r-d[a-z0-9]{9}$/,
    submit: "qsub",
    list: "qstat",
    find: /^qselect -u /m,
    full:
      "qsub: submit error (Maximum number of jobs already in queue MSG=total number of jobs in queue exceeds the queue limit)",
  },
  lsf: {
    batch: "LSF",
    flag: "#BSUB -J my_run",
    names: /^my_run-d[a-z0-9]{9}$/,
    submit: "bsub",
    list: "bjobs",
    find: /^bjobs .*-a /m,
    full: transcript("bsub-public-pending-limit").stderr.trim(),
  },
  jh: {
    batch: "JH_UniScheduler",
    flag: "#JSUB -J my_run",
    names: /^my_run-d[a-z0-9]{9}$/,
    submit: "jsub",
    list: "jjobs",
    find: /^jjobs -a /m,
    full: transcript("jsub-public-pending-limit-zh").stderr.trim(),
  },
  fugaku: {
    batch: "Fugaku",
    flag: "#PJM -N my_run",
    names: /^my_run-d[a-z0-9]{9}$/,
    submit: "pjsub",
    list: "pjstat",
    find: /^pjstat .*--choose jid,jnam/m,
    full: transcript("pjsub-public-accept-limit").stderr.trim(),
  },
};

export interface FakeRun extends AsyncDisposable {
  readonly it: Work;
  /** FAKE_QUEUE_DIR */
  readonly queue: string;
  /** Command lines of the batch system so far. */
  calls(): string;
  /** Jobs that it ever accepted: their states. */
  states(): readonly string[];
  /** Their names. */
  names(): readonly string[];
}

/** The fakes serve nobody else, and their files do not lag. */
const QUICK = ["poll_interval = 0.5", "missing_grace = 8", "full_wait = 4"];

/** Six tasks in three jobs; `switches` are those of tests/fakes/README.md. */
export async function fakeRun(
  system: System,
  switches: Readonly<Record<string, string>>,
  task: string,
  /** Lines of the script's resources. */
  resources: readonly string[] = [],
): Promise<FakeRun> {
  const queue = await Deno.makeTempDir({ prefix: "dpdisp-fake-" });
  const commands = `${import.meta.dirname}/../fakes/${system}`;
  const remove = () => Deno.remove(queue, { recursive: true });
  const env = {
    PATH: `${commands}:${Deno.env.get("PATH")}`,
    FAKE_QUEUE_DIR: queue,
    ...switches,
  };
  const it = await work(
    { env, [Symbol.asyncDispose]: remove },
    {
      ...{ batch: systems[system].batch, tasks: 6, groupSize: 2, task },
      machine: QUICK,
      resources: [
        `custom_flags = [${JSON.stringify(systems[system].flag)}]`,
        ...resources,
      ],
    },
  );
  return {
    it,
    queue,
    calls: () => textOf(`${queue}/calls`),
    states: () => jobsIn(queue).map(({ state }) => state),
    names: () => jobsIn(queue).map(({ name }) => name),
    async [Symbol.asyncDispose]() {
      // Without its queue the fake ends its jobs.
      await remove();
      await it[Symbol.asyncDispose]();
    },
  };
}

/** No text where nothing was written yet. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function jobsIn(
  queue: string,
): readonly { readonly state: string; readonly name: string }[] {
  return Object.values(
    JSON.parse(textOf(`${queue}/state.json`) || '{"jobs":{}}').jobs,
  );
}
