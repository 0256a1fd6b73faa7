/** Whole runs against the five fake batch systems, at sites as they are. */
import {
  deepStrictEqual,
  doesNotMatch,
  match,
  ok,
  strictEqual,
} from "node:assert/strict";
import type { System } from "./fakes/fake.ts";
import { type FakeRun, fakeRun, systems } from "./helpers/fake_run.ts";
import { taskNames, waitUntil } from "./live/testbed.ts";
import { testsWith } from "./helpers/tools.ts";

const test = testsWith("python3");

interface Case {
  readonly name: string;
  readonly switches?: Readonly<Record<string, string>>;
  /** sh; see Job.task. */
  readonly task: string;
  check(run: FakeRun, system: System): Promise<void>;
}

/** Until `asked` is there: when the queue has been asked while it runs. */
const WATCHED = "count; until [ -e ../../../asked ]; do sleep 0.1; done";
const KILLED_ONCE =
  'count; [ "$n" = 3 ] && [ ! -e ../../again ] && { touch ../../again; kill -9 0; }; :';

/** All six tasks ran once, in three jobs, and their results are at home. */
async function allWell(run: FakeRun, system: System): Promise<string> {
  const { code, output } = await run.it.run();
  strictEqual(code, 0, output);
  deepStrictEqual(run.it.counts(), taskNames(6), output);
  strictEqual(run.states().length, 3, output);
  run.names().forEach((name) => match(name, systems[system].names));
  strictEqual(submits(run, system), 3, output);
  atHome(run, taskNames(6));
  return output;
}

function submits(run: FakeRun, system: System): number {
  const { submit } = systems[system];
  return run.calls().split("\n").filter((line) => line.startsWith(`${submit} `))
    .length;
}

function atHome({ it }: FakeRun, tasks: readonly number[]): void {
  for (const n of tasks) {
    strictEqual(
      Deno.readTextFileSync(`${it.directory}/work/t${n}/out`),
      `${n}\n`,
    );
  }
}

/** The same, with the queue asked so many times while all jobs run. */
async function wellWatched(
  run: FakeRun,
  system: System,
  times: number,
): Promise<string> {
  const listing = new RegExp(`^${systems[system].list} `, "gm");
  const isAsked = () => (run.calls().match(listing)?.length ?? 0) >= times;
  const ran = allWell(run, system);
  const seen = waitUntil("looks at the queue", isAsked)
    .finally(() => Deno.writeTextFile(`${run.it.directory}/asked`, ""));
  const [output] = await Promise.all([ran, seen]);
  return output;
}

const quick: readonly Case[] = [
  {
    name: "one of six tasks fails twice: exit 1, the others come home",
    task: 'count; [ "$n" = 3 ] && { echo "bad input" >&2; exit 7; }; :',
    async check(run) {
      const { code, output } = await run.it.run();
      strictEqual(code, 1, output);
      match(output, /task t3 failed: exit 7, after 2 attempts[^]*\| bad input/);
      match(output, /FAILED: 1 of 6 tasks failed, 5 succeeded/);
      deepStrictEqual(run.it.counts(), [0, 1, 2, 3, 3, 4, 5]);
      // Three jobs, and one for the task that failed.
      strictEqual(run.states().length, 4);
      atHome(run, [0, 1, 2, 4, 5]);
    },
  },
  {
    name: "a banner before every answer",
    switches: { FAKE_BANNER: "1" },
    task: WATCHED,
    async check(run, system) {
      const output = await wellWatched(run, system, 3);
      doesNotMatch(output, /disappeared|unknown|cannot/i);
    },
  },
  {
    name: "a line of the site's wrapper after every answer",
    switches: { FAKE_WRAPPER: "1" },
    task: WATCHED,
    async check(run, system) {
      const output = await wellWatched(run, system, 3);
      doesNotMatch(output, /disappeared|unknown|cannot/i);
    },
  },
  {
    name: "a service that does not answer twice",
    switches: { FAKE_TIMEOUTS: "2" },
    task: WATCHED,
    async check(run, system) {
      doesNotMatch(await wellWatched(run, system, 5), /disappeared/);
    },
  },
  {
    name: "a word that nobody knows",
    switches: { FAKE_WORD: "XYZ" },
    task: WATCHED,
    async check(run, system) {
      match(await wellWatched(run, system, 3), /XYZ/);
    },
  },
  {
    name: "jobs that are gone from the listing as soon as they end",
    switches: { FAKE_VANISH: "1" },
    task: WATCHED,
    async check(run, system) {
      doesNotMatch(await wellWatched(run, system, 3), /disappeared/);
    },
  },
  {
    name: "a submit that was accepted without a word, and runs at once",
    switches: { FAKE_LOSE: "1" },
    task: "count; sleep 1",
    async check(run, system) {
      await allWell(run, system);
    },
  },
  {
    name:
      "a submit that was accepted without a word, and waits: it is found by its name",
    switches: { FAKE_LOSE: "1", FAKE_SLOTS: "0" },
    task: "count",
    async check(run, system) {
      const { list, find } = systems[system];
      const ran = allWell(run, system);
      const found = waitUntil("a look by name", () => find.test(run.calls()));
      await Promise.race([ran, found]);
      match(run.calls(), find);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await run.it.ask("env", "FAKE_SLOTS=4", list);
      await ran;
    },
  },
  {
    name: "cancel ends what lives, and nothing else is handed over",
    task: "count; sleep 300",
    async check(run, system) {
      const begun = await run.it.run("run", "--exit-on-submit");
      strictEqual(begun.code, 0, begun.output);
      await waitUntil("three tasks", () => run.it.counts().length === 3);
      const { code, output } = await run.it.run("cancel");
      strictEqual(code, 0, output);
      await waitUntil("the jobs' end", () => run.states().every(isEnded));
      strictEqual(submits(run, system), 3);
    },
  },
];

const slow: readonly Case[] = [
  {
    name: "a full queue: the same jobs are handed over when there is room",
    task: "count",
    async check(run, system) {
      await Deno.writeTextFile(`${run.queue}/refuse`, "");
      const ran = run.it.run();
      await waitUntil("a refusal", () => submits(run, system) === 3);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await Deno.remove(`${run.queue}/refuse`);
      const { code, output } = await ran;
      strictEqual(code, 0, output);
      match(output, /accepts no more jobs for now/);
      deepStrictEqual(run.it.counts(), taskNames(6));
      strictEqual(run.states().length, 3);
      atHome(run, taskNames(6));
    },
  },
  {
    name:
      "a job that is killed and forgotten: it is waited for, named, and only its lost task runs again",
    switches: { FAKE_VANISH: "1" },
    task: KILLED_ONCE,
    async check(run) {
      const { code, output } = await run.it.run();
      strictEqual(code, 0, output);
      match(output, /disappeared from the queue without an exit record/);
      deepStrictEqual(run.it.counts(), [0, 1, 2, 3, 3, 4, 5]);
      strictEqual(run.states().length, 4);
    },
  },
  {
    name:
      "a profile that exits: two jobs of each task are tried, and the profile is named",
    task: "count",
    async check(run, system) {
      const profile = `${run.it.directory}/home/.bash_profile`;
      await Deno.writeTextFile(profile, "exit 1\n");
      const { code, output } = await run.it.run();
      strictEqual(code, 1, output);
      match(output, /login shell, whose profile \(~\/\.bash_profile, /);
      match(output, /FAILED: 6 of 6 tasks failed/);
      deepStrictEqual(run.it.counts(), []);
      strictEqual(submits(run, system), 6, output);
    },
  },
];

function isEnded(state: string): boolean {
  return state === "ended";
}

/** `refuse` in the queue's directory is what switches this on. */
function switchesOf({ switches }: Case, system: System) {
  return { FAKE_REFUSE: systems[system].full, ...switches };
}

/** Steps at the same moment know nothing of each other's processes. */
const ALONE = {
  sanitizeOps: false,
  sanitizeResources: false,
  sanitizeExit: false,
};

test("whole runs against fake batch systems", async (t) => {
  const one = (system: System, each: Case) =>
    t.step({
      name: `${systems[system].batch}: ${each.name}`,
      ...ALONE,
      async fn() {
        await using run = await fakeRun(
          system,
          switchesOf(each, system),
          each.task,
        );
        await each.check(run, system);
      },
    });
  const oneByOne = async (system: System) => {
    for (const each of quick) await one(system, each);
  };
  const all = Object.keys(systems) as readonly System[];
  const waiting = slow.flatMap((each) =>
    all.map((system) => one(system, each))
  );
  const passed = await Promise.all([...waiting, ...all.map(oneByOne)]);
  ok(passed.every((each) => each !== false));
});
