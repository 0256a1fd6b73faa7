/** Output that LSF and JH UniScheduler share. Source: bsub, bjobs and bhist of the command reference of LSF 10.1. */
import { type Cases, statesByMeaning } from "../../helpers/check_scheduler.ts";

export const submits: Cases["submits"] = [
  ["gives the id", "Job <123> is submitted to queue <short>.\n", { id: "123" }],
  [
    "gives the id where no queue was named",
    "Job <123> is submitted to default queue <normal>.\n",
    { id: "123" },
  ],
  [
    "gives the id behind a wrapper's words",
    "Job <scratch> uses 42 GB\nJob <123> is submitted to queue <short>.\n",
    { id: "123" },
  ],
  [
    "is refused for an option",
    {
      code: 255,
      stderr: "Bad resource requirement syntax. Job not submitted.\n",
    },
    "rejected",
  ],
  ["may have been accepted without a message", "", "unconfirmed"],
  [
    "may have been accepted with an unknown message",
    { code: 255, stderr: "Something new\n" },
    "unconfirmed",
  ],
];

/** bjobs(1), "STAT". */
export const nativeStates = statesByMeaning({
  queued: "PEND PROV WAIT",
  held: "PSUSP",
  running: "RUN UNKWN ZOMBI",
  suspended: "USUSP SSUSP",
  ended: "DONE EXIT",
});

/** bhist -l breaks lines anywhere and begins the next one with 21 blanks. */
export const exitReasons: Cases["exitReasons"] = [
  [
    "why jobs ended",
    `Job <1>, Job Name <d1a2>, User <ann>, Project <default>, Command <#!/bin/bash -l
                     ;echo "Exited with exit code 9">
Mon Nov  2 10:00:00: Submitted from host <login>, to Queue <short>;
Mon Nov  2 10:01:00: Exited; TERM_RUNLIMIT: job killed after reaching LSF run tim
                     e limit;

------------------------------------------------------------------------------

Job <2>, Job Name <d1a3>, User <ann>, Project <default>, Command <true>
Mon Nov  2 10:01:00: Exited with exit code 130. The CPU time used is 0.1 seconds;
Mon Nov  2 10:01:00: Completed <exit>; TERM_MEML
                     IMIT: job killed after reaching LSF memory usage limit;

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
      "1": { kind: "timeLimit", message: "TERM_RUNLIMIT, Exited" },
      "2": {
        kind: "outOfMemory",
        message: "TERM_MEMLIMIT, Exited with exit code 130",
      },
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
