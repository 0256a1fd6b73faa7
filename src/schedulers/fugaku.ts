import type { JobId } from "../model/job.ts";
import {
  BATCH_TRAITS,
  classifySubmitReply,
  idWords,
  isComplete,
  namesIn,
} from "./shared/replies.ts";
import type { SubmitReplyPatterns } from "./shared/replies.ts";
import { clockTime, lineIf, unlessGiven } from "./shared/directives.ts";
import { rowsIn } from "./lsf/job_listing.ts";
import type { Reply, Scheduler } from "./scheduler.ts";
import type { ShellText } from "../script/shell_text.ts";
import type { ExitReason, ExitReasonKind } from "../model/exit_reason.ts";

const OUTPUT = /^#PJM\s(?:.*\s)?(?:-[oej]|--(?:out|err))/;

/** pjsub prints a code with each message. A limit on the number of jobs is temporary. */
const SUBMIT_REPLIES: SubmitReplyPatterns = {
  id: /\[INFO\] PJM \d+ pjsub Job (\d+) submitted/g,
  lost: /time(?:d)? ?out|communicat|not respond|connect/i,
  full: /number of (?:\w+ )*jobs|job count|RUNLIMIT|USELIMIT|too many jobs/i,
  refused: /\[ERR\.\] PJM \d+ pjsub /,
};

/** Fujitsu's Technical Computing Suite, as on Fugaku. */
export const fugaku: Scheduler = {
  name: "Fugaku",
  manual:
    "https://www.r-ccs.riken.jp/fugaku/docs/user-guide/sys-use/user-guide-use-1.49/build/en/JobExecution/DisplayingJobStatus.html",
  // "A.1 pjstat" of the Job Operation Software End-user's Guide.
  states: {
    ACC: "queued",
    QUE: "queued",
    RNA: "queued", // its nodes are being chosen
    HLD: "held",
    RNP: "running",
    RUN: "running",
    RNE: "running",
    RNO: "running",
    SPP: "suspended",
    SPD: "suspended",
    RSM: "suspended", // being resumed
    EXT: "ended",
    CCL: "ended",
    ERR: "ended",
    RJT: "ended",
  },
  limits: BATCH_TRAITS,
  jobIdExpression: "${PJM_JOBID}",
  programs: { submit: "pjsub", poll: "pjstat", cancel: "pjdel" },
  // Not all of `PJM_`: the user's own PJM_COMMENT, PJM_FSNAME, PJM_APPNAME and PJM_LLIO_GFSCACHE are defaults of pjsub's options.
  leakedVariables:
    "BULKNUM ENVIRONMENT JOB LOCALTMP MPI NODE O_ PROC RSC SHAREDTMP STEP SUBJOBID TOTAL_CORE VNODE"
      .split(" ").map((name) => `PJM_${name}`),
  outputVariables: [],
  supportedFields: ["walltime", "account"],
  array: null,
  directives: ({ nodes, cpusPerNode, queue, walltimeSeconds, account }) => [
    ...lineIf(queue, (name) => `#PJM -L "rscgrp=${name}"`),
    `#PJM -L "node=${nodes}"`,
    `#PJM --mpi "max-proc-per-node=${cpusPerNode}"`,
    ...lineIf(walltimeSeconds, (s) => `#PJM -L "elapse=${clockTime(s)}"`),
    ...lineIf(account, (name) => `#PJM -g ${name}`),
  ],
  slotGate: null,
  submit: ({ flags }) =>
    `pjsub -N "$name" ${unlessGiven(flags, OUTPUT, '-j -o "$out"')}"$file"`,
  // pjsub has been seen to exit 0 after an error.
  parseSubmit: (reply) =>
    classifySubmitReply(
      { ...reply, code: isRefused(reply) ? 1 : reply.code },
      SUBMIT_REPLIES,
    ),
  poll: (ids) => listPresentAndPast("", idWords(ids)),
  // JOB_ID JOB_NAME MD ST …
  parsePoll: (reply) => ({
    entries: rowsIn(
      reply.stdout,
      /^(\d+)(?:\[\d+\]|_\d+)?\s+\S+\s+[A-Z]{2}\s+([A-Z]{3})\b/gm,
    ),
    isComplete: isComplete(
      reply,
      /PJM \d+ pjstat .*(?:not exist|invalid job)/i,
    ),
  }),
  // `--data`, because columns would truncate names.
  findCommand: listPresentAndPast("-v --data --choose jid,jnam", ""),
  parseFound: ({ stdout }) => namesIn(stdout, /^,(\d+),([^,\s]+)\s*$/gm),
  account: (ids) => `pjstat -H -v --choose jid,st,ermsg ${idWords(ids)}`,
  parseAccounting: ({ stdout }) => exitReasonsIn(stdout),
  cancel: (ids) => `pjdel ${idWords(ids)}`,
};

function isRefused({ stdout, stderr }: Reply): boolean {
  return /\[ERR\.\]/.test(`${stderr}\n${stdout}`);
}

/** Lists present jobs, then ended ones. */
function listPresentAndPast(options: ShellText, ids: ShellText): ShellText {
  const [now, past] = ["pjstat", "pjstat -H"].map((command) =>
    [command, options, ids].filter(Boolean).join(" ")
  );
  return `${now}
now=$?
${past} && [ "$now" -eq 0 ]`;
}

/** Reasons that pjstat shows for jobs that were ended by the system. */
const REASONS: readonly (readonly [RegExp, ExitReasonKind])[] = [
  [/^ELAPSE LIMIT|^DEADLINE/, "timeLimit"],
  [/^LIMIT OVER MEMORY|OOM/, "outOfMemory"],
  [/^ANOTHER JOB STARTED/, "preempted"],
  [/NODE ?DOWN|^LOST COMM|^INTERNAL ERROR|^RESUME FAIL/, "nodeFailure"],
];

/** JOB_ID ST REASON */
function exitReasonsIn(stdout: string): ReadonlyMap<JobId, ExitReason> {
  const rows = stdout.matchAll(
    /^(\d+)(?:\[\d+\]|_\d+)?\s+(EXT|CCL|ERR|RJT)\b[ \t]*(.*?)\s*$/gm,
  );
  return new Map(rows.map(([, id, nativeState, reason]) => {
    const kind = nativeState === "CCL"
      ? "cancelled"
      : REASONS.find(([pattern]) => pattern.test(reason!))?.[1] ??
        "disappeared";
    return [id!, { kind, message: `${nativeState} ${reason}`.trim() }] as const;
  }));
}
