/** The question before an edit takes finished work away. */
import type { EditEffect, SessionOptions } from "../model/run_options.ts";
import type { Failure } from "../text/result.ts";
import type { Terminal } from "../environment/environment.ts";
import { count } from "../text/grammar.ts";

/** Says what an edit takes away, and asks at a terminal; elsewhere only `--yes` answers. */
export function editConfirmation(
  { isConfirmed, isQuiet, isJson, terminal }: {
    readonly isConfirmed: boolean;
    readonly isQuiet: boolean;
    readonly isJson: boolean;
    readonly terminal: Terminal;
  },
): SessionOptions["confirmEdit"] {
  return async (edit) => {
    const text = `${whatChanged(edit)} changed: ${effectOf(edit, "will")}`;
    const canAsk = !isJson && terminal.columns() !== null;
    if (isConfirmed) {
      if (!isJson && !isQuiet) terminal.err(`${text}\n`);
      return null;
    }
    if (!canAsk) return refusal(edit);
    terminal.err(`${text}\n`);
    const answer = await terminal.ask("Continue? (yes/no) ", { hidden: false });
    return /^(y|yes)$/i.test(answer?.trim() ?? "") ? null : refusal(edit);
  };
}

function whatChanged({ isScriptChanged }: EditEffect): string {
  return isScriptChanged ? "the script" : "the task list or an input";
}

/** `10 finished tasks will run again; 1 active job will be cancelled` */
function effectOf(
  { rerunTasks, cancelledJobs }: EditEffect,
  verb: "will" | "would",
): string {
  return [
    ...rerunTasks > 0
      ? [`${count(rerunTasks, "finished task")} ${verb} run again`]
      : [],
    ...cancelledJobs > 0
      ? [`${count(cancelledJobs, "active job")} ${verb} be cancelled`]
      : [],
  ].join("; ");
}

function refusal(edit: EditEffect): Failure {
  const keep = edit.rerunTasks > 0
    ? "; --keep-finished keeps the results of the old version"
    : "";
  return {
    kind: "input",
    summary: `${whatChanged(edit)} changed`,
    detail: effectOf(edit, "would"),
    hint: `Nothing was done. To continue, add --yes${keep}`,
    isRetryable: false,
  };
}
