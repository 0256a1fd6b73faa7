/** Reads the remote state of a run. */
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { showName } from "../../text/show_name.ts";
import { inspectScript } from "../../script/inspect_script.ts";
import { acquireScript } from "../../script/lease_script.ts";
import { callRemote, type Remote } from "./call_remote.ts";
import { commandNamed } from "./programs.ts";
import { parseRemoteState } from "./parse_remote_state.ts";
import { advanceOffsets, type RecordOffsets } from "./record_offsets.ts";
import type { RemoteState } from "../../model/backend_messages.ts";
import type { ShellBackendParts } from "./parts.ts";

/** `lease`: takes it first, where it is free or held by `from`. Offsets of the records that were read are set. */
export async function inspect(
  { scheduler, plan }: ShellBackendParts,
  remote: Remote,
  offsets: RecordOffsets,
  lease: { readonly from: string | null } | null,
): Promise<Result<RemoteState>> {
  const capacity = scheduler.array?.capacity ?? null;
  const body = inspectScript(capacity === null ? null : commandNamed(capacity));
  const reply = await callRemote(remote, {
    purpose: "inspect the run's remote directory",
    // What is only read may be anybody's; the check may write.
    checksOwner: lease === null,
    body: lease === null ? body : `${acquireScript(lease.from)}${body}`,
  });
  if (!reply.ok) return reply;
  const state = parseRemoteState(
    reply.value,
    scheduler,
    plan.config.resources,
  );
  if (!state.ok) return state;
  const { remoteDir } = state.value;
  if (isBytesName(remoteDir)) return fail(unsupportedRoot(remoteDir));
  const records = reply.value.find(({ header }) => header[0] === "records");
  if (records) advanceOffsets(offsets, new Map(), records.bytes);
  return ok(state.value);
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
