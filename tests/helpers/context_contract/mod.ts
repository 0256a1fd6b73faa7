/** What every way to reach a machine must do, whatever it is: one suite for all of them. */
import type { Shell } from "../../../src/contexts/shell.ts";
import type { Staging } from "../config.ts";
import { checkFiles } from "./files.ts";
import { checkLogs } from "./logs.ts";
import { checkResults } from "./results.ts";
import { checkScripts } from "./scripts.ts";

/** A context that was opened for a submission. */
export interface ContractContext extends AsyncDisposable {
  readonly shell: Shell;
  readonly staging: Staging;
  /** Absent: not. */
  readonly compress?: boolean;
  /** As in `Plan.root`. */
  readonly root: string;
}

/** Opens the context for results that belong into the local directory `base`. */
export type OpenContext = (base: string) => Promise<ContractContext>;

/** Registers the tests of a context; each opens it anew. `many`: how many small files travel. */
export function checkContext(
  name: string,
  open: OpenContext,
  { many = 10_000 } = {},
): void {
  checkScripts(name, open);
  checkFiles(name, open, many);
  checkResults(name, open);
  checkLogs(name, open);
}
