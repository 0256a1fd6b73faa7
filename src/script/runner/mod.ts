/** The functions that every job script shares; a file beside the scripts, so that those stay small. */
import { sha256 } from "../../text/hash.ts";
import {
  bash_words,
  claim,
  failure,
  finish,
  gpu,
  record,
  setup,
  task,
  task_end_pipe,
} from "./shell_texts.ts";

/** Lines after which bash's own commands are called, whatever a profile has defined; job scripts begin with them. */
export const REMOVE_REDEFINITIONS: string = bash_words.replace(/^#.*\n/gm, "");

/** Bash 3.2 and later. */
export const RUNNER: string =
  `#!/bin/bash\ndpdisp_remove_redefinitions() {\n${REMOVE_REDEFINITIONS}}\n\n${
    [record, claim, setup, task, task_end_pipe, failure, gpu, finish].join("\n")
  }`;

/** Named by its content: another version of it never changes what jobs in the queue will read. */
export const RUNNER_NAME: string = `run-${sha256(RUNNER).slice(0, 8)}.sh`;
