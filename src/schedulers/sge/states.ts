/** Grid Engine's words: states, answers to a submit, variables of a job. */
import type { SubmitReplyPatterns } from "../shared/replies.ts";
import type { Scheduler } from "../scheduler.ts";

/** sge_status(5); each state is a set of letters, of which the first that stands here tells. */
export const STATES: Scheduler["states"] = {
  z: "ended",
  Eqw: "held", // an error, until someone clears it
  s: "suspended",
  S: "suspended", // with its queue
  T: "suspended", // with its queue, as a load is too high
  dr: "running", // to be deleted, and still there
  r: "running",
  t: "running", // on its way to its machine
  hqw: "held",
  qw: "queued",
};

/**
 * The state that a set of letters stands for. `R` (runs again) and `d` of a
 * job that has not begun change nothing; a letter that is in no manual makes
 * the whole a word that nobody knows.
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

/** sge_qmaster's own texts; "Unable to run job" alone also stands before a lost answer. */
export const WORDING: SubmitReplyPatterns = {
  id: /^(?:Your job )?(\d+)(?: \(".*"\) has been submitted)?\r?$/gm,
  lost:
    /unable to (?:send message|contact|receive)|failed receiving|can't connect|timeout error|got send (?:error|timeout)|commlib error|synchron/i,
  full:
    /only \d+ jobs are allowed|temporarily rejected|rejected temporarily|exceed\w* .*resource quota/i,
  refused:
    /\bdenied\b|rejected|does not exist|no suitable queues|unknown (?:queue|resource|option)|invalid option|is not a valid|Invalid job|Unknown option|not requestable|not allowed|error opening|No such file/i,
};

/** qsub(1), "ENVIRONMENTAL VARIABLES". Not all of `SGE_`: SGE_ROOT and SGE_CELL say whom to ask. */
export const LEAKS: Scheduler["leakedVariables"] = [
  ..."ACCOUNT BINDING CKPT CWD JOB O_ RSH STDERR STDIN STDOUT TASK"
    .split(" ").map((name) => `SGE_${name}`),
  ..."ARC JOB_ID JOB_NAME JOB_SCRIPT NHOSTS NQUEUES NSLOTS PE_HOSTFILE QUEUE REQNAME REQUEST RESTARTED"
    .split(" "),
];
