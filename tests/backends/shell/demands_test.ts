import { deepStrictEqual } from "node:assert/strict";
import { demandsOf, excessesOf } from "../../../src/backends/shell/demands.ts";
import { pbs } from "../../../src/schedulers/pbs/mod.ts";
import { configOf } from "../../helpers/config.ts";
import { planFor } from "../../helpers/submission.ts";

const LIMITS = {
  walltimeSeconds: null,
  nodes: null,
  memoryMib: null,
  gpus: null,
  jobs: null,
  cpus: { most: 4, per: "job" },
} as const;

/** What else may change the request of 8 CPUs where a job may have 4. */
function othersWith(flags: readonly string[]): readonly string[] {
  const config = configOf({ resources: { cpusPerNode: 8, flags } });
  const plan = { ...planFor({ root: "/r", base: "/b" }), config };
  const demands = demandsOf(LIMITS, config.resources);
  return excessesOf(demands, plan, pbs).flatMap(({ others }) => others);
}

Deno.test("A custom flag may change what is requested, unless it only names the job", () => {
  deepStrictEqual(othersWith([]), []);
  deepStrictEqual(othersWith(["#PBS -N my_run"]), []);
  for (
    const flag of [
      "#PBS -l select=1",
      "#PBS -N my_run -q big",
      "#PBS -q b -N x",
    ]
  ) {
    deepStrictEqual(othersWith(["#PBS -N a", flag]), ["custom_flags"], flag);
  }
});
