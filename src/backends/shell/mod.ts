import type { Job, JobId } from "../../model/job.ts";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { cleanScript } from "../../script/clean_script.ts";
import { runDirectory } from "../../script/remote_layout.ts";
import type { RemoteSite } from "../../script/remote_script.ts";
import {
  chooseCompression,
  type Compression,
} from "../../script/compression.ts";
import { submitScript } from "../../script/submit_script.ts";
import { inspectScript } from "../../script/inspect_script.ts";
import { elementsOf, jobFiles } from "../../pipeline/submit.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { showName } from "../../text/show_name.ts";
import { readSubmitReply } from "./submit_replies.ts";
import {
  callRemote,
  type Remote,
  type RemoteCall,
  senselessReply,
  streamRemote,
} from "./call_remote.ts";
import type { Backend } from "../backend.ts";
import { withHeartbeat } from "./heartbeat.ts";
import { download } from "./download.ts";
import { budgetOf } from "../files/download_limits.ts";
import { doctor } from "./doctor/mod.ts";
import { pollRemote } from "./poll.ts";
import { parseRemoteState } from "./parse_remote_state.ts";
import { advanceOffsets, type RecordOffsets } from "./record_offsets.ts";
import { type Lookups, reconcile } from "./reconcile.ts";
import { ownFiles } from "../files/own_files.ts";
import { groundOf } from "../files/install.ts";
import { listArchiveEntries } from "../files/archive_entries.ts";
import { programFor, replacements } from "./programs.ts";
import { FILE_STALL_LIMIT_S, STALL_LIMIT_S } from "./stall_limit.ts";
import { upload } from "./upload.ts";
import { packTar } from "../files/pack_tar.ts";
import { outgoingStream } from "../files/transfer.ts";
import { watchDirectory } from "./watch_records.ts";
import type {
  RemoteState,
  SubmitReply,
  Transfers,
} from "../../model/backend_messages.ts";
import { CLOSE, RELEASE } from "../../script/lease_script.ts";
import type { ShellBackendParts } from "./parts.ts";
import { once } from "../../text/once.ts";

/** What a session learns on its way. */
interface RemoteFacts {
  /** Absolute folder that task folders are in, once the far side has told. */
  root: string;
  heir: string | null;
  /** The folder may hold something from before. */
  present: boolean;
  /** How streams are made smaller; null: they are not. */
  squeeze: Compression | null;
  readonly transfers: { -readonly [K in keyof Transfers]: Transfers[K] };
  readonly offsets: RecordOffsets;
  /** When a job was first looked for by its name, ms since 1970, and how often. */
  readonly lookups: Lookups;
}

export function shellBackend(parts: ShellBackendParts): Backend {
  const { plan, session, shell, scheduler, world } = parts;
  const site: RemoteSite = {
    root: plan.remoteDir,
    key: plan.runKey,
    token: session.token,
    who: session.holderName,
    guarded: parts.staging === "in place" ? "folder" : "root",
    commands: replacements(scheduler, plan.config.machine),
  };
  const far: Remote = {
    shell,
    site,
    clock: world.clock,
    nonce: () => world.random(12),
  };
  const learned: RemoteFacts = {
    root: plan.remoteDir,
    heir: null,
    present: false,
    squeeze: null,
    transfers: { up: null, down: null },
    offsets: new Map(),
    lookups: new Map(),
  };
  const go = (errand: RemoteCall) => callRemote(far, errand);
  const budget = budgetOf(plan.config.machine);
  const own = ownFiles(plan.localDir, plan.runKey, world.journals);
  const ground = once(() =>
    groundOf(plan.localDir, plan.tasks.map(({ dir }) => dir))
  );
  const watcher = shell.local
    ? watchDirectory(() => `${runDirectory(learned.root, plan.runKey)}/records`)
    : null;
  return {
    manual: scheduler.manual,
    traits: {
      ...scheduler.limits,
      explainsEnds: scheduler.account(["0"]) !== null,
    },
    mostTasks: (elements = Infinity) =>
      scheduler.array
        ? elements * scheduler.array.size(plan.config.resources)
        : Infinity,
    elements: (tasks) => elementsOf(tasks, plan, scheduler),
    inspect: (heir) => survey(parts, far, learned, heir),
    async stage(tasks, mark) {
      const sent = await withHeartbeat(
        far,
        world.clock,
        upload(far, tasks, {
          ...{ plan, runId: mark, staging: parts.staging, heir: learned.heir },
          ...{ squeeze: learned.squeeze, present: learned.present },
          replaces: session.closedRunIds,
          clock: world.clock,
          onTransfer: (transfer) => learned.transfers.up = transfer,
        }),
      );
      learned.present = true;
      return sent;
    },
    submit: (jobs, slots, running) =>
      submit(parts, far, learned, { jobs, slots, running }),
    reconcile: (jobs) =>
      reconcile(
        scheduler,
        far,
        { sought: learned.lookups, clock: world.clock },
        jobs,
      ),
    poll: (jobs) => pollRemote(scheduler, far, learned.offsets, jobs),
    collect(wanted) {
      const inPlace = parts.staging === "in place";
      return withHeartbeat(
        far,
        world.clock,
        download(far, wanted, {
          base: plan.localDir,
          farRoot: inPlace ? null : learned.root,
          key: plan.runKey,
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
        go({ purpose: "clean up", body, patience_s: FILE_STALL_LIMIT_S }),
      );
    },
    close: () => go({ purpose: "close the run", body: CLOSE }).then(() => {}),
    release: () =>
      go({ purpose: "give the lease back", body: RELEASE }).then(() => {}),
    ...(watcher && { remoteChanges: watcher.changed }),
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
  { scheduler, compress }: ShellBackendParts,
  far: Remote,
  learned: RemoteFacts,
  heir: string | null,
): Promise<Result<RemoteState>> {
  learned.heir = heir;
  const asked = await callRemote(far, {
    purpose: "look at the folder of the run",
    body: inspectScript(heir, scheduler.array?.capacity),
  });
  if (!asked.ok) return asked;
  const read = parseRemoteState(asked.value, scheduler);
  if (!read.ok) return read;
  const found = read.value;
  if (isBytesName(found.root)) return fail(namelessRoot(found.root));
  learned.root = found.root;
  learned.present = found.runId !== null;
  const squeezes = asked.value.find(({ header }) => header[0] === "squeezes");
  learned.squeeze = compress ? chooseCompression(squeezes?.text ?? "") : null;
  const records = asked.value.find(({ header }) => header[0] === "records");
  // A survey prints records from their beginning.
  learned.offsets.clear();
  if (records) advanceOffsets(learned.offsets, records.bytes);
  return ok(found);
}

/** Job scripts name it, and they are text. */
function namelessRoot(root: string): Failure {
  return {
    kind: "input",
    summary: "Cannot run anything in the remote root",
    detail: `its path is not UTF-8: ${showName(root)}`,
    hint: "Set another remote_root, whose whole path is UTF-8",
    isRetryable: false,
  };
}

async function* submit(
  { plan, scheduler, world }: ShellBackendParts,
  far: Remote,
  { root, squeeze }: RemoteFacts,
  { jobs, slots, running }: {
    readonly jobs: readonly Job[];
    readonly slots: number;
    readonly running: readonly JobId[];
  },
): AsyncGenerator<Result<SubmitReply>> {
  const { slotGate, leakedVariables } = scheduler;
  const submit = scheduler.submit(plan.config.resources);
  const wait_s = plan.config.resources.waitSeconds;
  const program = programFor("submit", scheduler, plan.config.machine) ?? null;
  const body = submitScript({
    ...{
      submit,
      program,
      leaks: leakedVariables,
      gate: slotGate,
      slots,
      running,
      wait_s,
      squeeze,
    },
  });
  const packed = packTar(
    listArchiveEntries(jobFiles(jobs, plan, scheduler, root)),
  );
  const stdin = await outgoingStream(packed, {
    ...{ squeeze, total: null, clock: world.clock },
    onTransfer: () => {},
  });
  const untold = new Set(jobs.map(({ name }) => name));
  const purpose = "submit jobs";
  const patience_s = STALL_LIMIT_S + wait_s;
  for await (
    const part of streamRemote(far, { purpose, body, stdin, patience_s })
  ) {
    if (!part.ok) return yield part;
    if (!("section" in part.value)) continue;
    const { section } = part.value;
    const [word, job = ""] = section.header;
    if (word !== "told") continue;
    // The rest may have been handed over all the same: of whoever is not told of, nobody knows.
    if (!untold.delete(job)) {
      return yield fail(
        senselessReply(purpose, "it tells of a job that was not handed over"),
      );
    }
    yield ok(readSubmitReply(scheduler, job, section));
  }
}
