/** Whole runs whose wall clock is set by libfaketime, in a run and between two. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type FakeRun, fakeRun } from "./helpers/fake_run.ts";
import { testsWith } from "./helpers/tools.ts";
import { taskNames, waitUntil } from "./live/testbed.ts";

const test = testsWith("faketime", "python3");

/** Far less than the steps, far more than a run takes. */
const LIMIT_MS = 90_000;

/** libfaketime of the faketime that is installed. */
function library(): string {
  const roots = (Deno.env.get("PATH") ?? "").split(":")
    .map((directory) => `${directory}/../lib/${Deno.build.arch}-linux-gnu`);
  const paths = roots.map((root) => `${root}/faketime/libfaketime.so.1`);
  const found = paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  ok(found, "faketime comes with its library");
  return found;
}

const FAKES = `${import.meta.dirname}/fakes/pbs`;

/** The fake batch system and its jobs have the real time: under libfaketime a `sleep` may never end. */
async function withRealTime(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "dpdisp-clock-" });
  for await (const { name } of Deno.readDir(FAKES)) {
    const text = `#!/bin/sh\nunset LD_PRELOAD\nexec '${FAKES}/${name}' "$@"\n`;
    await Deno.writeTextFile(`${directory}/${name}`, text, { mode: 0o755 });
  }
  return directory;
}

interface ClockRun extends AsyncDisposable {
  readonly run: FakeRun;
  /** Sets the wall clock of dpdisp, by the words of faketime(1). */
  set(time: string): void;
}

async function runWithClock(time: string, task: string): Promise<ClockRun> {
  const directory = await withRealTime();
  const clock = `${directory}/clock`;
  const set = (time: string) => Deno.writeTextFileSync(clock, `${time}\n`);
  set(time);
  const run = await fakeRun("pbs", {
    PATH: `${directory}:${Deno.env.get("PATH")}`,
    LD_PRELOAD: library(),
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  }, task);
  return {
    run,
    set,
    async [Symbol.asyncDispose]() {
      await run[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Runs dpdisp, which is killed where it takes too long. */
async function finished({ it }: FakeRun): Promise<void> {
  const child = it.start();
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const { code, stderr } = await child.output();
  clearTimeout(timer);
  strictEqual(code, 0, new TextDecoder().decode(stderr));
}

for (const [from, to] of [["+1h", "+0"], ["+0", "+1h"], ["+0", "-10m"]]) {
  test(`the clock steps from ${from} to ${to} in a run: the tasks end, and so does the run`, async () => {
    await using clock = await runWithClock(from!, "count; sleep 5");
    const { run, set } = clock;
    const ended = finished(run);
    await waitUntil("three tasks", () => run.it.counts().length === 3);
    set(to!);
    await ended;
    deepStrictEqual(run.it.counts(), taskNames(6));
  });
}

test("a journal that is two hours ahead delays no next attempt", async () => {
  await using clock = await runWithClock(
    "+2h",
    'count; [ -e "$HOME/../go" ] || exit 1',
  );
  const { run, set } = clock;
  const first = run.it.start();
  const output = Promise.all([first.stdout.cancel(), first.stderr.cancel()]);
  const failed = async () =>
    (await run.it.ask("grep", "-rc", "jobEnded", `${run.it.directory}/home`))
      .match(/\.jsonl:[1-9]/) !== null;
  await waitUntil("a job that failed", failed);
  first.kill("SIGKILL");
  await Promise.all([first.status, output]);
  await Deno.writeTextFile(`${run.it.directory}/go`, "");
  set("+0");
  await finished(run);
  ok(run.it.counts().length > 6);
});
