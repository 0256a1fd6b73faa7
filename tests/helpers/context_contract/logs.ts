/** Contract, fourth part: logs of tasks are read while they grow. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { OpenContext } from "./mod.ts";
import { checker, type ContractFixture, staged } from "./fixture.ts";

/** What is read of a log from a byte on; throws where that fails. */
async function readFrom(
  fixture: ContractFixture,
  from: number,
  dir = ".",
): Promise<readonly Uint8Array[]> {
  const { signal } = new AbortController();
  const log = { dir, name: "log" };
  const backend = fixture.backendOver(fixture.context.shell);
  const chunks: Uint8Array[] = [];
  for await (const chunk of backend.readLog(log, from, signal)) {
    if (!chunk.ok) throw new Error(chunk.error.detail);
    chunks.push(chunk.value);
  }
  return chunks;
}

async function textFrom(...from: Parameters<typeof readFrom>): Promise<string> {
  const chunks = await readFrom(...from);
  return chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
}

export function checkLogs(name: string, open: OpenContext): void {
  const check = checker(name, open);

  check(
    "a log is read from a byte on to where it ends now",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there("printf 'one\\ntwo\\n' >log");
      deepStrictEqual(
        await Promise.all(
          [0, 4, 8, 100].map((from) => textFrom(fixture, from)),
        ),
        ["one\ntwo\n", "two\n", "", ""],
      );
      await fixture.there("printf 'three' >>log");
      strictEqual(await textFrom(fixture, 8), "three");
    },
  );

  check(
    "a log in a directory of any name is read; one that does not exist has nothing",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there(`mkdir "it's a dir"; echo x >"it's a dir/log"`);
      strictEqual(await textFrom(fixture, 0, "it's a dir"), "x\n");
      strictEqual(await textFrom(fixture, 0, "no dir"), "");
      await fixture.there("rm -f log; mkdir log");
      strictEqual(await textFrom(fixture, 0), "");
    },
  );

  check(
    "a long log comes whole, in chunks of bounded size",
    async (fixture) => {
      await staged(fixture, []);
      await fixture.there("head -c 3000001 /dev/zero | tr '\\0' x >log");
      const chunks = await readFrom(fixture, 1);
      const sizes = chunks.map(({ length }) => length);
      strictEqual(sizes.reduce((sum, size) => sum + size, 0), 3_000_000);
      ok(Math.max(...sizes) <= 2 ** 20, `${Math.max(...sizes)}`);
    },
  );

  check("the reading of a log ends with the signal", async (fixture) => {
    await staged(fixture, []);
    await fixture.there("head -c 3000000 /dev/zero >log");
    const control = new AbortController();
    const log = { dir: ".", name: "log" };
    const backend = fixture.backendOver(fixture.context.shell);
    const seen = { bytes: 0 };
    for await (const chunk of backend.readLog(log, 0, control.signal)) {
      ok(chunk.ok);
      seen.bytes += chunk.value.length;
      control.abort();
    }
    ok(seen.bytes > 0 && seen.bytes < 3_000_000, `${seen.bytes}`);
  });
}
