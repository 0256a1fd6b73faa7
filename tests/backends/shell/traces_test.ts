import { strictEqual } from "node:assert/strict";
import { exitReasonFrom } from "../../../src/backends/shell/traces.ts";
import { pbs } from "../../../src/schedulers/pbs/mod.ts";
import { transcript } from "../../helpers/transcript.ts";
import type { JobRecord } from "../../../src/model/job_record.ts";

const STARTED: JobRecord = {
  ...{ job: "d1", element: null, type: "jobStarted" },
  ...{ id: "1.s", host: "n1", time: 5 },
};
const SIGNALLED: JobRecord = {
  ...{ job: "d1", element: null, type: "jobStopped" },
  ...{ reason: "signal", owner: "TERM", time: 6 },
};

function kindOf(
  output: string | undefined,
  records: readonly JobRecord[],
  isOutputOurs = true,
) {
  return exitReasonFrom(pbs.traces!, { output, isOutputOurs, records })
    ?.exitReason?.kind ?? null;
}

Deno.test("What a forgotten job left behind says why it ended", () => {
  const overtime = transcript("output-23.06.06-overtime").stdout;
  strictEqual(kindOf(overtime, [STARTED, SIGNALLED]), "timeLimit");
  strictEqual(
    kindOf(transcript("output-23.06.06-memory").stdout, [STARTED]),
    "outOfMemory",
  );
  strictEqual(kindOf("", [STARTED, SIGNALLED]), "cancelled");
  strictEqual(kindOf(undefined, []), "cancelled");
});

Deno.test("Nothing is concluded of a job that began and was not signalled, or whose output goes elsewhere", () => {
  strictEqual(kindOf("", [STARTED]), null);
  strictEqual(kindOf("", []), null);
  strictEqual(kindOf(undefined, [], false), null);
});
