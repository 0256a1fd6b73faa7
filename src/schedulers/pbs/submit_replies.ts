/** Replies of OpenPBS and Torque to a submit. */
import type { NotAccepted, SubmitReplyPatterns } from "../shared/replies.ts";

/** qsub ends with the number of the server's error, of which the system keeps the lowest 8 bits. */
function exitCodes(
  errors: Readonly<Record<number, NotAccepted>>,
): NonNullable<SubmitReplyPatterns["codes"]> {
  return Object.fromEntries(
    Object.entries(errors).map(([number, outcome]) =>
      [Number(number) % 256, outcome] as const
    ),
  );
}

/**
 * pbs_messages.c of OpenPBS, pbs_error_db.h of Torque: the server's replies to a
 * job that it rejects, and qsub's own to its arguments. "would exceed …" are
 * limits on queued jobs (svr_chk_owner.c and others), which pass when other jobs
 * end.
 */
const WORDS: SubmitReplyPatterns = {
  id: /^(\d+(?:\.[\w.-]+)?)\r?$/gm,
  lost:
    /cannot connect|connection refused|No free connections|Batch protocol error|Communication failure|Timeout|Time out|End of File|timed out|socket/i,
  full:
    /Maximum number of jobs already in queue|would exceed|per-user limit|Resource temporarily unavailable|Server busy|connection table full/i,
  refused:
    /Unknown (?:queue|resource|node)|Undefined attribute|Illegal (?:attribute|value)|Unauthorized Request|Access (?:to queue is denied|from host not allowed)|Queue is not enabled|Bad (?:UID|GID)|No default queue|Job (?:violates queue|exceeds queue|rejected by all)|Resource (?:limit exceeds|invalid)|Invalid (?:Account|credential|request)|node\(s\) specification error|cannot be used with|is too long|Queue does not|Cannot set attribute|illegal -|invalid option|usage: qsub|script file|directive error|can not be run as root/i,
};

/**
 * pbs_error.h of OpenPBS. Not here: numbers whose 8 bits are below 32, because
 * qsub itself, a shell or a site's wrapper may end with such a code.
 */
export const PBS_REPLIES: SubmitReplyPatterns = {
  ...WORDS,
  codes: exitCodes({
    15007: "rejected", // PERM: the queue is for others
    15008: "rejected", // BADHOST
    15010: "unreachable", // SYSTEM: qsub cannot connect
    15011: "unreachable", // INTERNAL
    15014: "rejected", // BADATVAL
    15018: "rejected", // UNKQUE
    15021: "rejected", // QUNOENB: the queue is disabled
    15022: "rejected", // QACESS
    15023: "rejected", // BADUSER: root, or no account
    15031: "unreachable", // PROTOCOL
    15033: "unreachable", // NOCONNECTS
    15034: "unreachable", // NOSERVER
    15035: "rejected", // UNKRESC
    15036: "rejected", // EXCQRESC: more than the queue allows
    15037: "rejected", // QUENODFLT
    15039: "rejected", // ROUTEREJ
    15044: "queueFull", // RESCUNAV
    15045: "rejected", // BADGRP
    15046: "queueFull", // MAXQUED
    15048: "rejected", // EXLIMIT
    15049: "rejected", // BADACCT
    15054: "rejected", // BADDEPEND
    15060: "unreachable", // SVRDOWN: it is shutting down
    15089: "rejected", // BADNODESPEC
    15136: "rejected", // HOOKERROR: a site's own rule, in any words
    15142: "queueFull", // ENTLIMCT
    15143: "queueFull", // ENTLIMRESC
    15173: "rejected", // JOBNBIG
    15175: "rejected", // JOBSCRIPTMAXSIZE
  }),
};

/** pbs_error_db.h of Torque 6.1, which numbers its errors otherwise. */
export const TORQUE_REPLIES: SubmitReplyPatterns = {
  ...WORDS,
  codes: {
    ...exitCodes({
      15007: "rejected", // PERM
      15010: "rejected", // BADHOST
      15012: "unreachable", // SYSTEM
      15013: "unreachable", // INTERNAL
      15016: "rejected", // BADATVAL
      15020: "rejected", // UNKQUE
      15023: "rejected", // QUNOENB
      15024: "rejected", // QACESS
      15025: "rejected", // BADUSER
      15033: "unreachable", // PROTOCOL
      15035: "unreachable", // NOCONNECTS
      15036: "unreachable", // NOSERVER
      15037: "rejected", // UNKRESC
      15038: "rejected", // EXCQRESC, and no node that could run it
      15039: "rejected", // QUENODFLT
      15041: "rejected", // ROUTEREJ
      15046: "queueFull", // RESCUNAV
      15047: "rejected", // BADGRP
      15048: "queueFull", // MAXQUED
      15050: "rejected", // EXLIMIT
      15051: "rejected", // BADACCT
      15056: "rejected", // BADDEPEND
      15062: "unreachable", // SVRDOWN
      15076: "queueFull", // MAXUSERQUED
      15131: "rejected", // INVALID_SYNTAX
    }),
    // ECONNREFUSED of Linux: no server listens.
    111: "unreachable",
  },
};
