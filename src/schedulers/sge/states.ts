/** Grid Engine's states, replies to a submit and variables of a job. */
import type { SubmitReplyPatterns } from "../shared/replies.ts";
import type { Scheduler } from "../scheduler.ts";

/** sge_status(5); each native state is a set of letters, which `plainState` reduces to one of these. */
export const STATES: Scheduler["states"] = {
  z: "ended",
  Eqw: "held", // an error, until someone clears it
  s: "suspended",
  S: "suspended", // with its queue
  T: "suspended", // with its queue, as a load is too high
  dr: "running", // being deleted
  r: "running",
  t: "running", // being transferred to its host
  hqw: "held",
  qw: "queued",
};

/**
 * The state that a set of letters stands for. `R` (restarted) and `d` of a job
 * that has not started change nothing; a set with an undocumented letter is an
 * unknown state.
 */
export function plainState(letters: string): string {
  if (!/^[zEsSTdrthqwR]+$/.test(letters)) return letters;
  const has = (letter: string) => letters.includes(letter);
  const first = [..."zEsST"].find(has);
  if (first) return first === "E" ? "Eqw" : first;
  if (has("r")) return has("d") ? "dr" : "r";
  if (has("t")) return has("d") ? "dr" : "t";
  if (has("q") || has("w")) return has("h") ? "hqw" : "qw";
  return letters;
}

/** Messages of sge_qmaster; "Unable to run job" alone also precedes a lost reply. */
export const SUBMIT_REPLIES: SubmitReplyPatterns = {
  id: /^(?:Your job )?(\d+)(?: \(".*"\) has been submitted)?\r?$/gm,
  lost:
    /unable to (?:send message|contact|receive)|failed receiving|can't connect|timeout error|got send (?:error|timeout)|commlib error|synchron/i,
  full:
    /only \d+ jobs are allowed|temporarily rejected|rejected temporarily|exceed\w* .*resource quota/i,
  refused:
    /\bdenied\b|rejected|does not exist|no suitable queues|unknown (?:queue|resource|option)|invalid option|is not a valid|Invalid job|Unknown option|not requestable|not allowed|error opening|No such file/i,
};

/** qsub(1), "ENVIRONMENTAL VARIABLES". Not all of `SGE_`: SGE_ROOT and SGE_CELL name the server. */
export const LEAKED_VARIABLES: Scheduler["leakedVariables"] = [
  ..."ACCOUNT BINDING CKPT CWD JOB O_ RSH STDERR STDIN STDOUT TASK"
    .split(" ").map((name) => `SGE_${name}`),
  ..."ARC JOB_ID JOB_NAME JOB_SCRIPT NHOSTS NQUEUES NSLOTS PE_HOSTFILE QUEUE REQNAME REQUEST RESTARTED"
    .split(" "),
];
