import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { nameOf } from "../../src/schema/value_types.ts";
import { batchTypes, contexts, spellingsOf } from "../../src/schema/names.ts";

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
