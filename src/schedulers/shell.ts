import { LAUNCH, LIVENESS, SELF, SLOT_GATE } from "../script/process_group.ts";
import { quote } from "../script/quote.ts";
import type { Scheduler } from "./scheduler.ts";

/** `host:boot:group:start`, as the launcher prints it. */
const ID = /^[^\s:]+:[^\s:]+:\d+:\S+$/m;

/** fork(2) failed, in words of bash, dash and busybox. */
const NO_PROCESS = /fork: (?!retry)|Cannot fork|can't fork/;

/**
 * No batch system: a job is a process group of this machine, which outlives
 * whoever started it. It lives while any process of its group lives.
 */
export const shell: Scheduler = {
  name: "Shell",
  manual: "https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html",
  states: {
    running: "running",
    stopped: "suspended",
    ended: "ended",
  },
  limits: {
    minPollSeconds: 0.05,
    maxPollSeconds: 2,
    missingGraceSeconds: 0,
    missingGracePolls: 2,
    queueFullSeconds: 5,
    defaultMaxJobs: "cpus",
    submitAhead: 200,
  },
  jobIdExpression: SELF,
  programs: {},
  leakedVariables: [],
  supportedFields: [],
  array: null,
  directives: () => [],
  slotGate: SLOT_GATE,
  submit: () => `bash -c ${quote(LAUNCH)} "$file" "$out" "$this_host:$boot"`,
  parseSubmit({ code, stdout, stderr }) {
    const id = stdout.match(ID)?.[0];
    if (id) return { outcome: "accepted", id };
    // There is no bash, or it cannot be executed (POSIX sh, 2.8.2).
    if (code === 126 || code === 127) return { outcome: "rejected" };
    // A full disk swallows the id of a job that runs.
    return { outcome: NO_PROCESS.test(stderr) ? "queueFull" : "unconfirmed" };
  },
  poll: (ids) => [LIVENESS, ...ids.map((id) => `show ${quote(id)}`)].join("\n"),
  read: ({ stdout }) => ({
    entries: new Map(
      [...stdout.matchAll(/^(\S+) (\S+)(?: (.+))?$/gm)].map((
        [, id, word, reason],
      ) => [id!, { word: word!, ...(reason && { reason }) }]),
    ),
    isComplete: false,
  }),
  findCommand: null,
  parseFound: () => new Map(),
  account: () => null,
  parseAccounting: () => new Map(),
  cancel: (ids) => `${LIVENESS}cancel ${ids.map(quote).join(" ")}`,
};
