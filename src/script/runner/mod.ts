/** The functions that every job script shares; a file beside the scripts, so that those stay small. */
import { sha256 } from "../../text/hash.ts";
import {
  claim,
  failure,
  finish,
  gpu,
  record,
  setup,
  task,
  task_end_pipe,
} from "./shell_texts.ts";

/** Bash 3.2 and later. */
export const RUNNER: string = `#!/bin/bash\n${
  [record, claim, setup, task, task_end_pipe, failure, gpu, finish].join("\n")
}`;

/** Named by its content: another version of it never changes what jobs in the queue will read. */
export const RUNNER_NAME: string = `run-${sha256(RUNNER).slice(0, 8)}.sh`;
