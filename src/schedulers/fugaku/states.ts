/** States, replies to a submit and variables of Fujitsu's Technical Computing Suite. */
import type { SubmitReplyPatterns } from "../shared/replies.ts";
import type { Scheduler } from "../scheduler.ts";

/** "A.1 pjstat" of the Job Operation Software End-user's Guide. */
export const STATES: Scheduler["states"] = {
  ACC: "queued",
  QUE: "queued",
  RNA: "queued", // its nodes are being chosen
  HLD: "held",
  ERR: "held", // an error, until its user deletes it
  RNP: "running",
  RUN: "running",
  RNE: "running",
  RNO: "running",
  SPP: "suspended",
  SPD: "suspended",
  RSM: "suspended", // being resumed
  EXT: "ended",
  CCL: "ended",
  RJT: "ended",
};

/**
 * By the numbers of pjsub's messages: Command Reference (J2UL-2549), "pjsub". 0059:
 * the resource unit or group is closed. 0068: its configuration has changed
 * meanwhile. 0072: a limit on the number of jobs. 0090, 0091: the job manager
 * could not be reached, or failed. Words count only where there is no number.
 */
export const SUBMIT_REPLIES: SubmitReplyPatterns = {
  id: /\[INFO\] PJM \d+ pjsub Job (\d+) submitted/g,
  lost:
    /\[ERR\.\] PJM 009[01] pjsub|^(?![^]*\[ERR\.\] PJM \d)[^]*(?:timed? ?out|communicat|not respond|connect)/i,
  full: /\[ERR\.\] PJM 00(?:59|68|72) pjsub/,
  refused: /\[ERR\.\] PJM \d+ pjsub/,
  // Seen with exit code 0.
  failed: /\[ERR\.\]/,
};

/**
 * Prefixes of variables of a job. Not all of `PJM_`: the user's own PJM_COMMENT,
 * PJM_FSNAME, PJM_APPNAME and PJM_LLIO_GFSCACHE are defaults of pjsub's options.
 */
export const LEAKED_VARIABLES: Scheduler["leakedVariables"] =
  "BULKNUM ENVIRONMENT JOB LOCALTMP MPI NODE O_ PROC RSC SHAREDTMP STEP SUBJOBID TOTAL_CORE VNODE"
    .split(" ").map((name) => `PJM_${name}`);
