/** Commands of PBS and Torque. */
import { orElse } from "../shared/commands.ts";
import type { Scheduler } from "../scheduler.ts";
import type { ShellText } from "../../script/shell_text.ts";

/** The fields of `qstat -f` that are parsed here. */
const FIELDS =
  "Job_Name|job_state|substate|comment|[Ee]xit_status|Resource_List\\.(walltime|mem)|resources_used\\.(walltime|mem)";

/**
 * `show_fields COMMAND…`: its output without the other fields, and its exit code.
 * A long value continues after a tab; a line that begins with a number is not of this layout. (The short form of qstat would truncate ids
 * and names.)
 */
const SHOW_FIELDS = `show_fields() {
  { "$@"; printf '\\nexit code %s\\n' "$?"; } | awk '
  /^exit code [0-9]+$/ { code = $3; next }
  /^$/ { next }
  /^\\t/ { if (keep) print; next }
  { keep = !/^ / || /^ +[0-9]/ || /^ +(${FIELDS}) = / }
  keep
  END { exit code }'
}`;

/** OpenPBS without a job history prints only this on stderr where `-x` is given, with exit code 0 (seen with 23.06). */
const NO_HISTORY = ["not configured to maintain job history"];

/** Jobs with ended ones, or without them where the site keeps no job history. */
function withHistory(command: ShellText, rest: ShellText): ShellText {
  return orElse(`${command} -x ${rest}`, NO_HISTORY, `${command} ${rest}`);
}

export function listPbsJobs(ids: ShellText): ShellText {
  return `${SHOW_FIELDS}\n${withHistory("show_fields qstat", `-f ${ids}`)}`;
}

export function listTorqueJobs(ids: ShellText): ShellText {
  return `${SHOW_FIELDS}\nshow_fields qstat -f ${ids}`;
}

/** All jobs of the user; without qselect those of all users. */
export const findPbsJobs: ShellText = among(
  withHistory("qselect", '-u "$(id -un)"'),
  listPbsJobs("$mine"),
);

export const findTorqueJobs: ShellText = among(
  'qselect -u "$(id -un)"',
  listTorqueJobs("$mine"),
);

/** Jobs of dpdisp are no arrays. Grid Engine's qselect prints queues. */
function among(select: ShellText, list: ShellText): ShellText {
  return `mine=
if command -v qselect >/dev/null 2>&1; then
  listed=$(${select}
  ) || exit "$?"
  [ -n "$listed" ] || exit 0
  mine=$(printf '%s\\n' "$listed" | grep '^[0-9]' | grep -v '\\[')
fi
${list}`;
}

/** qsub(1B), "ENVIRONMENT VARIABLES". Not all of `PBS_`: PBS_SERVER and PBS_CONF_FILE name the server. */
export const LEAKED_VARIABLES: Scheduler["leakedVariables"] =
  "ARRAY ENVIRONMENT GPUFILE JOB MICFILE MOMPORT NNODES NODE NP NUM O_ PPN QUEUE TASKNUM TMPDIR VERSION VNODENUM WALLTIME"
    .split(" ").map((name) => `PBS_${name}`);
