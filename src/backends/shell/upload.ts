import { fail, ok, type Result } from "../../text/result.ts";
import { RUN_DIRECTORY } from "../../script/remote_layout.ts";
import type { Compression } from "../../script/compression.ts";
import { stageScript } from "../../script/stage_script.ts";
import { entriesToStage, type Staging } from "../../pipeline/stage.ts";
import type { Clock } from "../../environment/environment.ts";
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
  readonly staging: Staging;
  readonly runId: string;
  /** Marks of closed runs, whose folder makes way. */
  readonly replaces: readonly string[];
  readonly heir: string | null;
  readonly squeeze: Compression | null;
  /** Something may be there from before. */
  readonly present: boolean;
  readonly clock: Clock;
  readonly onTransfer: (transfer: Transfer | null) => void;
}

/** Sends what is not there already. */
export async function upload(
  far: Remote,
  tasks: readonly Task[],
  sending: UploadOptions,
): Promise<Result<StageReply>> {
  const { plan, staging, runId, replaces, heir, squeeze, present } = sending;
  const listed = list(plan, tasks, staging);
  if (!listed.ok) return listed;
  const left = await findChangedInputs(far, listed.value, present);
  if (!left.ok) return left;
  const { entries, removed, inTheWay, manifest } = left.value;
  const own = (name: string, paths: readonly string[]) => ({
    to: `${RUN_DIRECTORY}/${plan.runKey}/${name}`,
    text: paths.map((path) => `${path}\0`).join(""),
  });
  const bytes = bytesOf(entries);
  const archive = [
    ...entries,
    own("gone", removed),
    ...manifest === null ? [] : [own("sent", manifest)],
    own("whole", []),
  ];
  const stream = outgoingStream(packTar(archive), {
    ...{ squeeze, total: bytes },
    clock: sending.clock,
    onTransfer: sending.onTransfer,
  });
  const staged = await callRemote(far, {
    purpose: "stage the inputs",
    body: stageScript({
      ...{ mark: runId, replaces, heir, inTheWay, squeeze },
      copy: plan.script.name,
    }),
    stdin: await stream,
    patience_s: FILE_STALL_LIMIT_S,
  });
  sending.onTransfer(null);
  const files = entries.filter((entry) => !("folder" in entry)).length;
  return staged.ok ? ok({ files, bytes }) : staged;
}

/** Files may have gone since the plan was made. */
function list(
  plan: Plan,
  tasks: readonly Task[],
  staging: Staging,
): Result<readonly ArchiveEntry[]> {
  try {
    return ok(listArchiveEntries(entriesToStage(plan, tasks, staging)));
  } catch (error) {
    return fail({
      kind: "transfer",
      summary: "Cannot stage the inputs",
      detail: error instanceof Error ? error.message : String(error),
      isRetryable: false,
    });
  }
}
