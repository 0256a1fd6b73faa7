import { fail, ok, type Result } from "../../text/result.ts";
import { RUN_DIRECTORY } from "../../script/remote_layout.ts";
import type { Compression } from "../../script/compression.ts";
import { stageScript } from "../../script/stage_script.ts";
import { entriesToStage } from "../../pipeline/stage.ts";
import { callRemote, type Remote } from "./call_remote.ts";
import { FILE_STALL_LIMIT_S } from "./stall_limit.ts";
import {
  type ArchiveEntry,
  bytesOf,
  listArchiveEntries,
} from "../files/archive_entries.ts";
import { packTar } from "../files/pack_tar.ts";
import { outgoingStream } from "../files/transfer.ts";
import { findChangedInputs } from "./changed_inputs.ts";
import type { Plan, Task } from "../../model/plan.ts";
import type { StageReply, Transfer } from "../../model/backend_messages.ts";

export interface UploadOptions {
  readonly plan: Plan;
  readonly runId: string;
  /** Ids of closed runs, whose remote directory is replaced. */
  readonly closedRunIds: readonly string[];
  readonly compression: Compression | null;
  /** The remote directory may contain files. */
  readonly isPresent: boolean;
  readonly onTransfer: (transfer: Transfer | null) => void;
}

/** Uploads the inputs that the remote host does not have. */
export async function upload(
  remote: Remote,
  tasks: readonly Task[],
  options: UploadOptions,
): Promise<Result<StageReply>> {
  const { plan, runId, closedRunIds, compression, isPresent } = options;
  const listed = list(plan, tasks);
  if (!listed.ok) return listed;
  const left = await findChangedInputs(remote, listed.value, isPresent);
  if (!left.ok) return left;
  const { entries, removed, inTheWay, manifest } = left.value;
  const own = (name: string, paths: readonly string[]) => ({
    to: `${RUN_DIRECTORY}/${plan.runKey}/${name}`,
    text: paths.map((path) => `${path}\0`).join(""),
  });
  const bytes = bytesOf(entries);
  const archive = [
    ...entries,
    own("removed_inputs", removed),
    ...manifest === null ? [] : [own("staged_inputs", manifest)],
    own("complete", []),
  ];
  const stream = outgoingStream(packTar(archive), {
    ...{ compression, total: bytes },
    clock: remote.clock,
    onTransfer: options.onTransfer,
  });
  const staged = await callRemote(remote, {
    purpose: "stage the inputs",
    body: stageScript({
      ...{ runId, closedRunIds, inTheWay, compression },
      copy: plan.script.name,
    }),
    stdin: await stream,
    patience_s: FILE_STALL_LIMIT_S,
  });
  options.onTransfer(null);
  const files = entries.filter((entry) => !("directory" in entry)).length;
  return staged.ok ? ok({ files, bytes }) : staged;
}

/** Fails where a file was removed after the plan was made. */
function list(
  plan: Plan,
  tasks: readonly Task[],
): Result<readonly ArchiveEntry[]> {
  try {
    return ok(listArchiveEntries(entriesToStage(plan, tasks)));
  } catch (error) {
    return fail({
      kind: "transfer",
      summary: "Cannot stage the inputs",
      detail: error instanceof Error ? error.message : String(error),
      isRetryable: false,
    });
  }
}
