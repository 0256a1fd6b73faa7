import { SHELL_TIMES } from "../schema/poll_times.ts";
import {
  launchScript,
  LIVENESS,
  SELF,
  SLOT_GATE,
} from "../script/process_group.ts";
import { quote } from "../script/quote.ts";
import type { Scheduler } from "./scheduler.ts";

/** `host:boot:group:start`, as the launcher prints it. */
const ID = /^[^\s:]+:[^\s:]+:\d+:\S+$/m;

/** fork(2) failed: the messages of bash, dash and busybox. */
const NO_PROCESS = /fork: (?!retry)|Cannot fork|can't fork/;

/**
 * No batch system: a job is a process group of the host, which keeps running
 * without the process that started it. It runs while any process of its group runs.
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
    ...SHELL_TIMES,
    missingGracePolls: 2,
    defaultMaxJobs: "cpus",
    submitAhead: 200,
  },
  jobIdExpression: SELF,
  programs: {},
  leakedVariables: [],
  outputVariables: [],
  supportedFields: [],
  naming: null,
  array: null,
  directives: () => [],
  slotGate: SLOT_GATE,
  submit: (_resources, jobShell = "bash -l") =>
    `bash -c ${
      quote(launchScript(jobShell))
    } "$file" "$out" "$this_host:$boot"`,
  parseSubmit({ code, stdout, stderr }) {
    const id = stdout.match(ID)?.[0];
    if (id) return { outcome: "accepted", id };
    // There is no bash, or it cannot be executed (POSIX sh, 2.8.2).
    if (code === 126 || code === 127) return { outcome: "rejected" };
    // On a full disk the id of a running job cannot be printed.
    return { outcome: NO_PROCESS.test(stderr) ? "queueFull" : "unconfirmed" };
  },
  poll: (ids) => [LIVENESS, ...ids.map((id) => `show ${quote(id)}`)].join("\n"),
  parsePoll: ({ stdout }) => ({
    entries: new Map(
      [...stdout.matchAll(/^(\S+) (\S+)(?: (.+))?$/gm)].map((
        [, id, nativeState, reason],
      ) => [id!, { nativeState: nativeState!, ...(reason && { reason }) }]),
    ),
    isComplete: false,
  }),
  findCommand: null,
  parseFound: () => new Map(),
  account: () => null,
  parseAccounting: () => new Map(),
  cancel: (ids) => `${LIVENESS}cancel ${ids.map(quote).join(" ")}`,
};
