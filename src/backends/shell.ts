/** A batch system behind a shell: nine batch types, three ways to reach them. */
import type { Shell } from "../contexts/shell.ts";
import type { Job, JobId, Plan } from "../job.ts";
import { fail, type Failure, ok, type Result } from "../result.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import { cleanScript, CLOSE, RELEASE } from "../script/clean_script.ts";
import { folderOf } from "../script/layout.ts";
import type { Site } from "../script/remote.ts";
import { readSqueeze, type Squeeze } from "../script/squeeze.ts";
import { submitScript } from "../script/submit_script.ts";
import { surveyScript } from "../script/survey_script.ts";
import type { Staging } from "../stage.ts";
import { elementsOf, submission } from "../submit.ts";
import { isBytesName } from "../text/bytes_name.ts";
import { once } from "../text/once.ts";
import { showName } from "../text/show_name.ts";
import type { World } from "../world.ts";
import { readAnswer } from "./answers.ts";
import { ask, askParts, type Errand, type Far, senseless } from "./ask.ts";
import type {
  Backend,
  Session,
  Submitted,
  Survey,
  Transfers,
} from "./backend.ts";
import { beating } from "./beating.ts";
import { bring } from "./bring.ts";
import { budgetOf } from "./budget.ts";
import { doctor } from "./doctor.ts";
import { look } from "./look.ts";
import { readSections } from "./read_survey.ts";
import { countOffsets, type Offsets } from "./offsets.ts";
import { settle, type Sought } from "./settle.ts";
import { ownFiles } from "./own_files.ts";
import { groundOf } from "./place.ts";
import { parcelOf } from "./parcel.ts";
import { programFor, replacements } from "./programs.ts";
import { FILE_PATIENCE_S, PATIENCE_S } from "./patience.ts";
import { send } from "./send.ts";
import { packTar } from "./tar.ts";
import { transfer } from "./transfer.ts";
import { watchFolder } from "./watch.ts";

/** What a shell backend is made of. */
export interface Parts {
  readonly plan: Plan;
  readonly session: Session;
  readonly shell: Shell;
  readonly scheduler: Scheduler;
  readonly staging: Staging;
  /** Streams may be made smaller. */
  readonly compress: boolean;
  readonly world: World;
}

/** What a session learns on its way. */
interface Learned {
  /** Absolute folder that task folders are in, once the far side has told. */
  root: string;
  heir: string | null;
  /** The folder may hold something from before. */
  present: boolean;
  /** How streams are made smaller; null: they are not. */
  squeeze: Squeeze | null;
  readonly transfers: { -readonly [K in keyof Transfers]: Transfers[K] };
  readonly offsets: Offsets;
  /** When a job was first looked for by its name, ms since 1970, and how often. */
  readonly sought: Sought;
}

export function shellBackend(parts: Parts): Backend {
  const { plan, session, shell, scheduler, world } = parts;
  const site: Site = {
    root: plan.root,
    key: plan.key,
    token: session.token,
    who: session.who,
    guarded: parts.staging === "in place" ? "folder" : "root",
    commands: replacements(scheduler, plan.config.machine),
  };
  const far: Far = {
    shell,
    site,
    clock: world.clock,
    nonce: () => world.random(12),
  };
  const learned: Learned = {
    root: plan.root,
    heir: null,
    present: false,
    squeeze: null,
    transfers: { up: null, down: null },
    offsets: new Map(),
    sought: new Map(),
  };
  const go = (errand: Errand) => ask(far, errand);
  const budget = budgetOf(plan.config.machine);
  const own = ownFiles(plan.base, plan.key, world.journals);
  const ground = once(() =>
    groundOf(plan.base, plan.tasks.map(({ dir }) => dir))
  );
  const watcher = shell.local
    ? watchFolder(() => `${folderOf(learned.root, plan.key)}/records`)
    : null;
  return {
    manual: scheduler.manual,
    limits: {
      ...scheduler.limits,
      accounts: scheduler.account(["0"]) !== null,
    },
    mostTasks: (elements = Infinity) =>
      scheduler.array
        ? elements * scheduler.array.size(plan.config.resources)
        : Infinity,
    elements: (tasks) => elementsOf(tasks, plan, scheduler),
    survey: (heir) => survey(parts, far, learned, heir),
    async stage(tasks, mark) {
      const sent = await beating(
        far,
        world.clock,
        send(far, tasks, {
          ...{ plan, mark, staging: parts.staging, heir: learned.heir },
          ...{ squeeze: learned.squeeze, present: learned.present },
          replaces: session.closed,
          clock: world.clock,
          onTransfer: (transfer) => learned.transfers.up = transfer,
        }),
      );
      learned.present = true;
      return sent;
    },
    submit: (jobs, slots, running) =>
      submit(parts, far, learned, { jobs, slots, running }),
    settle: (jobs) =>
      settle(
        scheduler,
        far,
        { sought: learned.sought, clock: world.clock },
        jobs,
      ),
    poll: (jobs) => look(scheduler, far, learned.offsets, jobs),
    collect(wanted) {
      const inPlace = parts.staging === "in place";
      return beating(
        far,
        world.clock,
        bring(far, wanted, {
          base: plan.base,
          farRoot: inPlace ? null : learned.root,
          key: plan.key,
          ground,
          own,
          budget,
          squeeze: learned.squeeze,
          clock: world.clock,
          onTransfer: (transfer) => learned.transfers.down = transfer,
        }),
      );
    },
    cancel: (ids) => {
      // Without the folder there is no lease, and nobody else to ask.
      const body = `[ ! -d "$D" ] || mine || leave held
${scheduler.cancel(ids)}`;
      return done(go({ purpose: "cancel the jobs", body }));
    },
    clean() {
      const background = plan.config.machine.cleanInBackground;
      const body = cleanScript({
        whole: parts.staging !== "in place",
        background,
      });
      return done(
        go({ purpose: "clean up", body, patience_s: FILE_PATIENCE_S }),
      );
    },
    close: () => go({ purpose: "close the run", body: CLOSE }).then(() => {}),
    release: () =>
      go({ purpose: "give the lease back", body: RELEASE }).then(() => {}),
    ...(watcher && { changed: watcher.changed }),
    transfers: () => learned.transfers,
    doctor: () => doctor(parts, site),
    async [Symbol.asyncDispose]() {
      watcher?.close();
      await shell[Symbol.asyncDispose]();
    },
  };
}

async function done(asked: Promise<Result<unknown>>): Promise<Result<void>> {
  const answer = await asked;
  return answer.ok ? ok(undefined) : answer;
}

async function survey(
  { scheduler, compress }: Parts,
  far: Far,
  learned: Learned,
  heir: string | null,
): Promise<Result<Survey>> {
  learned.heir = heir;
  const asked = await ask(far, {
    purpose: "look at the folder of the run",
    body: surveyScript(heir, scheduler.array?.capacity),
  });
  if (!asked.ok) return asked;
  const read = readSections(asked.value, scheduler);
  if (!read.ok) return read;
  const found = read.value;
  if (isBytesName(found.root)) return fail(namelessRoot(found.root));
  learned.root = found.root;
  learned.present = found.mark !== null;
  const squeezes = asked.value.find(({ words }) => words[0] === "squeezes");
  learned.squeeze = compress ? readSqueeze(squeezes?.text ?? "") : null;
  const records = asked.value.find(({ words }) => words[0] === "records");
  // A survey prints records from their beginning.
  learned.offsets.clear();
  if (records) countOffsets(learned.offsets, records.bytes);
  return ok(found);
}

/** Job scripts name it, and they are text. */
function namelessRoot(root: string): Failure {
  return {
    kind: "input",
    tried: "Cannot run anything in the remote root",
    saw: `its path is not UTF-8: ${showName(root)}`,
    advice: "Set another remote_root, whose whole path is UTF-8",
    again: false,
  };
}

async function* submit(
  { plan, scheduler, world }: Parts,
  far: Far,
  { root, squeeze }: Learned,
  { jobs, slots, running }: {
    readonly jobs: readonly Job[];
    readonly slots: number;
    readonly running: readonly JobId[];
  },
): AsyncGenerator<Result<Submitted>> {
  const { gate, leaks } = scheduler;
  const submit = scheduler.submit(plan.config.resources);
  const wait_s = plan.config.resources.waitSeconds;
  const program = programFor("submit", scheduler, plan.config.machine) ?? null;
  const body = submitScript({
    ...{ submit, program, leaks, gate, slots, running, wait_s, squeeze },
  });
  const packed = packTar(parcelOf(submission(jobs, plan, scheduler, root)));
  const stdin = await transfer(packed, {
    ...{ squeeze, total: null, clock: world.clock },
    onTransfer: () => {},
  });
  const untold = new Set(jobs.map(({ name }) => name));
  const purpose = "submit jobs";
  const patience_s = PATIENCE_S + wait_s;
  for await (
    const part of askParts(far, { purpose, body, stdin, patience_s })
  ) {
    if (!part.ok) return yield part;
    if (!("section" in part.value)) continue;
    const { section } = part.value;
    const [word, job = ""] = section.words;
    if (word !== "told") continue;
    // The rest may have been handed over all the same: of whoever is not told of, nobody knows.
    if (!untold.delete(job)) {
      return yield fail(
        senseless(purpose, "it tells of a job that was not handed over"),
      );
    }
    yield ok(readAnswer(scheduler, job, section));
  }
}
