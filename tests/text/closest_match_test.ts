import { strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { closestMatch, editDistance } from "../../src/text/closest_match.ts";

Deno.test("letters dropped, added, changed and swapped each count once", () => {
  strictEqual(editDistance("slurm", "slrum"), 1);
  strictEqual(editDistance("slurm", "slum"), 1);
  strictEqual(editDistance("slurm", "slurms"), 1);
  strictEqual(editDistance("slurm", "slarm"), 1);
  strictEqual(editDistance("", "abc"), 3);
});

Deno.test("the distance is the same both ways and zero only to itself", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    strictEqual(editDistance(a, b), editDistance(b, a));
    strictEqual(editDistance(a, b) === 0, a === b);
  }));
});

Deno.test("the most similar word is found regardless of case, - and _", () => {
  const known = ["number_node", "cpu_per_node", "gpu_per_node"];
  strictEqual(closestMatch("cpus-per-node", known), "cpu_per_node");
  strictEqual(closestMatch("NumberNode", known), "number_node");
  strictEqual(closestMatch("Slurm", ["slurm", "SlurmJobArray"]), "slurm");
});

Deno.test("a word unlike all of them has no match", () => {
  strictEqual(closestMatch("with_mpi", ["kwargs", "envs", "strategy"]), null);
  strictEqual(closestMatch("x", []), null);
});

Deno.test("a word of millions of letters has no match, and is not compared letter by letter", () => {
  strictEqual(closestMatch("x".repeat(20_000_000), ["queue_name", "x"]), null);
});
