import {
  deepStrictEqual,
  doesNotMatch,
  match,
  strictEqual,
} from "node:assert/strict";
import { type Event, eventAt, type EventData } from "../../src/model/event.ts";
import { runFinished } from "../helpers/events.ts";
import { main } from "../../src/cli/main.ts";
import type { Start } from "../../src/cli/command_context.ts";
import { initialState } from "../../src/model/run_state/mod.ts";
import { fail, type FailureKind, ok } from "../../src/text/result.ts";
import { terminalOf } from "../../src/environment/terminal.ts";
import { fakeEnvironment } from "../helpers/environment.ts";

const progressReaders = {
  transfers: () => ({ up: null, down: null }),
  submitting: () => new Set<string>(),
  waits: () => [],
};

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

function environmentWithScript() {
  return fakeEnvironment({ tree: { "/work/hello.py": hello } });
}

/** A run with only a final event. */
function endsWith(ending: EventData): Start {
  return (_plan, _options, environment) => {
    const toEnd = (onEvent: (event: Event) => void) => {
      onEvent(eventAt(ending, environment.clock.now()));
      return Promise.resolve();
    };
    return Promise.resolve(
      ok({ state: initialState(), journal: "/j", toEnd, ...progressReaders }),
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
      await main(
        ["run", "hello.py"],
        environmentWithScript(),
        endsWith(stopped),
      ),
      code,
      kind,
    );
    const unstarted: Start = () => Promise.resolve(fail(failure));
    strictEqual(
      await main(["run", "hello.py"], environmentWithScript(), unstarted),
      code,
      kind,
    );
  }
});

Deno.test("every ending has its exit code", async () => {
  const left = (
    why: "interrupt" | "dryRun" | "exitOnSubmit" | "cancel" | "elsewhere",
  ): EventData => ({ type: "sessionEnded", reason: why });
  const endings: readonly (readonly [EventData, number])[] = [
    [runFinished("succeeded"), 0],
    [runFinished("failed"), 1],
    [left("interrupt"), 130],
    [left("dryRun"), 0],
    [left("exitOnSubmit"), 0],
    // Cancelled by another process.
    [left("cancel"), 1],
    [left("elsewhere"), 0],
  ];
  for (const [ending, code] of endings) {
    strictEqual(
      await main(
        ["run", "hello.py"],
        environmentWithScript(),
        endsWith(ending),
      ),
      code,
      JSON.stringify(ending),
    );
  }
});

Deno.test("a bug is reported with its stack, as an internal error", async () => {
  const environment = environmentWithScript();
  const broken: Start = () => {
    throw new TypeError("x is not a function");
  };
  strictEqual(await main(["run", "hello.py"], environment, broken), 70);
  match(
    environment.terminal.written.err,
    /^\nerror: internal error \(bug in dpdisp \d\S*\), not in your input:\nTypeError: x is not a function\n +at /,
  );
});

Deno.test("a module that cannot be read is not a bug, and jobs are not mentioned", async () => {
  const detail =
    "Failed caching npm package 'ssh2@1.17.0'\n    0: connection refused";
  const unread = Object.assign(
    new TypeError(`${detail}\n    at \x1b[36mfile:///x/open.ts\x1b[0m:43:29`),
    { code: "ERR_MODULE_NOT_FOUND" },
  );
  const thrown: Start = () => Promise.reject(unread);
  const stray: Start = () => {
    Promise.reject(unread);
    return new Promise(() => {});
  };
  for (const start of [thrown, stray]) {
    const environment = environmentWithScript();
    strictEqual(await main(["run", "hello.py"], environment, start), 3);
    const { err } = environment.terminal.written;
    match(err, /^error: Cannot load a part of dpdisp:\n +Failed caching/);
    doesNotMatch(err, /internal error|bug|jobs|keep running|open\.ts/i);
  }
  const environment = environmentWithScript();
  strictEqual(
    await main(["run", "hello.py", "--json"], environment, thrown),
    3,
  );
  strictEqual(
    JSON.parse(environment.terminal.written.out.trim().split("\n").at(-1)!)
      .failure
      .detail,
    detail,
  );
});

Deno.test("where a proxy uses its own certificate, the hint says how to trust it", async () => {
  const unread = Object.assign(
    new TypeError(
      "Failed caching npm package 'ssh2@1.17.0'\n    2: invalid peer certificate: UnknownIssuer",
    ),
    { code: "ERR_MODULE_NOT_FOUND" },
  );
  const environment = environmentWithScript();
  const code = await main(
    ["run", "hello.py"],
    environment,
    () => Promise.reject(unread),
  );
  strictEqual(code, 3);
  match(environment.terminal.written.err, /set DENO_TLS_CA_STORE=system/);
});

/** An environment whose stdout accepts so many lines, then none. */
function withBrokenStdout(lines: number) {
  const environment = environmentWithScript();
  const left = { lines };
  const screen = terminalOf({
    out: () => left.lines-- > 0 ? null : "Broken pipe",
    err: (text) => (environment.terminal.written.err += text, null),
    columns: () => null,
    ask: () => Promise.resolve(null),
    color: false,
  });
  return {
    ...environment,
    terminal: { ...screen, written: environment.terminal.written },
  };
}

Deno.test("a run whose output is lost leaves its jobs running, says how to resume, and ends with 3", async () => {
  for (const flags of [[], ["--on-interrupt", "cancel"]]) {
    const environment = withBrokenStdout(1);
    const start: Start = (_plan, options, environment, interrupt) => {
      const toEnd = async (onEvent: (event: Event) => void) => {
        const time = environment.clock.now() / 1000;
        strictEqual(interrupt.aborted, false);
        onEvent({ type: "jobsNotListed", jobs: [], time });
        await Promise.resolve();
        strictEqual(interrupt.aborted, true);
        strictEqual(options.cancelOnInterrupt, false);
        onEvent({ type: "sessionEnded", reason: "interrupt", time });
      };
      const progress = initialState();
      return Promise.resolve(
        ok({ state: progress, journal: "/j", toEnd, ...progressReaders }),
      );
    };
    const args = ["run", "hello.py", "--json", ...flags];
    strictEqual(await main(args, environment, start), 3);
    match(
      environment.terminal.written.err,
      /^no job is running\. Resume with: dpdisp run hello\.py --json.*\nerror: Cannot write to standard output: Broken pipe\n$/,
    );
  }
});

Deno.test("a cancellation is completed though its output is lost", async () => {
  const environment = withBrokenStdout(0);
  const start: Start = (_plan, _options, environment, interrupt) => {
    const toEnd = async (onEvent: (event: Event) => void) => {
      const time = environment.clock.now() / 1000;
      onEvent({ type: "jobsNotListed", jobs: [], time });
      await Promise.resolve();
      strictEqual(interrupt.aborted, false);
      onEvent({ type: "sessionEnded", reason: "cancel", time });
    };
    const progress = initialState();
    return Promise.resolve(
      ok({ state: progress, journal: "/j", toEnd, ...progressReaders }),
    );
  };
  strictEqual(
    await main(["cancel", "hello.py", "--json"], environment, start),
    3,
  );
});

Deno.test("output that cannot be written ends with 3 in every command", async () => {
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
  ) strictEqual(await main(args, withBrokenStdout(0)), 3, args.join(" "));
});

Deno.test("an unhandled error ends the process as an internal error too", async () => {
  const environment = environmentWithScript();
  const stray: Start = () => {
    Promise.reject(new Error("lost"));
    return new Promise(() => {});
  };
  strictEqual(await main(["run", "hello.py"], environment, stray), 70);
  match(environment.terminal.written.err, /Error: lost/);
});

Deno.test("events that stop without a final one are an internal error", async () => {
  const environment = environmentWithScript();
  const empty: Start = () => {
    const toEnd = () => Promise.resolve();
    return Promise.resolve(
      ok({ state: initialState(), journal: "/j", toEnd, ...progressReaders }),
    );
  };
  strictEqual(await main(["run", "hello.py"], environment, empty), 70);
});

Deno.test("--quiet reaches the terminal of the run", async () => {
  const seen: unknown[] = [];
  const start: Start = (plan, options, environment, interrupt) => {
    seen.push(environment.terminal.isQuiet);
    const end = endsWith({ type: "sessionEnded", reason: "dryRun" });
    return end(plan, options, environment, interrupt);
  };
  await main(["run", "hello.py"], environmentWithScript(), start);
  await main(["run", "--quiet", "hello.py"], environmentWithScript(), start);
  deepStrictEqual(seen, [false, true]);
});

Deno.test("options reach the run as the flags say", async () => {
  const seen: unknown[] = [];
  const start: Start = (_plan, options, environment, interrupt) => {
    seen.push(options);
    return endsWith({ type: "sessionEnded", reason: "dryRun" })(
      _plan,
      options,
      environment,
      interrupt,
    );
  };
  const flags =
    "--dry-run --exit-on-submit --no-clean --fail-fast --on-interrupt cancel --reuse --forget --keep-finished --yes";
  await main(["run", "hello.py"], environmentWithScript(), start);
  await main(
    ["run", ...flags.split(" "), "hello.py"],
    environmentWithScript(),
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
    keepFinished: false,
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
      keepFinished: true,
    }),
  );
});

Deno.test("tasks of another version that is followed have the names of their run", async () => {
  const environment = environmentWithScript();
  const task = { key: "k", dir: "d1", command: "python3" };
  const plan = {
    workBase: "/work",
    resources: {
      nodes: 1,
      cpusPerNode: 1,
      gpusPerNode: 0,
      queue: "",
      tasksPerJob: 1,
    },
    tasks: [{ ...task, stdoutFile: null, stderrFile: null }],
  };
  const events: readonly EventData[] = [
    { type: "attached", holderName: "vm 1", isOtherVersion: true, plan },
    { type: "taskExited", task: "k", job: "j", code: 3, remoteTime: 1 },
    { type: "sessionEnded", reason: "interrupt" },
  ];
  const start: Start = () =>
    Promise.resolve(ok({
      state: { ...initialState(), plan },
      journal: "/j",
      ...progressReaders,
      toEnd(onEvent) {
        for (const event of events) onEvent(eventAt(event, 0));
        return Promise.resolve();
      },
    }));
  await main(["run", "hello.py"], environment, start);
  const { err } = environment.terminal.written;
  match(err, /^warning: another version .* running \(PID 1 on vm\)/m);
  match(err, /^task d1 failed: exit 3/m);
});

Deno.test("the command line to resume with is quoted for the shell", async () => {
  const environment = fakeEnvironment({
    tree: { "/work/my script.py": hello },
  });
  await main(
    ["run", "my script.py", "-q"],
    environment,
    endsWith({ type: "sessionEnded", reason: "interrupt" }),
  );
  match(
    environment.terminal.written.err,
    /Resume with: dpdisp run 'my script\.py' -q$/m,
  );
});

Deno.test("cancel finds a script's jobs even when its input files are missing", async () => {
  const gone = hello.replace(
    "# task_work_path",
    '# forward_files = ["gone.txt"]\n# task_work_path',
  );
  const environment = fakeEnvironment({ tree: { "/work/hello.py": gone } });
  const left = endsWith({ type: "sessionEnded", reason: "cancel" });
  strictEqual(await main(["run", "hello.py"], environment, left), 2);
  strictEqual(await main(["cancel", "hello.py"], environment, left), 0);
});
