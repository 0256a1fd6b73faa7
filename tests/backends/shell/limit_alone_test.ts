import { deepStrictEqual } from "node:assert/strict";
import {
  excessReader,
  withExcess,
} from "../../../src/backends/shell/limit_alone.ts";
import type {
  PollReply,
  QueueEntry,
} from "../../../src/model/backend_messages.ts";
import { sge } from "../../../src/schedulers/sge/mod.ts";
import { slurm } from "../../../src/schedulers/slurm/mod.ts";
import type { Scheduler } from "../../../src/schedulers/scheduler.ts";
import { ok } from "../../../src/text/result.ts";
import { configOf } from "../../helpers/config.ts";
import { planFor } from "../../helpers/submission.ts";
import { scriptedRemote } from "../../helpers/scripted_shell.ts";

const WAITING: QueueEntry = { nativeState: "qw", state: "queued" };
const RUNNING: QueueEntry = { nativeState: "r", state: "running" };

/** How often the limits of the queue, which has 16 slots, were asked for, and the reason of each job. */
async function shown(
  scheduler: Scheduler,
  cpusPerNode: number,
  entries: readonly QueueEntry[],
) {
  const stdout =
    "\n@@n error\n\n@@n limits 0\nqname main.q\nslots 16\npe_name mpi\nslots 999\nallocation_rule $pe_slots\n\n@@n end\n";
  const calls = { count: 0 };
  const options = { jobName: "x", parallelEnvironment: "mpi" };
  const plan = {
    ...planFor({ root: "/r", base: "/b" }),
    config: configOf({ resources: { cpusPerNode, options } }),
  };
  const remote = scriptedRemote({ stdout });
  const read = excessReader(scheduler, remote, plan);
  const readExcess = () => (calls.count += 1, read());
  const reply: PollReply = {
    queue: new Map(entries.map((entry, i) => [`${i}`, entry])),
    isComplete: true,
    errorText: "",
    areRecordsComplete: true,
    records: [],
  };
  const result = await withExcess(ok(reply), scheduler, readExcess);
  const queue = result.ok ? [...result.value.queue.values()] : [];
  return [calls.count, ...queue.map(({ reason = "" }) => reason)];
}

Deno.test("A job that waits without a reason and requests more slots than its queue has is shown with that", async () => {
  const excess =
    "resources.cpu_per_node requests 99 CPUs a node; the default queue allows 16 CPUs a node";
  const priority = { ...WAITING, reason: "Priority" };
  deepStrictEqual(await shown(sge, 99, [WAITING, RUNNING, priority]), [
    ...[1, excess, "", "Priority"],
  ]);
  deepStrictEqual(await shown(sge, 16, [WAITING]), [1, ""]);
});

Deno.test("The limits are not read where no job waits, or where the batch system says by itself why", async () => {
  deepStrictEqual(await shown(sge, 99, [RUNNING]), [0, ""]);
  deepStrictEqual(await shown(slurm, 99, [WAITING]), [0, ""]);
});

Deno.test("Limits that could not be read are read again, others once", async () => {
  const options = { jobName: "x", parallelEnvironment: "mpi" };
  const plan = {
    ...planFor({ root: "/r", base: "/b" }),
    config: configOf({ resources: { cpusPerNode: 99, options } }),
  };
  const scriptsAfterTwo = async (section: string) => {
    const stdout = `\n@@n error\n\n@@n limits ${section}\n\n@@n end\n`;
    const remote = scriptedRemote({ stdout });
    const read = excessReader(sge, remote, plan);
    await read();
    await read();
    return remote.scripts.length;
  };
  const limits = "0\nqname main.q\nslots 16";
  deepStrictEqual(
    [await scriptsAfterTwo("1\n"), await scriptsAfterTwo(limits)],
    [2, 1],
  );
});
