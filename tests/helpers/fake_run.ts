/** A whole dpdisp before a fake batch system. */
import { transcript } from "./transcript.ts";
import type { System } from "../fakes/fake.ts";
import { type Work, work } from "../live/testbed.ts";

interface Facts {
  /** `machine.batch_type` */
  readonly batch: string;
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
    submit: "qsub",
    list: "qstat",
    find: /^qselect /m,
    full:
      "qsub: would exceed queue workq's per-user limit of jobs in 'Q' state",
  },
  torque: {
    batch: "Torque",
    submit: "qsub",
    list: "qstat",
    find: /^qselect -u /m,
    full:
      "qsub: submit error (Maximum number of jobs already in queue MSG=total number of jobs in queue exceeds the queue limit)",
  },
  lsf: {
    batch: "LSF",
    submit: "bsub",
    list: "bjobs",
    find: /^bjobs .*-a /m,
    full: transcript("bsub-public-pending-limit").stderr.trim(),
  },
  jh: {
    batch: "JH_UniScheduler",
    submit: "jsub",
    list: "jjobs",
    find: /^jjobs -a /m,
    full: transcript("jsub-public-pending-limit-zh").stderr.trim(),
  },
  fugaku: {
    batch: "Fugaku",
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
      ...{ machine: QUICK, resources },
    },
  );
  return {
    it,
    queue,
    calls: () => textOf(`${queue}/calls`),
    states: () => statesIn(textOf(`${queue}/state.json`) || '{"jobs":{}}'),
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

function statesIn(text: string): readonly string[] {
  const { jobs } = JSON.parse(text) as {
    jobs: Readonly<Record<string, { state: string }>>;
  };
  return Object.values(jobs).map(({ state }) => state);
}
