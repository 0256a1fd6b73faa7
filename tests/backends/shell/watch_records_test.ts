import { strictEqual } from "node:assert/strict";
import { watchDirectory } from "../../../src/backends/shell/watch_records.ts";

/** Whether there is word of a change within a moment. */
async function isTold(changed: Promise<void>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), 300);
  const noticed = await Promise.race([changed.then(() => true), late.promise]);
  clearTimeout(timer);
  return noticed;
}

Deno.test("A change is noticed, many at once count once, hidden files and reads do not count", async () => {
  const directory = await Deno.makeTempDir();
  const watcher = watchDirectory();
  const { signal } = new AbortController();
  const first = watcher.changed(directory, signal);
  await Deno.writeTextFile(`${directory}/.scratch`, "");
  strictEqual(await isTold(first), false);
  for (let i = 0; i < 20; i++) {
    await Deno.writeTextFile(`${directory}/d${i}`, "x");
  }
  strictEqual(await isTold(first), true);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await watcher.changed(directory, signal);
  await Deno.readTextFile(`${directory}/d1`);
  const next = watcher.changed(directory, signal);
  strictEqual(await isTold(next), false);
  await Deno.writeTextFile(`${directory}/d1`, "y", { append: true });
  strictEqual(await isTold(next), true);
  watcher.close();
});

Deno.test("A change while nothing waits is noticed by the next wait", async () => {
  const directory = await Deno.makeTempDir();
  const watcher = watchDirectory();
  const done = new AbortController();
  const given = watcher.changed(directory, done.signal);
  done.abort();
  await given;
  await Deno.writeTextFile(`${directory}/d1`, "x");
  await new Promise((resolve) => setTimeout(resolve, 100));
  strictEqual(
    await isTold(watcher.changed(directory, new AbortController().signal)),
    true,
  );
  watcher.close();
});

Deno.test("After a change nothing listens to the signal any more", async () => {
  const directory = await Deno.makeTempDir();
  const watcher = watchDirectory();
  const { signal } = new AbortController();
  const listening = { now: 0 };
  const { addEventListener, removeEventListener } = signal;
  Object.assign(signal, {
    addEventListener(...given: Parameters<typeof addEventListener>) {
      listening.now++;
      addEventListener.apply(signal, given);
    },
    removeEventListener(...given: Parameters<typeof removeEventListener>) {
      listening.now--;
      removeEventListener.apply(signal, given);
    },
  });
  for (let i = 0; i < 3; i++) {
    const changed = watcher.changed(directory, signal);
    strictEqual(listening.now, 1);
    await Deno.writeTextFile(`${directory}/d${i}`, "x");
    await changed;
    strictEqual(listening.now, 0);
  }
  watcher.close();
});

Deno.test("A directory that does not exist is polled by the clock, until the signal", async () => {
  const watcher = watchDirectory();
  const done = new AbortController();
  const changed = watcher.changed("/no/such/folder", done.signal);
  strictEqual(await isTold(changed), false);
  done.abort();
  strictEqual(await isTold(changed), true);
  watcher.close();
});
