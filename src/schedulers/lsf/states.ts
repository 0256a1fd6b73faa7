/** LSF's states, replies to a submit and variables of a job. */
import type { SubmitReplyPatterns } from "../shared/replies.ts";
import type { Reply, Scheduler } from "../scheduler.ts";

/** bjobs(1), "STAT". */
export const STATES: Scheduler["states"] = {
  PEND: "queued",
  WAIT: "queued", // in a chunk, for its turn
  PROV: "queued", // its host is being powered on
  PSUSP: "held", // suspended before it began
  RUN: "running",
  USUSP: "suspended", // by its owner
  SSUSP: "suspended", // by the system
  UNKWN: "running", // its host does not respond, which is no end
  ZOMBI: "running", // the same, and it will be killed or requeued
  DONE: "ended",
  PDONE: "ended", // and its post-processing has succeeded
  EXIT: "ended",
};

/** bsub ends its message for every rejected job with "Job not submitted."; the library's message precedes it. */
export const SUBMIT_REPLIES: SubmitReplyPatterns = {
  id: /Job <(\d+)> is submitted/g,
  // A request may have reached mbatchd before it broke: "Batch protocol error", "internal error".
  lost:
    /Cannot connect to LSF|LSF is down|not responding|timed? ?out|Failed in (?:receiving|an LSF)|Communication time|system call|Connection refused by server|Request from non-LSF host rejected|Batch protocol error|Master batch daemon internal error/i,
  // "待提交任务数达上限": the limit on a user's pending jobs, as a site of JH UniScheduler words it.
  full:
    /pending job (?:slots? )?threshold|reached (?:its|the) (?:pending )?job limit|job slot limit|No job Id can be used now|任务数(?:已)?达(?:到)?上限/i,
  refused:
    /Job not submitted|Request aborted by esub|illegal option|No such queue/,
  // Seen with exit code 0.
  failed: /Job not submitted/,
};

/** BSUB_STDERR of a site's wrapper prints the message with the id on stderr. */
export function onOneStream({ code, stdout, stderr }: Reply): Reply {
  return { code, stdout: `${stderr}\n${stdout}`, stderr: "" };
}

/** Prefixes of variables of a job. Not all of `LSB_` and `LSF_`: some contain the location and configuration of LSF. */
export const LEAKED_VARIABLES: Scheduler["leakedVariables"] = [
  ..."ACCT AFFINITY BATCH BIND CHKPNT DJOB EEXEC EFFECTIVE ERRORFILE EXE EXIT HOST INTERACTIVE JOB MCPU OUTPUT PROJECT_NAME QUEUE RES_GET RESTART SUB TRAPSIGS UNIXGROUP USER_BIND XFJOB"
    .split(" ").map((name) => `LSB_${name}`),
  "LS_EXEC",
  "LS_JOBPID",
  "LS_SUBCWD",
  "LSFUSER",
];

/**
 * "Environment variable reference" of LSF 10.1. BSUB_QUIET and BSUB_QUIET2 hide
 * the id, BSUB_STDERR moves it; BSUB_CHK_RESREQ submits nothing.
 */
export const OUTPUT_VARIABLES: Scheduler["outputVariables"] = [
  ..."CHK_RESREQ QUIET QUIET2 STDERR".split(" ").map((name) => `BSUB_${name}`),
  ..."BHIST_FORMAT BJOBS_FORMAT BQUEUES_FORMAT DISPLAY_YEAR".split(" ")
    .map((name) => `LSB_${name}`),
];
