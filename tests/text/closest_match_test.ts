import { strictEqual } from "node:assert/strict";
import { closestMatch } from "../../src/text/closest_match.ts";

Deno.test("letters dropped, added, changed and swapped each count once", () => {
  // A third of the letters of the shorter word may differ: one of five.
  for (const word of ["slum", "slurms", "slarm", "slrum"]) {
    strictEqual(closestMatch(word, ["slurm"]), "slurm");
  }
  for (const word of ["slu", "slurmss", "slaam", "lsrum"]) {
    strictEqual(closestMatch(word, ["slurm"]), null);
  }
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
