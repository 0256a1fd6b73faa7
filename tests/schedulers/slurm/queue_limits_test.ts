import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { slurmLimits } from "../../../src/schedulers/slurm/queue_limits.ts";
import { checkLimits } from "../../helpers/check_limits.ts";
import { transcript } from "../../helpers/transcript.ts";

const seen = (what: string) => transcript(`sinfo-22.05.8-limits-${what}`);
const node = (most: number) => ({ most, per: "node" as const });

checkLimits("Slurm", slurmLimits, [
  ["the default partition, of its best nodes", seen("default"), {
    walltimeSeconds: 2 * 86_400,
    memoryMib: node(65_536),
    cpus: node(64),
    gpus: node(4),
    nodes: 2,
  }],
  ["what a partition leaves of its nodes to a job", seen("brief"), {
    walltimeSeconds: 60,
    memoryMib: node(65_536),
    cpus: node(8),
    gpus: node(4),
    nodes: 1,
  }],
  ["no end where there is none, and no GPUs", seen("hidden"), {
    memoryMib: node(20_000),
    cpus: node(16),
    gpus: node(0),
    nodes: 1,
  }],
  ["the most of several partitions", seen("several"), {
    walltimeSeconds: 2 * 86_400,
    memoryMib: node(65_536),
    cpus: node(64),
    gpus: node(4),
    nodes: 2,
  }],
  ["nothing of a partition that is not there", seen("unknown"), null],
]);

/** sinfo(1): the same row with other cells. */
function limitsOf(cells: Readonly<Record<number, string>>) {
  const usual = ["a", "1:00:00", "1000", "4", "2", "(null)", "1-infinite", "4"];
  const row = usual.map((cell, index) => cells[index] ?? cell).join("|");
  return slurmLimits.parseQueue({ code: 0, stdout: `${row}\n`, stderr: "" })!;
}

Deno.test("Slurm's GPUs are counted whatever their type and socket", () => {
  const cases: Readonly<Record<string, number>> = {
    "gpu:4": 4,
    "gpu": 1,
    "gpu:a100": 1,
    "gpu:a100:4(S:0,1),gpu:1g.5gb:7": 11,
    "craynetwork:4,gpu:2(S:0)": 2,
    "shard:gpu:8": 0,
    "(null)": 0,
  };
  for (const [gres, count] of Object.entries(cases)) {
    strictEqual(limitsOf({ 5: gres }).gpus?.most, count, gres);
  }
});

Deno.test("Slurm's large numbers are shortened; a job's nodes are bounded twice", () => {
  strictEqual(limitsOf({ 4: "2K" }).nodes, 2048);
  strictEqual(limitsOf({ 4: "2K", 6: "1-1.5K" }).nodes, 1536);
  strictEqual(limitsOf({ 4: "2", 6: "1-8" }).nodes, 2);
});

Deno.test("Of a Slurm partition without nodes only its own limits are known", () => {
  const { walltimeSeconds, cpus, memoryMib, gpus, nodes } = limitsOf({
    2: "0",
    3: "0",
    4: "0",
  });
  deepStrictEqual([walltimeSeconds, cpus, memoryMib, gpus, nodes], [
    3600,
    null,
    null,
    null,
    null,
  ]);
});
