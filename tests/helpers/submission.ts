import type { Session } from "../../src/backends/backend.ts";
import { configOf } from "./config.ts";
import { KEY } from "./remote_dir.ts";
import type { Plan } from "../../src/model/plan.ts";

/** A plan of one task that writes `out`, between two folders that are there. */
export function planFor(
  { root, base, code = "echo result >out\n" }: {
    readonly root: string;
    readonly base: string;
    /** What the task's shell reads. */
    readonly code?: string;
  },
): Plan {
  return {
    key: KEY,
    config: configOf(),
    base,
    root,
    script: { name: "script_1.py", text: code },
    tasks: [{
      key: "t0",
      command: "sh",
      dir: ".",
      inputs: [],
      outputs: ["out"],
      out: "log",
      err: "err",
    }],
    commonInputs: [],
    commonOutputs: [],
    header: null,
  };
}

export function sessionOf(token = "me"): Session {
  return { token, who: `here ${token}`, closed: [] };
}
