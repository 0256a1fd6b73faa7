/** Puts inputs, script and runner in place. */
import type { Plan, Task } from "../job.ts";
import { fail, ok, type Result } from "../result.ts";
import { FOLDER } from "../script/layout.ts";
import type { Squeeze } from "../script/squeeze.ts";
import { stageScript } from "../script/stage_script.ts";
import { stage, type Staging } from "../stage.ts";
import type { Clockwork } from "../world.ts";
import { ask, type Far } from "./ask.ts";
import { FILE_PATIENCE_S } from "./patience.ts";
import type { Staged, Transfer } from "./backend.ts";
import { bytesOf, type Entry, parcelOf } from "./parcel.ts";
import { packTar } from "./tar.ts";
import { transfer } from "./transfer.ts";
import { difference } from "./difference.ts";

export interface Sending {
  readonly plan: Plan;
  readonly staging: Staging;
  readonly mark: string;
  /** Marks of closed runs, whose folder makes way. */
  readonly replaces: readonly string[];
  readonly heir: string | null;
  readonly squeeze: Squeeze | null;
  /** Something may be there from before. */
  readonly present: boolean;
  readonly clock: Clockwork;
  readonly onTransfer: (transfer: Transfer | null) => void;
}

/** Sends what is not there already. */
export async function send(
  far: Far,
  tasks: readonly Task[],
  sending: Sending,
): Promise<Result<Staged>> {
  const { plan, staging, mark, replaces, heir, squeeze, present } = sending;
  const listed = list(plan, tasks, staging);
  if (!listed.ok) return listed;
  const left = await difference(far, listed.value, present);
  if (!left.ok) return left;
  const { entries, gone, inTheWay, sent } = left.value;
  const own = (name: string, paths: readonly string[]) => ({
    to: `${FOLDER}/${plan.key}/${name}`,
    text: paths.map((path) => `${path}\0`).join(""),
  });
  const bytes = bytesOf(entries);
  const archive = [
    ...entries,
    own("gone", gone),
    ...sent === null ? [] : [own("sent", sent)],
    own("whole", []),
  ];
  const stream = transfer(packTar(archive), {
    ...{ squeeze, total: bytes },
    clock: sending.clock,
    onTransfer: sending.onTransfer,
  });
  const staged = await ask(far, {
    purpose: "stage the inputs",
    body: stageScript({
      ...{ mark, replaces, heir, inTheWay, squeeze },
      copy: plan.script.name,
    }),
    stdin: await stream,
    patience_s: FILE_PATIENCE_S,
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
): Result<readonly Entry[]> {
  try {
    return ok(parcelOf(stage(plan, tasks, staging)));
  } catch (error) {
    return fail({
      kind: "transfer",
      tried: "Cannot stage the inputs",
      saw: error instanceof Error ? error.message : String(error),
      again: false,
    });
  }
}
