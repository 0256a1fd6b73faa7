import { doesNotMatch, match, strictEqual } from "node:assert/strict";
import { pbs } from "../../../src/schedulers/pbs/mod.ts";
import { torque } from "../../../src/schedulers/torque.ts";
import { transcript } from "../../helpers/transcript.ts";
import { resourcesOf, runText } from "../../helpers/check_scheduler.ts";
import { checkLimits } from "../../helpers/check_limits.ts";

const job = (most: number) => ({ most, per: "job" as const });

/** MetaCentrum's documentation, "Queues in Meta": PBS of a real site, shortened. */
const METACENTRUM = `Queue: gpu_long
    queue_type = Execution
    Priority = 66
    state_count = Transit:0 Queued:14 Held:0 Waiting:0 Running:10 Exiting:0 Begun
\t:0 
    max_queued = [u:PBS_GENERIC=2000]
    resources_max.ngpus = 99
    resources_max.walltime = 336:00:00
    resources_min.mem = 50mb
    resources_min.ncpus = 1
    resources_assigned.mem = 1760gb
    resources_assigned.ncpus = 124
    max_run_res.ncpus = [u:PBS_GENERIC=200]
    enabled = True
`;

/** What `qstat -Q -f` was seen to show, and who asked. */
const seen = (name: string, user = "pbsuser") =>
  `${
    transcript(name).stdout
  }    dpdisp.user = ${user}\n    dpdisp.groups = ${user} users\n`;

/** The queue that is open to all, with these lines instead. */
const queueWith = (...lines: readonly string[]) =>
  `${
    seen("qstat-23.06.06-limits-none").replaceAll(
      /^ +(enabled|started) .*\n/gm,
      "",
    )
  }${lines.map((line) => `    ${line}\n`).join("")}`;

const LIMQ = {
  walltimeSeconds: 3600,
  memoryMib: job(1024),
  cpus: job(4),
  nodes: 2,
};

checkLimits("PBS", pbs.queueLimits!, [
  ["seen: none", seen("qstat-23.06.06-limits-none"), {}],
  [
    "seen: of a queue that passes jobs on",
    seen("qstat-23.06.06-limits-route"),
    {},
  ],
  ["seen: for every user", seen("qstat-23.06.06-limits-some"), {
    ...LIMQ,
    jobs: 3,
  }],
  [
    "seen: for every user, before those with names",
    seen("qstat-23.06.06-limits-long"),
    {
      ...LIMQ,
      jobs: 3,
    },
  ],
  [
    "seen: for a user with a name",
    seen("qstat-23.06.06-limits-long", "alice"),
    {
      ...LIMQ,
      jobs: 100,
    },
  ],
  ["seen: for all users together", seen("qstat-23.06.06-limits-all"), {
    jobs: 2,
  }],
  ["seen: no such queue", transcript("qstat-23.06.06-limits-unknown"), null],
  [
    "what a user may have queued, which one job alone may exceed",
    queueWith(
      "max_queued_res.ncpus = [u:PBS_GENERIC=4]",
      "max_queued_res.mem = [o:PBS_ALL=2gb]",
    ),
    { cpus: job(4), memoryMib: job(2048) },
  ],
  [
    "a queue that takes no jobs",
    queueWith("enabled = False", "started = True"),
    {
      refuses: ["it takes no jobs (enabled = False)"],
    },
  ],
  [
    "a queue that starts no jobs",
    queueWith("enabled = True", "started = False"),
    {
      waits: ["it starts no jobs (started = False)"],
    },
  ],
  [
    "a queue for others",
    queueWith("acl_user_enable = True", "acl_users = alice,bob@*"),
    {
      refuses: ["its access lists do not have pbsuser"],
    },
  ],
  [
    "a queue that excludes the user",
    queueWith("acl_user_enable = True", "acl_users = -pbsuser@*,*"),
    {
      refuses: ["its access lists do not have pbsuser"],
    },
  ],
  [
    "a queue for a group of the user",
    queueWith("acl_group_enable = True", "acl_groups = lab,users"),
    {},
  ],
  [
    "a list that is not in use",
    queueWith("acl_user_enable = False", "acl_users = alice"),
    {},
  ],
  ["no GPUs on any node", queueWith("dpdisp.gpus = 0"), {
    gpus: { most: 0, per: "node" },
  }],
  ["GPUs of the best node", queueWith("dpdisp.gpus = 4"), {
    gpus: { most: 4, per: "node" },
  }],
  ["a queue's, and not what it has given away", METACENTRUM, {
    walltimeSeconds: 336 * 3600,
    gpus: job(99),
    jobs: 2000,
  }],
  [
    "of a whole job",
    // pbs_queue_attributes(7B), "resources_max".
    "Queue: a\n    resources_max.mem = 100gb\n    resources_max.ncpus = 16\n    resources_max.nodect = 4\n    max_queued = [g:PBS_GENERIC=5],[u:PBS_GENERIC=30]\n",
    { memoryMib: job(102_400), cpus: job(16), nodes: 4, jobs: 30 },
  ],
  [
    "none that count only running jobs or groups",
    "Queue: a\n    max_run = [u:PBS_GENERIC=2]\n    max_queued = [g:PBS_GENERIC=5]\n",
    {},
  ],
]);

checkLimits("Torque", torque.queueLimits!, [
  ["seen", seen("qstat-6.1.3-limits-some"), { ...LIMQ, jobs: 3 }],
  ["seen: no such queue", transcript("qstat-6.1.3-limits-unknown"), null],
  [
    "a queue's",
    // Torque of a real site (its HPC12, 2026), and "Queue attributes" of the Administrator Guide 4.0.
    `Queue: fpt-medium
    max_user_queuable = 3
    resources_max.nodes = 4
    resources_max.nodect = 4
    resources_max.procct = 80
    resources_max.ncpus = 1
    resources_max.mem = 4gb
    resources_max.walltime = 72:00:00
`,
    {
      walltimeSeconds: 72 * 3600,
      memoryMib: job(4096),
      cpus: job(80),
      nodes: 4,
      jobs: 3,
    },
  ],
]);

Deno.test("PBS's sizes are bytes or words, in powers of 1024", () => {
  // pbs_resources(7B).
  const cases: Readonly<Record<string, number>> = {
    "1gb": 1024,
    "2097152kb": 2048,
    "1048576b": 1,
    "1048576": 1,
    "1mw": 8,
    "1TB": 1024 ** 2,
  };
  for (const [text, mib] of Object.entries(cases)) {
    const stdout = `Queue: a\n    resources_max.mem = ${text}\n`;
    const limits = pbs.queueLimits!.parseQueue({ code: 0, stdout, stderr: "" });
    strictEqual(limits?.memoryMib?.most, mib, text);
  }
});

Deno.test("PBS's nodes are asked for their GPUs only where a job requests some", async () => {
  const stubs = `qstat() { echo "Queue: q"; }
pbsnodes() { printf '%s\\n' n1 '     resources_available.ngpus = 2' n2 '     resources_available.ngpus = 4'; }`;
  const told = (gpusPerNode: number) =>
    runText(
      "dash",
      `${stubs}\n${
        pbs.queueLimits!.ask(resourcesOf({ queue: "q", gpusPerNode }))
      }`,
    );
  match(await told(1), /^ {4}dpdisp\.gpus = 4$/m);
  doesNotMatch(await told(0), /gpus = /);
});
