import type { BackendSession } from "../../src/backends/backend.ts";
import { configOf, type Staging, stagingMachines } from "./config.ts";
import { KEY } from "./remote_dir.ts";
import type { Plan } from "../../src/model/plan.ts";

/** A plan of one task that writes `out`, between two directories that are there. */
export function planFor(
  { root, base, code = "echo result >out\n", staging = "copy" }: {
    readonly root: string;
    readonly base: string;
    /** What the task's shell reads. */
    readonly code?: string;
    readonly staging?: Staging;
  },
): Plan {
  return {
    runKey: KEY,
    config: configOf({ machine: stagingMachines[staging] }),
    localDir: base,
    remoteDir: root,
    script: { name: "script_1.py", text: code },
    tasks: [{
      key: "t0",
      command: "sh",
      dir: ".",
      inputs: [],
      outputs: ["out"],
      stdoutFile: "log",
      stderrFile: "err",
    }],
    commonInputs: [],
    commonOutputs: [],
    header: null,
  };
}

export function leaseHolder(token = "me"): BackendSession {
  return {
    ...{ token, holderName: `here ${token}`, closedRunIds: [] },
    waits: new Set(),
    onTransfer: () => {},
  };
}
