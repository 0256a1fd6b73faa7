/** What a job lacked although it continued, as warnings of the run. */
import type { EventData } from "../model/event.ts";
import type { JobRecord, JobWarning } from "../model/job_record.ts";
import type { RunState } from "../model/run_state/mod.ts";
import type { Failure } from "../text/result.ts";

/** One warning of each kind, however many jobs have it. */
export function jobWarnings(
  { activeJobs }: RunState,
  records: readonly JobRecord[],
): readonly EventData[] {
  const kinds = records.flatMap((record) =>
    record.type === "jobWarning" && activeJobs.has(record.job)
      ? [record.warning]
      : []
  );
  return [...new Set(kinds)].map((kind) => ({
    type: "warning",
    failure: JOB_WARNINGS[kind],
  }));
}

const JOB_WARNINGS: Readonly<Record<JobWarning, Failure>> = {
  moduleNotFound: {
    kind: "input",
    summary: "Cannot load or unload modules",
    detail: "the shell of the job has no command `module`",
    hint:
      "Name the file that defines it in prepend_script and load the modules there, or remove module_list, module_unload_list and module_purge",
    isRetryable: false,
  },
};
