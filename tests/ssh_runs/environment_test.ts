/** The environment of a task on a host that is reached over SSH. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { sshTest } from "../helpers/sshd.ts";
import { withProxy } from "./cuts.ts";

sshTest(
  "A task over SSH has none of dpdisp's own variables but the documented ones",
  (testbed) =>
    withProxy(testbed, async ({ work }) => {
      const { code, err } = await work.run();
      strictEqual(code, 0, err);
      const names = (await Deno.readTextFile(`${work.localDir}/t0/out`)).match(
        /^(?:DPDISP(?!_TESTBED)|dpdisp|REMOTE_ROOT)\w*(?==)/gm,
      );
      deepStrictEqual(names?.toSorted(), [
        "DPDISPATCHER_CPU_PER_NODE",
        "DPDISPATCHER_GPU_PER_NODE",
        "DPDISPATCHER_GROUP_SIZE",
        "DPDISPATCHER_NUMBER_NODE",
        "DPDISPATCHER_QUEUE_NAME",
        "REMOTE_ROOT",
      ]);
    }, { tasks: 1, code: "env >out" }),
);
