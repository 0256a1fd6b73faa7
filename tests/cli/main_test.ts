import {
  deepStrictEqual,
  doesNotMatch,
  match,
  strictEqual,
} from "node:assert/strict";
import type { Event, EventData } from "../../src/model/event.ts";
import { main } from "../../src/cli/main.ts";
import type { Start } from "../../src/cli/command_context.ts";
import { initialState } from "../../src/model/run_state/mod.ts";
import { fail, type FailureKind, ok } from "../../src/text/result.ts";
import { terminalOf } from "../../src/environment/terminal.ts";
import { fakeWorld } from "../helpers/environment.ts";

const transfers = () => ({ up: null, down: null });

const hello = `# /// script
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# task_work_path = "./"
# ///
`;

function worldWithScript() {
  return fakeWorld({ tree: { "/work/hello.py": hello } });
}

/** A run that only says how it ends. */
function endsWith(happening: EventData): Start {
  return (_plan, _wishes, world) => {
    const toEnd = (onEvent: (event: Event) => void) => {
      onEvent({ ...happening, at: world.clock.now() });
      return Promise.resolve();
    };
    return Promise.resolve(
      ok({ state: initialState(), journal: "/j", toEnd, transfers }),
    );
  };
}

Deno.test("every kind of failure has its exit code", async () => {
  const codes: Record<FailureKind, number> = {
    usage: 2,
    input: 2,
    connection: 3,
    transfer: 3,
    scheduler: 4,
  };
  for (const [kind, code] of Object.entries(codes)) {
    const failure = {
      kind: kind as FailureKind,
      summary: "Cannot do it",
      detail: "no",
      isRetryable: false,
    };
    const stopped: EventData = {
      type: "sessionEnded",
      reason: "stopped",
      failure,
    };
    strictEqual(
      await main(["run", "hello.py"], worldWithScript(), endsWith(stopped)),
      code,
      kind,
    );
    const unstarted: Start = () => Promise.resolve(fail(failure));
    strictEqual(
      await main(["run", "hello.py"], worldWithScript(), unstarted),
      code,
      kind,
    );
  }
});

Deno.test("every ending has its exit code", async () => {
  const left = (
    why: "interrupt" | "dry-run" | "exit-on-submit" | "cancel" | "elsewhere",
  ): EventData => ({ type: "sessionEnded", reason: why });
  const endings: readonly (readonly [EventData, number])[] = [
    [{ type: "runFinished", outcome: "succeeded", dropped: 0 }, 0],
    [{ type: "runFinished", outcome: "failed", dropped: 0 }, 1],
    [left("interrupt"), 130],
    [left("dry-run"), 0],
    [left("exit-on-submit"), 0],
    // By another dpdisp.
    [left("cancel"), 1],
    [left("elsewhere"), 0],
  ];
  for (const [ending, code] of endings) {
    strictEqual(
      await main(["run", "hello.py"], worldWithScript(), endsWith(ending)),
      code,
      JSON.stringify(ending),
    );
  }
});

Deno.test("a bug is told with its stack, as a fault of dpdisp", async () => {
  const world = worldWithScript();
  const broken: Start = () => {
    throw new TypeError("x is not a function");
  };
  strictEqual(await main(["run", "hello.py"], world, broken), 70);
  match(
    world.terminal.written.err,
    /a fault in dpdisp, not in your input:\nTypeError: x is not a function\n +at /,
  );
});

Deno.test("a module that cannot be read is no bug, and nothing is said of jobs", async () => {
  const saw =
    "Failed caching npm package 'ssh2@1.17.0'\n    0: connection refused";
  const unread = Object.assign(
    new TypeError(`${saw}\n    at \x1b[36mfile:///x/open.ts\x1b[0m:43:29`),
    { code: "ERR_MODULE_NOT_FOUND" },
  );
  const thrown: Start = () => Promise.reject(unread);
  const stray: Start = () => {
    Promise.reject(unread);
    return new Promise(() => {});
  };
  for (const start of [thrown, stray]) {
    const world = worldWithScript();
    strictEqual(await main(["run", "hello.py"], world, start), 3);
    const { err } = world.terminal.written;
    match(err, /^dpdisp: Cannot load a part of dpdisp:\n +Failed caching/);
    doesNotMatch(err, /fault|jobs|go on|open\.ts/i);
  }
  const world = worldWithScript();
  strictEqual(await main(["run", "hello.py", "--json"], world, thrown), 3);
  strictEqual(
    JSON.parse(world.terminal.written.out.trim().split("\n").at(-1)!).failure
      .detail,
    saw,
  );
});

/** Takes so many lines on stdout, then none. */
function deafAfter(lines: number) {
  const world = worldWithScript();
  const left = { lines };
  const screen = terminalOf({
    out: () => left.lines-- > 0 ? null : "Broken pipe",
    err: (text) => (world.terminal.written.err += text, null),
    columns: () => null,
    ask: () => Promise.resolve(null),
    color: false,
  });
  return { ...world, terminal: { ...screen, written: world.terminal.written } };
}

Deno.test("a run whose output is lost leaves its jobs, tells how to go on, and ends with 3", async () => {
  for (const flags of [[], ["--on-interrupt", "cancel"]]) {
    const world = deafAfter(1);
    const start: Start = (_plan, wishes, world, interrupt) => {
      const toEnd = async (onEvent: (event: Event) => void) => {
        const at = world.clock.now();
        strictEqual(interrupt.aborted, false);
        onEvent({ type: "jobsNotListed", jobs: [], at });
        await Promise.resolve();
        strictEqual(interrupt.aborted, true);
        strictEqual(wishes.cancelOnInterrupt, false);
        onEvent({ type: "sessionEnded", reason: "interrupt", at });
      };
      const progress = initialState();
      return Promise.resolve(
        ok({ state: progress, journal: "/j", toEnd, transfers }),
      );
    };
    const args = ["run", "hello.py", "--json", ...flags];
    strictEqual(await main(args, world, start), 3);
    match(
      world.terminal.written.err,
      /^no job is left .*\ngo on with: dpdisp run hello\.py --json.*\ndpdisp: Cannot write to standard output: Broken pipe\n$/,
    );
  }
});

Deno.test("a cancellation is carried to its end though nobody hears of it", async () => {
  const world = deafAfter(0);
  const start: Start = (_plan, _wishes, world, interrupt) => {
    const toEnd = async (onEvent: (event: Event) => void) => {
      const at = world.clock.now();
      onEvent({ type: "jobsNotListed", jobs: [], at });
      await Promise.resolve();
      strictEqual(interrupt.aborted, false);
      onEvent({ type: "sessionEnded", reason: "cancel", at });
    };
    const progress = initialState();
    return Promise.resolve(
      ok({ state: progress, journal: "/j", toEnd, transfers }),
    );
  };
  strictEqual(await main(["cancel", "hello.py", "--json"], world, start), 3);
});

Deno.test("an answer that cannot be written ends with 3, whichever command gave it", async () => {
  for (
    const args of [
      ["--version"],
      ["--help"],
      ["check", "hello.py"],
      ["plan", "hello.py"],
      ["check", "nothing.py", "--json"],
      ["schema", "script"],
      ["explain", "walltime"],
    ]
  ) strictEqual(await main(args, deafAfter(0)), 3, args.join(" "));
});

Deno.test("a bug that nobody waits for ends the process as a fault too", async () => {
  const world = worldWithScript();
  const stray: Start = () => {
    Promise.reject(new Error("lost"));
    return new Promise(() => {});
  };
  strictEqual(await main(["run", "hello.py"], world, stray), 70);
  match(world.terminal.written.err, /Error: lost/);
});

Deno.test("events that break off without an ending are a fault", async () => {
  const world = worldWithScript();
  const empty: Start = () => {
    const toEnd = () => Promise.resolve();
    return Promise.resolve(
      ok({ state: initialState(), journal: "/j", toEnd, transfers }),
    );
  };
  strictEqual(await main(["run", "hello.py"], world, empty), 70);
});

Deno.test("what a run does knows from --quiet that no news are wanted", async () => {
  const seen: unknown[] = [];
  const start: Start = (plan, wishes, world, interrupt) => {
    seen.push(world.terminal.isQuiet);
    const end = endsWith({ type: "sessionEnded", reason: "dry-run" });
    return end(plan, wishes, world, interrupt);
  };
  await main(["run", "hello.py"], worldWithScript(), start);
  await main(["run", "--quiet", "hello.py"], worldWithScript(), start);
  deepStrictEqual(seen, [false, true]);
});

Deno.test("wishes reach the run as the flags say them", async () => {
  const seen: unknown[] = [];
  const start: Start = (_plan, wishes, world, interrupt) => {
    seen.push(wishes);
    return endsWith({ type: "sessionEnded", reason: "dry-run" })(
      _plan,
      wishes,
      world,
      interrupt,
    );
  };
  const flags =
    "--dry-run --exit-on-submit --no-clean --fail-fast --on-interrupt cancel --reuse --forget";
  await main(["run", "hello.py"], worldWithScript(), start);
  await main(
    ["run", ...flags.split(" "), "hello.py"],
    worldWithScript(),
    start,
  );
  const plain = {
    dryRun: false,
    exitOnSubmit: false,
    failFast: false,
    keepRemoteDir: false,
    cancel: false,
    reuse: false,
    forget: false,
    cancelOnInterrupt: false,
  };
  strictEqual(JSON.stringify(seen[0]), JSON.stringify(plain));
  strictEqual(
    JSON.stringify(seen[1]),
    JSON.stringify({
      dryRun: true,
      exitOnSubmit: true,
      failFast: true,
      keepRemoteDir: true,
      cancel: false,
      reuse: true,
      forget: true,
      cancelOnInterrupt: true,
    }),
  );
});

Deno.test("the command line to come back with is quoted for the shell", async () => {
  const world = fakeWorld({ tree: { "/work/my script.py": hello } });
  await main(
    ["run", "my script.py", "-q"],
    world,
    endsWith({ type: "sessionEnded", reason: "interrupt" }),
  );
  match(
    world.terminal.written.err,
    /^go on with: dpdisp run 'my script\.py' -q$/m,
  );
});

Deno.test("cancel finds a script's jobs even when its input files are gone", async () => {
  const gone = hello.replace(
    "# task_work_path",
    '# forward_files = ["gone.txt"]\n# task_work_path',
  );
  const world = fakeWorld({ tree: { "/work/hello.py": gone } });
  const left = endsWith({ type: "sessionEnded", reason: "cancel" });
  strictEqual(await main(["run", "hello.py"], world, left), 2);
  strictEqual(await main(["cancel", "hello.py"], world, left), 0);
});
