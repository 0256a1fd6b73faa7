import { GATE, LAUNCH, LIVENESS, SELF } from "../script/process.ts";
import { quote } from "../script/quote.ts";
import type { Scheduler } from "./scheduler.ts";

/** `host:boot:group:start`, as the launcher prints it. */
const ID = /^[^\s:]+:[^\s:]+:\d+:\S+$/m;

/**
 * No batch system: a job is a process group of this machine, which outlives
 * whoever started it. It lives while any process of its group lives.
 */
export const shell: Scheduler = {
  name: "Shell",
  manual: "https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html",
  states: {
    alive: "running",
    stopped: "suspended",
    gone: "ended",
  },
  limits: {
    pollFloor_s: 0.05,
    pollCeiling_s: 2,
    grace_s: 0,
    graceRounds: 2,
    fullWait_s: 5,
    bound: "cpus",
    ahead: 200,
  },
  self: SELF,
  programs: {},
  leaks: [],
  says: [],
  array: null,
  directives: () => [],
  gate: GATE,
  submit: () => `bash -c ${quote(LAUNCH)} "$file" "$out" "$here:$boot"`,
  answer({ code, stdout }) {
    const id = stdout.match(ID)?.[0];
    if (id) return { outcome: "accepted", id };
    return { outcome: code === 0 ? "unsure" : "refused" };
  },
  poll: (ids) => [LIVENESS, ...ids.map((id) => `show ${quote(id)}`)].join("\n"),
  read: ({ stdout }) => ({
    known: new Map(
      [...stdout.matchAll(/^(\S+) (\S+)(?: (.+))?$/gm)].map((
        [, id, word, reason],
      ) => [id!, { word: word!, ...(reason && { reason }) }]),
    ),
    complete: false,
  }),
  find: null,
  found: () => new Map(),
  account: () => null,
  causes: () => new Map(),
  cancel: (ids) => `${LIVENESS}cancel ${ids.map(quote).join(" ")}`,
};
