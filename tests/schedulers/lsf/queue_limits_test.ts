import { strictEqual } from "node:assert/strict";
import { jhUniScheduler } from "../../../src/schedulers/jh_unischeduler.ts";
import { lsf } from "../../../src/schedulers/lsf/mod.ts";
import { transcript } from "../../helpers/transcript.ts";
import { checkLimits } from "../../helpers/check_limits.ts";

const job = (most: number) => ({ most, per: "job" as const });

/** `bqueues -l` as a computing centre's user guide (USTC) shows it, shortened. */
const SMALL = `
QUEUE: small
 -- Maximum number of job slots that each user can use in this queue is 720.

PARAMETERS/STATISTICS
PRIO NICE STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN SSUSP USUSP  RSV
 57   20  Open:Active     720  120    -    -  1964  1464   500     0     0    0
Interval for a host to accept two jobs is 0 seconds

 PROCLIMIT
 48

SCHEDULING POLICIES:  EXCLUSIVE
`;

const NORMAL = transcript("bqueues-public-l-none").stdout;

checkLimits("LSF", lsf.queueLimits!, [
  ["slots of a job", SMALL, { cpus: job(48) }],
  ["slots of a user, where a job has no own", SMALL.replace("48", ""), {
    cpus: job(120),
  }],
  [
    "slots of all users, where one has no own",
    SMALL.replace("48", "").replace("120 ", "-   "),
    { cpus: job(720) },
  ],
  ["none", NORMAL, {}],
  ["the most of several queues", `${SMALL}${"-".repeat(78)}\n${NORMAL}`, {}],
  // "bqueues", "-l" of the command reference.
  [
    "the maximum, not the default, of time and tasks",
    `${NORMAL}
DEFAULT LIMITS:
 RUNLIMIT
 60.0 min of host1

MAXIMUM LIMITS:
 RUNLIMIT
 1440.0 min of host1
 TASKLIMIT
 1 4 16
 MEMLIMIT
 4 G
`,
    { walltimeSeconds: 86_400, cpus: job(16) },
  ],
  [
    "no maximum where only a default is told",
    `${NORMAL}
DEFAULT LIMITS:
 RUNLIMIT
 60.0 min of host1

SCHEDULING POLICIES:  FAIRSHARE
`,
    {},
  ],
  [
    "time beside CPU time",
    `${NORMAL}
 CPULIMIT           RUNLIMIT
 20.0 min of host1  3428.0 min of host1
`,
    { walltimeSeconds: 3428 * 60 },
  ],
]);

Deno.test("JH UniScheduler, which shares much with LSF, does not run LSF's commands", () => {
  strictEqual(jhUniScheduler.queueLimits, null);
});
