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
import { runsInPlace } from "../../schema/backend_kinds.ts";
import { elementsOf, jobFiles } from "../../pipeline/submit.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { showName } from "../../text/show_name.ts";
import { readSubmitReply } from "./submit_replies.ts";
import {
  callRemote,
  invalidReply,
  type Remote,
  type RemoteCall,
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
import { limitAloneChecker } from "./limit_alone.ts";
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

/** What a session learns about the remote host. */
interface RemoteFacts {
  /** Absolute directory that contains the task directories, once the remote host was inspected. */
  root: string;
  heir: string | null;
  /** The remote directory may contain files of an earlier session. */
  present: boolean;
  /** How streams are compressed; null: they are not. */
  compression: Compression | null;
  readonly transfers: { -readonly [K in keyof Transfers]: Transfers[K] };
  readonly offsets: RecordOffsets;
  /** When a job was first looked up by its name, ms since 1970, and how often. */
  readonly lookups: Lookups;
}

export function shellBackend(parts: ShellBackendParts): Backend {
  const { plan, session, shell, scheduler, world: environment } = parts;
  const isInPlace = runsInPlace(plan.config.machine.context);
  const site: RemoteSite = {
    root: plan.remoteDir,
    key: plan.runKey,
    token: session.token,
    who: session.holderName,
    guarded: isInPlace ? "run directory" : "root",
    commands: replacements(scheduler, plan.config.machine),
  };
  const remote: Remote = {
    shell,
    site,
    clock: environment.clock,
    nonce: () => environment.random(12),
  };
  const facts: RemoteFacts = {
    root: plan.remoteDir,
    heir: null,
    present: false,
    compression: null,
    transfers: { up: null, down: null },
    offsets: new Map(),
    lookups: new Map(),
  };
  const call = (request: RemoteCall) => callRemote(remote, request);
  const checkReply = limitAloneChecker(scheduler, remote, plan);
  const budget = budgetOf(plan.config.machine);
  const own = ownFiles(plan.localDir, plan.runKey, environment.journals);
  const ground = once(() =>
    groundOf(plan.localDir, plan.tasks.map(({ dir }) => dir))
  );
  const watcher = shell.local
    ? watchDirectory(() => `${runDirectory(facts.root, plan.runKey)}/records`)
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
    inspect: (heir) => inspect(parts, remote, facts, heir),
    async stage(tasks, mark) {
      const sent = await withHeartbeat(
        remote,
        environment.clock,
        upload(remote, tasks, {
          ...{ plan, runId: mark, heir: facts.heir },
          ...{ compression: facts.compression, present: facts.present },
          replaces: session.closedRunIds,
          clock: environment.clock,
          onTransfer: (transfer) => facts.transfers.up = transfer,
        }),
      );
      facts.present = true;
      return sent;
    },
    submit: (jobs, slots, running) =>
      submit(parts, remote, facts, { jobs, slots, running, checkReply }),
    reconcile: (jobs) =>
      reconcile(
        scheduler,
        remote,
        { sought: facts.lookups, clock: environment.clock },
        jobs,
      ),
    poll: (jobs) =>
      pollRemote(
        scheduler,
        remote,
        facts.offsets,
        jobs,
        scheduler.submit(plan.config.resources).includes("$out"),
      ),
    collect(requests) {
      return withHeartbeat(
        remote,
        environment.clock,
        download(remote, requests, {
          base: plan.localDir,
          isInPlace,
          remoteRoot: facts.root,
          key: plan.runKey,
          ground,
          own,
          budget,
          compression: facts.compression,
          clock: environment.clock,
          onTransfer: (transfer) => facts.transfers.down = transfer,
        }),
      );
    },
    cancel: (ids) => {
      // Without the remote directory there is no lease that another process could hold.
      const body = `[ ! -d "$D" ] || has_lease || finish lease_taken
${scheduler.cancel(ids)}`;
      return done(call({ purpose: "cancel the jobs", body }));
    },
    clean() {
      const background = plan.config.machine.cleanInBackground;
      const body = cleanScript({
        isRootOurs: !isInPlace,
        background,
      });
      return done(
        call({ purpose: "clean up", body, patience_s: FILE_STALL_LIMIT_S }),
      );
    },
    close: () => call({ purpose: "close the run", body: CLOSE }).then(() => {}),
    release: () =>
      call({ purpose: "release the lease", body: RELEASE }).then(() => {}),
    ...(watcher && { remoteChanges: watcher.changed }),
    transfers: () => facts.transfers,
    doctor: () => doctor(parts, site),
    async [Symbol.asyncDispose]() {
      watcher?.close();
      await shell[Symbol.asyncDispose]();
    },
  };
}

async function done(called: Promise<Result<unknown>>): Promise<Result<void>> {
  const reply = await called;
  return reply.ok ? ok(undefined) : reply;
}

async function inspect(
  { scheduler, compress }: ShellBackendParts,
  remote: Remote,
  facts: RemoteFacts,
  heir: string | null,
): Promise<Result<RemoteState>> {
  facts.heir = heir;
  const reply = await callRemote(remote, {
    purpose: "inspect the run's remote directory",
    body: inspectScript(heir, scheduler.array?.capacity),
  });
  if (!reply.ok) return reply;
  const read = parseRemoteState(reply.value, scheduler);
  if (!read.ok) return read;
  const found = read.value;
  if (isBytesName(found.remoteDir)) {
    return fail(unsupportedRoot(found.remoteDir));
  }
  facts.root = found.remoteDir;
  facts.present = found.runId !== null;
  const compressors = reply.value.find(({ header }) =>
    header[0] === "compressors"
  );
  facts.compression = compress
    ? chooseCompression(compressors?.text ?? "")
    : null;
  const records = reply.value.find(({ header }) => header[0] === "records");
  // The inspect script prints records from their beginning.
  facts.offsets.clear();
  if (records) advanceOffsets(facts.offsets, records.bytes);
  return ok(found);
}

/** Job scripts contain the path, and they are text. */
function unsupportedRoot(root: string): Failure {
  return {
    kind: "input",
    summary: "Cannot use the remote root",
    detail: `its path is not UTF-8: ${showName(root)}`,
    hint: "Set another remote_root, whose whole path is UTF-8",
    isRetryable: false,
  };
}

async function* submit(
  { plan, scheduler, world: environment }: ShellBackendParts,
  remote: Remote,
  { root, compression }: RemoteFacts,
  { jobs, slots, running, checkReply }: {
    readonly jobs: readonly Job[];
    readonly slots: number;
    readonly running: readonly JobId[];
    readonly checkReply: ReturnType<typeof limitAloneChecker>;
  },
): AsyncGenerator<Result<SubmitReply>> {
  const submit = scheduler.submit(plan.config.resources);
  const waitSeconds = plan.config.resources.waitSeconds;
  const program = programFor("submit", scheduler, plan.config.machine) ?? null;
  const body = submitScript({
    submit,
    program,
    leakedVariables: scheduler.leakedVariables,
    headerEdit: scheduler.headerEdit?.(plan.config.resources) ?? null,
    slotGate: scheduler.slotGate,
    slots,
    running,
    waitSeconds,
    compression,
  });
  const packed = packTar(
    listArchiveEntries(jobFiles(jobs, plan, scheduler, root)),
  );
  const stdin = await outgoingStream(packed, {
    ...{ compression, total: null, clock: environment.clock },
    onTransfer: () => {},
  });
  const withoutReply = new Set(jobs.map(({ name }) => name));
  const purpose = "submit jobs";
  const patience_s = STALL_LIMIT_S + waitSeconds;
  for await (
    const part of streamRemote(remote, { purpose, body, stdin, patience_s })
  ) {
    if (!part.ok) return yield part;
    if (!("section" in part.value)) continue;
    const { section } = part.value;
    const [word, job = ""] = section.header;
    if (word !== "submit_reply") continue;
    // The other jobs may have been submitted: without a reply they are unconfirmed.
    if (!withoutReply.delete(job)) {
      return yield fail(
        invalidReply(purpose, "it names a job that was not submitted"),
      );
    }
    yield ok(await checkReply(readSubmitReply(scheduler, job, section)));
  }
}
