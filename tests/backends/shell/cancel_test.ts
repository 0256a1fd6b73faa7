import { deepStrictEqual, match, ok } from "node:assert/strict";
import { cancelJobs } from "../../../src/backends/shell/cancel.ts";
import { pbs } from "../../../src/schedulers/pbs/mod.ts";
import { scriptedRemote } from "../../helpers/scripted_shell.ts";
import { transcript } from "../../helpers/transcript.ts";

/** What is concluded from this reply of a batch system. */
async function cancelled(name: string) {
  const { code, stdout, stderr } = transcript(name);
  const remote = scriptedRemote({
    stdout:
      `\n@@n error\n${stderr}\n@@n cancelled ${code}\n${stdout}\n@@n end\n`,
  });
  return await cancelJobs(pbs, remote, ["1"]);
}

for (
  const name of [
    "scancel-22.05.8-known",
    "qdel-23.06.06-running",
    "qdel-6.1.3-held",
    "qdel-8.1.9-queued",
    "qdel-8.1.9-running",
    "bkill-4.0dev4-running",
    "pjdel-public-accepted",
    // Asked twice, or over by now.
    "pjdel-public-again",
    "bkill-4.0dev4-ended",
    "jctrl-public-none",
  ]
) {
  Deno.test(`all jobs are accepted to be cancelled: ${name}`, async () => {
    deepStrictEqual(await cancelled(name), {
      ok: true,
      value: { message: "" },
    });
  });
}

for (
  const [name, message] of Object.entries({
    "qdel-8.1.9-several": 'denied: job "999999" does not exist',
    "qdel-23.06.06-ended": "qdel: Job has finished 26.pbshost",
    "qdel-6.1.3-unknown": "qdel: nonexistent job id: 99999.torquehost",
    "bkill-public-mixed":
      "Job <66>: No matching job found\nJob <11> is being terminated\nJob <55> is being signaled",
    "pjdel-public-wrong-state":
      "[ERR.] PJM 0113 pjdel Job 1 is not in the state that pjdel can be accepted.",
  })
) {
  Deno.test(`some jobs may be over, which is no failure: ${name}`, async () => {
    deepStrictEqual(await cancelled(name), { ok: true, value: { message } });
  });
}

for (
  const name of [
    "scancel-22.05.8-stopped",
    "scancel-22.05.8-paused",
    "qdel-23.06.06-stopped",
    "qdel-6.1.3-stopped",
    "qdel-8.1.9-stopped",
    "bkill-4.0dev4-stopped",
  ]
) {
  Deno.test(`a batch system that cannot be reached has cancelled nothing: ${name}`, async () => {
    const result = await cancelled(name);
    ok(!result.ok);
    const { kind, isRetryable, detail } = result.error;
    deepStrictEqual([kind, isRetryable], ["scheduler", true]);
    match(detail, /timed out|refused|connect/i);
  });
}
