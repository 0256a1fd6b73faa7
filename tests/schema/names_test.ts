import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { nameOf } from "../../src/schema/value_types.ts";
import {
  batchTypes,
  contexts,
  isReachableThrough,
  spellingsOf,
} from "../../src/schema/names.ts";

Deno.test("a context goes by its name, in lower case, and without its last word", () => {
  deepStrictEqual([...spellingsOf(contexts, "BohriumContext")].sort(), [
    "Bohrium",
    "BohriumContext",
    "DpCloudServer",
    "DpCloudServerContext",
    "Lebesgue",
    "LebesgueContext",
    "bohrium",
    "bohriumcontext",
    "dpcloudserver",
    "dpcloudservercontext",
    "lebesgue",
    "lebesguecontext",
  ]);
});

Deno.test("old names of a batch type lead to the one of today", () => {
  strictEqual(nameOf(batchTypes, "lebesgue"), "Bohrium");
  strictEqual(nameOf(batchTypes, "jh_unischeduler"), "JH_UniScheduler");
  strictEqual(nameOf(batchTypes, "SLURM"), null);
});

Deno.test("shells carry nine batch types, and each cloud its own", () => {
  const pairs = (Object.keys(batchTypes) as (keyof typeof batchTypes)[])
    .flatMap((batch) =>
      (Object.keys(contexts) as (keyof typeof contexts)[])
        .filter((context) => isReachableThrough(batch, context))
        .map((context) => [batch, context])
    );
  strictEqual(pairs.length, 9 * 3 + 3);
  strictEqual(isReachableThrough("DistributedShell", "HDFSContext"), true);
  strictEqual(isReachableThrough("Slurm", "HDFSContext"), false);
});
