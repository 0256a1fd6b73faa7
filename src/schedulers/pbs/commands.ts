/** Commands of PBS and Torque, and their replies to a submit. */
import type { SubmitReplyPatterns } from "../shared/replies.ts";
import type { Scheduler } from "../scheduler.ts";
import type { ShellText } from "../../script/shell_text.ts";

/**
 * The lines of `qstat -f` that are parsed here; a long value continues after a
 * tab. The short form would truncate ids and names. An error of qstat is a line of
 * its own. Where a site keeps no job history, `-x` is an error, and `fallback` is run.
 */
export function fullListing(
  command: ShellText,
  ids: ShellText,
  fallback?: ShellText,
): ShellText {
  const runFallback = fallback === undefined ? "" : `
if printf '%s\\n' "$output" | grep -q "not configured to maintain job history"; then
  output=$(${fallback} ${ids} 2>&1)
  code=$?
fi`;
  return `output=$(${command} ${ids} 2>&1)
code=$?${runFallback}
printf '%s\\n' "$output" | awk '
  /^\\t/ { if (keep) print; next }
  { keep = !/^ / || /^ +(Job_Name|job_state|comment|[Ee]xit_status|Resource_List\\.(walltime|mem)|resources_used\\.(walltime|mem)) = / }
  keep'
exit "$code"`;
}

/** `$mine`: ids of the user's jobs; without qselect all jobs are listed. */
export function listMine(select: ShellText): ShellText {
  return `mine=
if listed=$(${select} -u "$(id -un)" 2>/dev/null); then
  [ -n "$listed" ] || exit 0
  mine=$(printf '%s\\n' "$listed" | grep '^[0-9]')
fi`;
}

/**
 * pbs_messages.c of OpenPBS, pbs_error_db.h of Torque: the server's replies to a
 * job that it rejects. "would exceed …" are limits on queued jobs
 * (svr_chk_owner.c and others), which pass when other jobs end.
 */
export const SUBMIT_REPLIES: SubmitReplyPatterns = {
  id: /^(\d+(?:\.[\w.-]+)?)\r?$/gm,
  lost:
    /cannot connect|connection refused|No free connections|Batch protocol error|Communication failure|Timeout|Time out|End of File|timed out|socket/i,
  full:
    /Maximum number of jobs already in queue|would exceed|per-user limit|Resource temporarily unavailable|Server busy|connection table full/i,
  refused:
    /Unknown (?:queue|resource|node)|Undefined attribute|Illegal (?:attribute|value)|Unauthorized Request|Access (?:to queue is denied|from host not allowed)|Queue is not enabled|Bad (?:UID|GID)|No default queue|Job (?:violates queue|exceeds queue|rejected by all)|Resource (?:limit exceeds|invalid)|Invalid (?:Account|credential|request)|node\(s\) specification error|cannot be used with|hook (?:rejected|error)|is too long|Queue does not|Cannot set attribute|illegal -|invalid option|usage: qsub|script file/i,
};

/** qsub(1B), "ENVIRONMENT VARIABLES". Not all of `PBS_`: PBS_SERVER and PBS_CONF_FILE name the server. */
export const LEAKED_VARIABLES: Scheduler["leakedVariables"] =
  "ARRAY ENVIRONMENT GPUFILE JOB MICFILE MOMPORT NNODES NODE NP NUM O_ PPN QUEUE TASKNUM TMPDIR VERSION VNODENUM WALLTIME"
    .split(" ").map((name) => `PBS_${name}`);
