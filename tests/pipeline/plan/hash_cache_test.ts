import { strictEqual } from "node:assert/strict";
import { rememberDigests } from "../../../src/pipeline/plan/hash_cache.ts";
import type { Stat } from "../../../src/environment/environment.ts";

const NOW = 1_000_000_000;
const old: Stat = { kind: "file", bytes: 5, modified: NOW - 60_000 };

Deno.test("a digest is known in the next command", () => {
  const first = rememberDigests("", NOW);
  first.set("/a\nb", old, "d1");
  strictEqual(rememberDigests(first.text()!, NOW).get("/a\nb", old), "d1");
});

Deno.test("a file of another size or time is another file", () => {
  const first = rememberDigests("", NOW);
  first.set("/a", old, "d1");
  const next = rememberDigests(first.text()!, NOW);
  strictEqual(next.get("/a", { ...old, bytes: 6 }), undefined);
  strictEqual(next.get("/a", { ...old, modified: NOW - 59_000 }), undefined);
});

Deno.test("a file that changed just now is not remembered: it may change again with the same time", () => {
  const first = rememberDigests("", NOW);
  const fresh = { ...old, modified: NOW - 500 };
  first.set("/a", fresh, "d1");
  strictEqual(first.text(), null);
  strictEqual(first.get("/a", fresh), "d1");
});

Deno.test("what is not asked for any more is forgotten", () => {
  const first = rememberDigests("", NOW);
  first.set("/a", old, "d1");
  const next = rememberDigests(first.text()!, NOW);
  next.set("/b", old, "d2");
  strictEqual(rememberDigests(next.text()!, NOW).get("/a", old), undefined);
});

Deno.test("a damaged memory is no memory", () => {
  strictEqual(rememberDigests('[["5 999', NOW).get("/a", old), undefined);
});
