import { deepStrictEqual } from "node:assert/strict";
import { fugaku } from "../../../src/schedulers/fugaku/mod.ts";
import { checkLimits } from "../../helpers/check_limits.ts";
import { resourcesOf } from "../../helpers/check_scheduler.ts";
import { testsWith } from "../../helpers/tools.ts";
import { transcript } from "../../helpers/transcript.ts";

const test = testsWith("dash");
const small = transcript("pjacl-public-rg-small");

checkLimits("Fugaku", fugaku.queueLimits!, [
  ["time and nodes of a resource group", small, {
    walltimeSeconds: 72 * 3600,
    nodes: 384,
  }],
  [
    "memory of a node, with its unit",
    small.stdout.replace(/(node-mem.*?)unlimited/, "$128Gi"),
    {
      walltimeSeconds: 72 * 3600,
      nodes: 384,
      memoryMib: { most: 28 * 1024, per: "node" },
    },
  ],
  [
    "no memory without a unit",
    small.stdout.replace(/(node-mem.*?)unlimited/, "$130000"),
    {
      walltimeSeconds: 72 * 3600,
      nodes: 384,
    },
  ],
  ["none in another layout", "#\n# JOBACL information\n#\n", null],
], false);

test("Fugaku has no resource group of its own where none is named", async () => {
  const { code, stdout, stderr } = await new Deno.Command("dash", {
    args: ["-c", fugaku.queueLimits!.ask(resourcesOf({}))],
  }).output();
  const text = new TextDecoder();
  deepStrictEqual([code, text.decode(stdout), text.decode(stderr)], [
    1,
    "",
    "resources.queue_name names no resource group\n",
  ]);
});
