import { strictEqual } from "node:assert/strict";
import { pbs } from "../../../src/schedulers/pbs/mod.ts";
import { torque } from "../../../src/schedulers/torque.ts";
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

checkLimits("PBS", pbs.queueLimits!, [
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
