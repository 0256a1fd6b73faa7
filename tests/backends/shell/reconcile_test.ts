import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { reconcile } from "../../../src/backends/shell/reconcile.ts";
import { sge } from "../../../src/schedulers/sge/mod.ts";
import { pbs } from "../../../src/schedulers/pbs/mod.ts";
import { scriptedRemote } from "../../helpers/scripted_shell.ts";
import { planFor } from "../../helpers/submission.ts";
import { transcript } from "../../helpers/transcript.ts";
import type { Reply, Scheduler } from "../../../src/schedulers/scheduler.ts";

/** What a look-up by name concludes from this reply of the batch system. */
async function lookedUp(
  { code, stdout, stderr }: Reply,
  scheduler: Scheduler = pbs,
) {
  const remote = scriptedRemote({
    stdout: `\n@@n error\n${stderr}\n@@n found ${code}\n${stdout}\n@@n end\n`,
  });
  return await reconcile(
    { scheduler, plan: planFor({ root: "/r", base: "/b" }) },
    remote,
    new Map(),
    [{ job: "d1", tasks: 1 }],
  );
}

Deno.test("An empty listing with words on stderr does not say that a job is not there", async () => {
  const result = await lookedUp(transcript("qselect-23.06.06-no-history"));
  ok(!result.ok);
  deepStrictEqual(
    [result.error.kind, result.error.detail, result.error.isRetryable],
    [
      "scheduler",
      "qselect: PBS is not configured to maintain job history",
      true,
    ],
  );
});

Deno.test("A look-up that failed keeps the batch system's words", async () => {
  const result = await lookedUp(transcript("qselect-6.1.3-stopped"));
  ok(!result.ok);
  strictEqual(
    result.error.detail.split("\n").at(-1),
    "qselect: cannot connect to server torquehost (errno=111) Connection refused",
  );
});

Deno.test("A complete document without jobs is an answer, whatever is on stderr", async () => {
  const stdout = "<?xml version='1.0'?>\n<job_info>\n</job_info>\n";
  const stderr = "setlocale: cannot change locale\n";
  const result = await lookedUp({ code: 0, stdout, stderr }, sge);
  ok(result.ok);
  deepStrictEqual([...result.value.found], []);
});

Deno.test("An empty listing without words is an answer", async () => {
  const result = await lookedUp(transcript("qselect-23.06.06-nobody"));
  ok(result.ok);
  deepStrictEqual([...result.value.found], []);
});
