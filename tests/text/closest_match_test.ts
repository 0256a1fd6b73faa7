import { strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { distanceOf, nearest } from "../../src/text/closest_match.ts";

Deno.test("letters dropped, added, changed and swapped each count once", () => {
  strictEqual(distanceOf("slurm", "slrum"), 1);
  strictEqual(distanceOf("slurm", "slum"), 1);
  strictEqual(distanceOf("slurm", "slurms"), 1);
  strictEqual(distanceOf("slurm", "slarm"), 1);
  strictEqual(distanceOf("", "abc"), 3);
});

Deno.test("the distance is the same both ways and zero only to itself", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    strictEqual(distanceOf(a, b), distanceOf(b, a));
    strictEqual(distanceOf(a, b) === 0, a === b);
  }));
});

Deno.test("the nearest word is found through case, - and _", () => {
  const known = ["number_node", "cpu_per_node", "gpu_per_node"];
  strictEqual(nearest("cpus-per-node", known), "cpu_per_node");
  strictEqual(nearest("NumberNode", known), "number_node");
  strictEqual(nearest("Slurm", ["slurm", "SlurmJobArray"]), "slurm");
});

Deno.test("a word like none of them has no nearest", () => {
  strictEqual(nearest("with_mpi", ["kwargs", "envs", "strategy"]), null);
  strictEqual(nearest("x", []), null);
});

Deno.test("a word of millions of letters is near to none, and not compared letter by letter", () => {
  strictEqual(nearest("x".repeat(20_000_000), ["queue_name", "x"]), null);
});
