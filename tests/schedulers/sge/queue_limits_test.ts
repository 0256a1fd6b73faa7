import { strictEqual } from "node:assert/strict";
import { sgeLimits } from "../../../src/schedulers/sge/queue_limits.ts";
import { checkLimits } from "../../helpers/check_limits.ts";
import { transcript } from "../../helpers/transcript.ts";

const seen = (what: string) => transcript(`qconf-8.1.9-limits-${what}`);
const node = (most: number) => ({ most, per: "node" as const });

checkLimits("SGE", sgeLimits, [
  ["slots alone, as Grid Engine is installed", seen("none"), {
    cpus: node(16),
  }],
  ["a queue's, of its best host, and a user's", seen("some"), {
    walltimeSeconds: 86_400,
    memoryMib: { most: 4096, per: "CPU" },
    cpus: node(32),
    jobs: 20,
  }],
  [
    "the most of any queue; slots of several hosts are bounded by their environment",
    seen("any"),
    {
      walltimeSeconds: 4 * 86_400,
      memoryMib: { most: 4096, per: "CPU" },
      cpus: node(128),
      jobs: 20,
    },
  ],
  ["nothing of a queue that is not there", seen("unknown"), null],
  // sge_queue_conf(5): one host without a limit is enough.
  ["none where one host has none", "qname a\nh_rt 1:0:0,[big=INFINITY]\n", {}],
  [
    "values over several lines",
    "qname a\nh_rt   1:0:0,[h1=2:0:0], \\\n       [h2=3:0:0]\n",
    { walltimeSeconds: 3 * 3600 },
  ],
]);

Deno.test("SGE's small letters are powers of 1000, its large ones of 1024", () => {
  // sge_types(1), "memory_specifier".
  const cases: Readonly<Record<string, number>> = {
    "2g": 1907,
    "2G": 2048,
    "512M": 512,
    "1T": 1024 ** 2,
    "1048576": 1,
  };
  for (const [text, mib] of Object.entries(cases)) {
    const stdout = `qname a\nh_vmem ${text}\n`;
    const limits = sgeLimits.parseQueue({ code: 0, stdout, stderr: "" });
    strictEqual(limits?.memoryMib?.most, mib, text);
  }
});
