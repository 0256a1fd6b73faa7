import { fail, ok, type Result } from "../../text/result.ts";
import { cleanScript } from "../../script/clean_script.ts";
import { runDirectory } from "../../script/remote_layout.ts";
import type { RemoteSite } from "../../script/remote_script.ts";
import {
  chooseCompression,
  type Compression,
} from "../../script/compression.ts";
import { runsInPlace } from "../../schema/backend_kinds.ts";
import { callRemote, type Remote, type RemoteCall } from "./call_remote.ts";
import type { Backend } from "../backend.ts";
import { withHeartbeat } from "./heartbeat.ts";
import { download, type DownloadTarget } from "./download.ts";
import { budgetOf } from "../files/download_limits.ts";
import { doctor } from "./doctor/mod.ts";
import { noAnswers } from "./host_answers.ts";
import { inspect } from "./inspect.ts";
import { pollRemote } from "./poll.ts";
import { readLog } from "./read_log.ts";
import type { RecordOffsets } from "./record_offsets.ts";
import { type Lookups, reconcile } from "./reconcile.ts";
import { ownFiles } from "../files/own_files.ts";
import { groundOf } from "../files/install.ts";
import { replacements } from "./programs.ts";
import { FILE_STALL_LIMIT_S } from "./stall_limit.ts";
import { silentPrograms } from "./silent_programs.ts";
import { submit } from "./submit.ts";
import { type RootPresence, rootPresence } from "./root_presence.ts";
import { withWorkBase } from "./work_base.ts";
import { excessReader, withExcess } from "./limit_alone.ts";
import { upload } from "./upload.ts";
import { watchDirectory } from "./watch_records.ts";
import type { RemoteState } from "../../model/backend_messages.ts";
import { cancelJobs } from "./cancel.ts";
import { CLOSE, RELEASE } from "../../script/lease_script.ts";
import type { ShellBackendParts } from "./parts.ts";
import { once } from "../../text/once.ts";

/** What this backend remembers to save work; without it every reply would be as right. */
interface Caches {
  readonly offsets: RecordOffsets;
  readonly lookups: Lookups;
  /** The remote directory may have files that no inspection saw. */
  hasStaged: boolean;
}

export function shellBackend(parts: ShellBackendParts): Backend {
  const { plan, session, shell, scheduler } = parts;
  const presence = rootPresence(parts.environment.clock, parts.awayLimitMs);
  const remote = remoteOf(parts, presence);
  const target = downloadTargetOf(parts);
  const caches: Caches = {
    offsets: new Map(),
    lookups: new Map(),
    hasStaged: false,
  };
  const silent = silentPrograms(remote, parts.environment);
  const readExcess = excessReader(scheduler, remote, plan);
  const call = (request: RemoteCall) => done(callRemote(remote, request));
  const look = async (lease: Parameters<typeof inspect>[3]) => {
    const state = await inspect(parts, remote, caches.offsets, lease);
    if (state.ok && state.value.runId !== null) presence.found();
    return state;
  };
  const watcher = shell.local ? watchDirectory() : null;
  return {
    traits: {
      ...scheduler.limits,
      explainsEnds: scheduler.account(["0"]) !== null,
      manual: scheduler.manual,
    },
    inspect: () => look(null),
    lease: {
      acquire: (from) => look({ from }),
      release: () => call({ purpose: "release the lease", body: RELEASE }),
    },
    async stage(tasks, runId, state) {
      const isPresent = caches.hasStaged || state.runId !== null;
      caches.hasStaged = true;
      const staged = await withWorkBase(
        plan.localDir,
        "stage the inputs",
        () =>
          withHeartbeat(
            remote,
            upload(remote, tasks, {
              ...{ plan, runId, isPresent },
              compression: compressionFor(parts, state),
              closedRunIds: session.closedRunIds,
              onTransfer: (transfer) => session.onTransfer("up", transfer),
            }),
          ),
      );
      if (staged.ok) presence.found();
      return staged;
    },
    submit: (jobs, room, state) =>
      submit(parts, remote, jobs, room, {
        remoteDir: state.remoteDir,
        compression: compressionFor(parts, state),
        readExcess,
      }),
    reconcile: (jobs) =>
      withHeartbeat(remote, reconcile(parts, remote, caches.lookups, jobs)),
    async poll(jobs) {
      const polled = pollRemote(parts, remote, {
        offsets: caches.offsets,
        silent,
      }, jobs);
      // Programs of the batch system that hang may take longer than a lease lasts.
      const reply = await withHeartbeat(remote, polled);
      return withExcess(reply, scheduler, readExcess);
    },
    collect: (requests, state) =>
      withWorkBase(plan.localDir, "collect results", () =>
        withHeartbeat(
          remote,
          download(remote, requests, {
            ...target,
            remoteRoot: state.remoteDir,
            compression: compressionFor(parts, state),
          }),
        )),
    cancel: (ids) => cancelJobs(scheduler, remote, ids),
    async clean() {
      const cleaned = await call({
        purpose: "clean up",
        body: cleanScript({
          isRootOurs: !target.isInPlace,
          background: plan.config.machine.cleanInBackground,
        }),
        patience_s: FILE_STALL_LIMIT_S,
      });
      // An attempt whose reply was lost may have removed it.
      if (cleaned.ok || !presence.isAway()) presence.forget();
      return cleaned;
    },
    close: () => call({ purpose: "close the run", body: CLOSE }),
    readLog: (log, from, signal) => readLog(remote, log, from, signal),
    ...(watcher && {
      remoteChanges: ({ remoteDir }, signal) =>
        watcher.changed(
          `${runDirectory(remoteDir, plan.runKey)}/records`,
          signal,
        ),
    }),
    doctor: () => doctor(parts, remote.site),
    async [Symbol.asyncDispose]() {
      watcher?.close();
      silent.close();
      await shell[Symbol.asyncDispose]();
    },
  };
}

function remoteOf(
  { plan, session, shell, scheduler, environment }: ShellBackendParts,
  presence: RootPresence,
): Remote {
  const { machine } = plan.config;
  const site: RemoteSite = {
    root: plan.remoteDir,
    key: plan.runKey,
    token: session.token,
    holderName: session.holderName,
    guarded: runsInPlace(machine.context) ? "run directory" : "root",
    commands: replacements(scheduler, machine),
    commandLimit_s: machine.commandTimeoutSeconds,
  };
  return {
    shell,
    site,
    clock: environment.clock,
    answers: noAnswers(),
    waits: session.waits,
    nonce: () => environment.random(12),
    presence,
  };
}

/** All of a download's target that is known before the inspection. */
function downloadTargetOf(
  { plan, session, environment }: ShellBackendParts,
): Omit<DownloadTarget, "remoteRoot" | "compression"> {
  return {
    base: plan.localDir,
    isInPlace: runsInPlace(plan.config.machine.context),
    key: plan.runKey,
    ground: once(() =>
      groundOf(plan.localDir, plan.tasks.map(({ dir }) => dir))
    ),
    own: ownFiles(plan.localDir, plan.runKey, environment.journals),
    budget: budgetOf(plan.config.machine),
    clock: environment.clock,
    onTransfer: (transfer) => session.onTransfer("down", transfer),
  };
}

/** How streams are compressed; null: they are not. */
function compressionFor(
  { canCompress }: ShellBackendParts,
  { compressors }: RemoteState,
): Compression | null {
  return canCompress ? chooseCompression(compressors) : null;
}

/** A failure, or that the script came to its end. */
async function done(called: Promise<Result<unknown>>): Promise<Result<void>> {
  const reply = await called;
  return reply.ok ? ok(undefined) : fail(reply.error);
}
