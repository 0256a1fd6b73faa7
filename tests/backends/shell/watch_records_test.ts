import { strictEqual } from "node:assert/strict";
import { watchDirectory } from "../../../src/backends/shell/watch_records.ts";

/** Whether there is word of a change within a moment. */
async function isTold(changed: Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), 300);
  const told = await Promise.race([changed.then(() => true), late.promise]);
  clearTimeout(timer);
  return told;
}

Deno.test("A change is told, many at once are one, hidden files and reading are none", async () => {
  const folder = await Deno.makeTempDir();
  const watcher = watchDirectory();
  const { signal } = new AbortController();
  const first = watcher.changed(folder, signal);
  await Deno.writeTextFile(`${folder}/.scratch`, "");
  strictEqual(await isTold(first), false);
  for (let i = 0; i < 20; i++) await Deno.writeTextFile(`${folder}/d${i}`, "x");
  strictEqual(await isTold(first), true);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await watcher.changed(folder, signal);
  await Deno.readTextFile(`${folder}/d1`);
  const next = watcher.changed(folder, signal);
  strictEqual(await isTold(next), false);
  await Deno.writeTextFile(`${folder}/d1`, "y", { append: true });
  strictEqual(await isTold(next), true);
  watcher.close();
});

Deno.test("A change that comes while nobody waits is told to the next who does", async () => {
  const folder = await Deno.makeTempDir();
  const watcher = watchDirectory();
  const over = new AbortController();
  const given = watcher.changed(folder, over.signal);
  over.abort();
  await given;
  await Deno.writeTextFile(`${folder}/d1`, "x");
  await new Promise((resolve) => setTimeout(resolve, 100));
  strictEqual(
    await isTold(watcher.changed(folder, new AbortController().signal)),
    true,
  );
  watcher.close();
});

Deno.test("A folder that is not there is waited for by the clock, until the signal", async () => {
  const watcher = watchDirectory();
  const over = new AbortController();
  const changed = watcher.changed("/no/such/folder", over.signal);
  strictEqual(await isTold(changed), false);
  over.abort();
  strictEqual(await isTold(changed), true);
  watcher.close();
});
