import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { localTrustStore } from "../../src/environment/trust_store.ts";
import { namesIn } from "../helpers/remote_dir.ts";

Deno.test("trust is kept by script and metadata, readable by this user only", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const trusted = localTrustStore((name) =>
      name === "XDG_STATE_HOME" ? directory : undefined
    );
    strictEqual(trusted.recall("a", "x"), null);
    strictEqual(trusted.forget("a"), 0);
    ok(trusted.keep("a", "x", "first").ok);
    ok(trusted.keep("a", "y", "second").ok);
    ok(trusted.keep("b", "x", "third").ok);
    const recalled = () =>
      [["a", "x"], ["a", "y"], ["b", "x"], ["b", "y"]].map((
        [script, metadata],
      ) => trusted.recall(script!, metadata!));
    deepStrictEqual(recalled(), ["first", "second", "third", null]);
    const where = `${directory}/dpdisp/.trusted`;
    const modeOf = async (path: string) =>
      (await Deno.stat(path)).mode! & 0o777;
    strictEqual(await modeOf(where), 0o700);
    for (const name of namesIn(where)) {
      strictEqual(await modeOf(`${where}/${name}`), 0o600);
    }
    strictEqual(namesIn(where).length, 3);
    strictEqual(trusted.forget("a"), 2);
    deepStrictEqual(recalled(), [null, null, "third", null]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("trust that cannot be kept is a failure, not an internal error", () => {
  const saved = localTrustStore(() => "/dev/null").keep("a", "x", "text");
  ok(!saved.ok && saved.error.detail !== "");
});
