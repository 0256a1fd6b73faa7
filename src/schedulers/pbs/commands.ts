/** What is asked of PBS and its relatives, and how they say no. */
import type { SubmitReplyPatterns } from "../shared/replies.ts";
import type { Scheduler } from "../scheduler.ts";
import type { ShellText } from "../../script/shell_text.ts";

/**
 * Of `qstat -f` the lines that are read here; a long value goes on after a tab.
 * The short form would cut ids and names. What qstat says wrong is a line of
 * its own. Where a site keeps no history, `-x` is an error: `instead` is asked.
 */
export function fullListing(
  command: ShellText,
  ids: ShellText,
  instead?: ShellText,
): ShellText {
  const again = instead === undefined ? "" : `
if printf '%s\\n' "$said" | grep -q "not configured to maintain job history"; then
  said=$(${instead} ${ids} 2>&1)
  code=$?
fi`;
  return `said=$(${command} ${ids} 2>&1)
code=$?${again}
printf '%s\\n' "$said" | awk '
  /^\\t/ { if (keep) print; next }
  { keep = !/^ / || /^ +(Job_Name|job_state|comment|[Ee]xit_status|Resource_List\\.(walltime|mem)|resources_used\\.(walltime|mem)) = / }
  keep'
exit "$code"`;
}

/** `$mine`: ids of the user's jobs; without qselect all jobs are shown. */
export function listMine(select: ShellText): ShellText {
  return `mine=
if listed=$(${select} -u "$(id -un)" 2>/dev/null); then
  [ -n "$listed" ] || exit 0
  mine=$(printf '%s\\n' "$listed" | grep '^[0-9]')
fi`;
}

/**
 * pbs_messages.c of OpenPBS, pbs_error_db.h of Torque: what the server answers
 * to a job that it does not take. "would exceed …" are limits on what is
 * queued (svr_chk_owner.c's kin): room comes when other jobs end.
 */
export const WORDING: SubmitReplyPatterns = {
  id: /^(\d+(?:\.[\w.-]+)?)\r?$/gm,
  lost:
    /cannot connect|connection refused|No free connections|Batch protocol error|Communication failure|Timeout|Time out|End of File|timed out|socket/i,
  full:
    /Maximum number of jobs already in queue|would exceed|per-user limit|Resource temporarily unavailable|Server busy|connection table full/i,
  refused:
    /Unknown (?:queue|resource|node)|Undefined attribute|Illegal (?:attribute|value)|Unauthorized Request|Access (?:to queue is denied|from host not allowed)|Queue is not enabled|Bad (?:UID|GID)|No default queue|Job (?:violates queue|exceeds queue|rejected by all)|Resource (?:limit exceeds|invalid)|Invalid (?:Account|credential|request)|node\(s\) specification error|cannot be used with|hook (?:rejected|error)|is too long|Queue does not|Cannot set attribute|illegal -|invalid option|usage: qsub|script file/i,
};

/** qsub(1B), "ENVIRONMENT VARIABLES". Not all of `PBS_`: PBS_SERVER and PBS_CONF_FILE say whom to ask. */
export const LEAKS: Scheduler["leakedVariables"] =
  "ARRAY ENVIRONMENT GPUFILE JOB MICFILE MOMPORT NNODES NODE NP NUM O_ PPN QUEUE TASKNUM TMPDIR VERSION VNODENUM WALLTIME"
    .split(" ").map((name) => `PBS_${name}`);
