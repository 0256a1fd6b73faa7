import { buildPlan } from "../../src/pipeline/plan/mod.ts";
import { formatDiagnostic } from "../../src/model/diagnostic.ts";
import { configOf, locatePath, type Overrides } from "./config.ts";
import { memoryHashes } from "./hashes.ts";
import { memoryFiles } from "./memory_files.ts";
import type { Plan } from "../../src/model/plan.ts";

type Tree = Parameters<typeof memoryFiles>[0];

/** The plan of a config over a disk in memory, below /work; throws where there is none. */
export function planOf(overrides: Overrides, tree: Tree): Plan {
  const checked = checkedPlanOf(overrides, tree);
  if (checked.ok) return checked.value.value;
  throw new Error(checked.error.errors.map(formatDiagnostic).join("\n"));
}

/** The errors that a config makes, as `path of the field: message`. */
export function diagnosticsOf(
  overrides: Overrides,
  tree: Tree,
): readonly string[] {
  const checked = checkedPlanOf(overrides, tree);
  return checked.ok
    ? []
    : checked.error.errors.map(({ location, message }) =>
      `${location.file}: ${message}`
    );
}

function checkedPlanOf(
  overrides: Overrides,
  tree: Tree,
): ReturnType<typeof buildPlan> {
  const files = memoryFiles({ "/work/": "", ...tree });
  return buildPlan(configOf(overrides), {
    files,
    cwd: "/work",
    hashCache: memoryHashes(),
    locate: locatePath,
  });
}
