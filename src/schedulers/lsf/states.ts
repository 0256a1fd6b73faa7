/** LSF's words: states, answers to a submit, variables of a job. */
import type { SubmitReplyPatterns } from "../shared/replies.ts";
import type { Scheduler } from "../scheduler.ts";

/** bjobs(1), "STAT". */
export const STATES: Scheduler["states"] = {
  PEND: "queued",
  WAIT: "queued", // in a chunk, for its turn
  PROV: "queued", // its machine is being woken
  PSUSP: "held", // suspended before it began
  RUN: "running",
  USUSP: "suspended", // by its owner
  SSUSP: "suspended", // by the system
  UNKWN: "running", // nothing is heard of its machine: no end
  ZOMBI: "running", // the same, and it is to be killed or run again
  DONE: "ended",
  EXIT: "ended",
};

/** "Job not submitted." ends what bsub says of every job that was not taken; before it the library's text stands. */
export const WORDING: SubmitReplyPatterns = {
  id: /Job <(\d+)> is submitted/g,
  lost:
    /Cannot connect to LSF|LSF is down|not responding|timed? ?out|Failed in (?:receiving|an LSF)|Communication time|system call/i,
  full:
    /pending job (?:slots? )?threshold|reached (?:its|the) (?:pending )?job limit|job slot limit/i,
  refused:
    /Job not submitted|Request aborted by esub|illegal option|No such queue/,
};

/** Variables of a job by their beginnings. Not all of `LSB_` and `LSF_`: some say where LSF is and how to ask it. */
export const LEAKS: Scheduler["leakedVariables"] = [
  ..."ACCT AFFINITY BATCH BIND CHKPNT DJOB EEXEC EFFECTIVE ERRORFILE EXE EXIT HOST INTERACTIVE JOB MCPU OUTPUT PROJECT_NAME QUEUE RES_GET RESTART SUB TRAPSIGS UNIXGROUP USER_BIND XFJOB"
    .split(" ").map((name) => `LSB_${name}`),
  "LS_EXEC",
  "LS_JOBPID",
  "LS_SUBCWD",
  "LSFUSER",
];
