/** Output that LSF and JH UniScheduler share; each transcript names its source in its first line. */
import { type Cases, statesByMeaning } from "../../helpers/check_scheduler.ts";
import { transcript } from "../../helpers/transcript.ts";

type Answer = Cases["submits"][number];

/** The replies of bsub to a submit, by what they mean. */
function bsub(
  means: Answer[2],
  situations: readonly string[],
): readonly Answer[] {
  return situations.map((situation) =>
    [
      `(${situation})`,
      transcript(`bsub-public-${situation}`),
      means,
    ] as const
  );
}

export const submits: Cases["submits"] = [
  ...bsub({ id: "301828" }, ["accepted-default"]),
  ...bsub({ id: "12345678" }, ["accepted-after-waits"]),
  // The variables are unset before a submit, but a site's wrapper may set them.
  ...bsub({ id: "42" }, ["accepted-bsub-stderr"]),
  ...bsub("unconfirmed", ["accepted-bsub-quiet"]),
  ...bsub("unreachable", [
    "comm-timeout",
    "connection-refused",
    "mbd-internal",
    "non-lsf-host",
    "protocol",
    "still-trying",
  ]),
  ...bsub("queueFull", ["no-job-id", "pending-limit", "queue-full"]),
  ...bsub("rejected", [
    "bad-argument",
    "bad-rusage",
    "duplicate-section",
    "esub-exit-0",
    "no-dependency",
    "no-queue",
    "over-memlimit",
    "over-runlimit",
    "queue-closed",
    "queue-user",
    "too-many-processors",
    "user-slots",
  ]),
  ["gives the id", transcript("jsub-public-accepted"), { id: "12" }],
  [
    "gives the id after a note",
    transcript("jsub-public-repeated-argument"),
    { id: "13" },
  ],
  [
    "finds the user's limit full, in Chinese",
    transcript("jsub-public-pending-limit-zh"),
    "queueFull",
  ],
  [
    "gives the id behind a wrapper's words",
    "Job <scratch> uses 42 GB\nJob <123> is submitted to queue <short>.\n",
    { id: "123" },
  ],
  [
    "may have been accepted with an unknown message",
    { code: 255, stderr: "Something new\n" },
    "unconfirmed",
  ],
];

/** bjobs(1), "STAT"; PDONE was seen. */
export const nativeStates = statesByMeaning({
  queued: "PEND PROV WAIT",
  held: "PSUSP",
  running: "RUN UNKWN ZOMBI",
  suspended: "USUSP SSUSP",
  ended: "DONE EXIT PDONE",
});

/** bhist -l breaks lines anywhere and begins the next one with 21 blanks. */
export const exitReasons: Cases["exitReasons"] = [
  ["a job that the memory limit ended", transcript("bhist-public-memlimit"), {
    "1": {
      kind: "outOfMemory",
      message: "TERM_MEMLIMIT, Exited with exit code 1",
    },
  }],
  ["a job that its owner ended at once", transcript("bhist-public-forced"), {
    "2": {
      kind: "cancelled",
      message: "TERM_FORCE_OWNER, Exited",
    },
  }],
  ["a job that the run limit ended", transcript("bhist-public-signal"), {
    "3": {
      kind: "timeLimit",
      message: "TERM_RUNLIMIT, Exited by LSF signal TERM_RUNLIMIT",
    },
  }],
  ["a job whose host did not respond", transcript("bhist-public-hung"), {
    "4": { kind: "nodeFailure", message: "TERM_REMOVE_HUNG_JOB, Exited" },
  }],
  ["a job that failed by itself", transcript("jhist-public-exit"), {
    "12": { kind: "disappeared", message: "Exit with exit code <1>" },
  }],
  // The command may contain any text; "TERM_RC_RECLAIM" is in the manual's list of reasons.
  [
    "several jobs, whatever their commands contain",
    `Job <1>, Job Name <d1a2>, User <ann>, Project <default>, Command <#!/bin/bash -l
                     ;echo "Exited with exit code 9">
Mon Nov  2 10:00:00: Submitted from host <login>, to Queue <short>;
Mon Nov  2 10:01:00: Exited; TERM_RC_RECLAIM: job killed and requeued when an LSF
                      resource connector execution host is reclaimed by EC2;

------------------------------------------------------------------------------

Job <3>, Job Name <d1a4>, User <ann>, Project <default>, Command <true>
Mon Nov  2 10:01:00: Done successfully. The CPU time used is 0.1 seconds;

------------------------------------------------------------------------------

Job <4>, Job Name <d1a5>, User <ann>, Project <default>, Command <true>
Mon Nov  2 10:01:00: Exited by signal 15. The CPU time used is 0.1 seconds;
Mon Nov  2 10:01:00: Completed <exit>; TERM_OWNER: job killed by owner;

------------------------------------------------------------------------------

Job <5>, Job Name <d1a6>, User <ann>, Project <default>, Command <#!/bin/bash -l
                     ;echo "Exited with exit code 9">
Mon Nov  2 10:01:00: Starting (Pid 7);
`,
    {
      "1": { kind: "preempted", message: "TERM_RC_RECLAIM, Exited" },
      "3": { kind: "disappeared", message: "Done successfully" },
      "4": { kind: "cancelled", message: "TERM_OWNER, Exited by signal 15" },
    },
  ],
  [
    "nothing of a job that was put back",
    `Job <1>, Job Name <d1a2>, User <ann>
Mon Nov  2 10:01:00: Exited with exit code 99. The CPU time used is 0.1 seconds;
Mon Nov  2 10:01:00: Completed <exit>; TERM_REQUEUE_OWNER: job killed and requeued by owner;
Mon Nov  2 10:01:01: Pending: Job has been requeued;
`,
    {},
  ],
];
