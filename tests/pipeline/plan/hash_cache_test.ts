import { strictEqual } from "node:assert/strict";
import { openHashCache } from "../../../src/pipeline/plan/hash_cache.ts";
import type { FileStat } from "../../../src/environment/environment.ts";

const NOW = 1_000_000_000;
const old: FileStat = { kind: "file", bytes: 5, modified: NOW - 60_000 };

Deno.test("a hash is cached for the next command", () => {
  const first = openHashCache("", NOW);
  first.set("/a\nb", old, "d1");
  strictEqual(openHashCache(first.text()!, NOW).get("/a\nb", old), "d1");
});

Deno.test("a file of another size or time is another file", () => {
  const first = openHashCache("", NOW);
  first.set("/a", old, "d1");
  const next = openHashCache(first.text()!, NOW);
  strictEqual(next.get("/a", { ...old, bytes: 6 }), undefined);
  strictEqual(next.get("/a", { ...old, modified: NOW - 59_000 }), undefined);
});

Deno.test("a file that changed just now is not cached: it may change again with the same time", () => {
  const first = openHashCache("", NOW);
  const fresh = { ...old, modified: NOW - 500 };
  first.set("/a", fresh, "d1");
  strictEqual(first.text(), null);
  strictEqual(first.get("/a", fresh), "d1");
});

Deno.test("a hash that is no longer used is removed", () => {
  const first = openHashCache("", NOW);
  first.set("/a", old, "d1");
  const next = openHashCache(first.text()!, NOW);
  next.set("/b", old, "d2");
  strictEqual(openHashCache(next.text()!, NOW).get("/a", old), undefined);
});

Deno.test("a damaged cache is an empty one", () => {
  strictEqual(openHashCache('[["5 999', NOW).get("/a", old), undefined);
});
