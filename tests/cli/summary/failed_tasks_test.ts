import { runFinished } from "../../helpers/events.ts";
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { EventData } from "../../../src/model/event.ts";
import {
  eventsOfTask,
  planOfTasks,
  summaryOf,
} from "../../helpers/run_events.ts";

const failed = runFinished("failed", { duration: 61 });

Deno.test("a task that was killed is described with its signal, host, command and the end of its log", () => {
  const plan = planOfTasks(2);
  const long = Array.from({ length: 30 }, (_, at) => `line ${at}`).join("\n");
  const lines = summaryOf({
    plan,
    events: [...eventsOfTask(plan, 0, 0), ...eventsOfTask(plan, 1, 137)],
    ending: failed,
    tree: { "/work/t1/err": `${long}\n` },
  });
  deepStrictEqual(lines, [
    "task t1 failed: exit 137: killed (signal 9), on node7",
    "  command: python3",
    "  /work/t1/err ends with:",
    ...Array.from({ length: 10 }, (_, at) => `    | line ${at + 20}`),
    "results are in /work",
    "to retry the failed tasks: dpdisp run hello.py",
    "hello.py: FAILED: 1 of 2 tasks failed, 1 succeeded (1 min 1 s)",
  ]);
});

Deno.test("a task that a limit of its job ended is described with that limit, and what to request", () => {
  const plan = planOfTasks(1);
  for (
    const [kind, words, field] of [
      ["timeLimit", "exceeded its time limit (TIMEOUT)", /resources\.walltime/],
      ["outOfMemory", "ran out of memory (TIMEOUT)", /resources\.memory/],
    ] as const
  ) {
    const events = eventsOfTask(plan, 0, 143).map((event): EventData =>
      event.type === "jobEnded"
        ? { ...event, reason: { kind, message: "TIMEOUT" } }
        : event
    );
    const lines = summaryOf({ plan, events, ending: failed, tree: {} });
    match(
      lines[0]!,
      /^task t0 failed: exit 143: terminated \(signal 15\); its job j0 \(1000\) /,
    );
    ok(lines[0]!.includes(words), lines[0]);
    ok(lines.some((line) => field.test(line)), lines.join("\n"));
  }
});

Deno.test("after an earlier attempt the summary says that the log has the output of each attempt", () => {
  const plan = planOfTasks(1);
  const tree = { "/work/t0/err": "no convergence\n" };
  const task = plan.tasks[0]!.key;
  const [begun, started, exited, ended, gaveUp] = eventsOfTask(plan, 0, 1);
  const first = [begun!, started!, exited!, ended!];
  const again: readonly EventData[] = [
    { type: "jobCreated", job: "j1", tasks: [task], supersedes: ["j0"] },
    { type: "jobSubmitted", job: "j1", id: "1001" },
    ...first.map((
      event,
    ): EventData => ({ ...event, job: "j1" } as EventData)),
  ];
  const introOf = (events: readonly EventData[]) =>
    summaryOf({ plan, events: [...events, gaveUp!], ending: failed, tree })[2];
  strictEqual(introOf(first), "  /work/t0/err ends with:");
  strictEqual(
    introOf([...first, ...again]),
    "  /work/t0/err (each attempt appends to it) ends with:",
  );
});

Deno.test("where the error log is empty the other log is shown, where no log was collected its path is", () => {
  const plan = planOfTasks(2);
  const lines = summaryOf({
    plan,
    events: [...eventsOfTask(plan, 0, 1), ...eventsOfTask(plan, 1, 1)],
    ending: failed,
    tree: {
      "/work/t0/err": "",
      "/work/t0/log": "a\x1b[31m\u0007b\rlast bar\n",
    },
  });
  ok(lines.includes("  /work/t0/log ends with:"));
  ok(lines.includes("    | last bar"));
  ok(
    lines.includes(
      "  its log, if any, is /work/t1/err",
    ),
  );
});

Deno.test("a file of the user with the name of a log is not quoted as a log that was not collected", () => {
  const plan = { ...planOfTasks(2), remoteDir: "/far" };
  const [first, second] = plan.tasks;
  const lines = summaryOf({
    plan,
    events: [
      ...eventsOfTask(plan, 0, 1),
      ...eventsOfTask(plan, 1, 1),
      {
        type: "collected",
        results: [
          {
            task: first!.key,
            files: [{ path: "t0/err.dpdisp", bytes: 5, modified: 0 }],
            missing: [],
            renamedLogs: [{ path: "t0/err", savedAs: "t0/err.dpdisp" }],
          },
          { task: second!.key, files: [], missing: [] },
        ],
      },
    ],
    ending: failed,
    tree: {
      "/work/t0/err": "mine",
      "/work/t0/err.dpdisp": "came",
      "/work/t1/err": "mine",
    },
  });
  ok(lines.includes("    | came"), lines.join("\n"));
  ok(!lines.includes("    | mine"), lines.join("\n"));
  ok(lines.some((line) => line.includes("its log, if any, is /far/t1/err")));
});

Deno.test("where python is called python3 the line to write is suggested", () => {
  const plan = planOfTasks(1, {
    tasks: [{
      name: null,
      command: "python -u",
      dir: "t*",
      inputs: [],
      outputs: [],
      out: "log",
      err: "err",
    }],
  });
  const lines = summaryOf({
    plan,
    events: eventsOfTask(plan, 0, 127, "python3"),
    ending: failed,
    tree: { "/work/t0/err": "bash: line 1: python: command not found\n" },
  });
  strictEqual(
    lines.at(-3),
    '  python was not found, but python3 was: set command = "python3 -u"',
  );
});

Deno.test("the command that a shell did not find is named, not the first word of the line", () => {
  const plan = planOfTasks(1, {
    tasks: [{
      name: null,
      command: "cd x && mpirun",
      dir: "t*",
      inputs: [],
      outputs: [],
      out: "log",
      err: "err",
    }],
  });
  for (
    const output of [
      "/bin/sh: 1: mpirun: not found",
      "run.sh: line 3: mpirun: command not found",
    ]
  ) {
    const lines = summaryOf({
      plan,
      events: eventsOfTask(plan, 0, 127),
      ending: failed,
      tree: { "/work/t0/err": output },
    });
    ok(lines.at(-3)!.startsWith("  mpirun was not found: "), lines.join("\n"));
  }
});

Deno.test("a task whose job ran out of memory is described so, and without a number of attempts", () => {
  const plan = planOfTasks(1);
  const task = plan.tasks[0]!.key;
  const [begun, started] = eventsOfTask(plan, 0, 0);
  const events: readonly EventData[] = [
    begun!,
    started!,
    {
      type: "jobEnded",
      job: "j0",
      reason: { kind: "outOfMemory", message: "OUT_OF_MEMORY" },
    },
    { type: "taskFailed", task, code: null },
  ];
  strictEqual(
    summaryOf({ plan, events, ending: failed })[0],
    "task t0 failed: its job j0 (1000) ran out of memory (OUT_OF_MEMORY), on node7",
  );
});

Deno.test("a task that never started is described with the output of its job, not with a log of an earlier run", () => {
  const plan = planOfTasks(1);
  const task = plan.tasks[0]!.key;
  const gaveUpOver = (
    cause: Extract<EventData, { type: "jobEnded" }>["reason"],
  ): readonly EventData[] => [
    { type: "jobEnded", job: "j0", reason: cause },
    { type: "taskFailed", task, code: null },
  ];
  const out = `${plan.remoteDir}/.dpdisp/${plan.runKey}/out/j0`;
  const old = { "/work/t0/err": "an error of last week\n" };
  const refused = gaveUpOver({ kind: "rejected", message: "Invalid account" });
  deepStrictEqual(
    summaryOf({
      plan,
      events: refused,
      ending: failed,
      tree: { ...old, [out]: "bash: module: not found\n" },
    }).slice(0, 4),
    [
      "task t0 failed: its job j0 (1000) was rejected by the batch system (Invalid account)",
      "  command: python3",
      `  ${out} ends with:`,
      "    | bash: module: not found",
    ],
  );
  const script = gaveUpOver({ kind: "completed" });
  const nothing = summaryOf({
    plan,
    events: script,
    ending: failed,
    tree: old,
  });
  strictEqual(nothing[0], "task t0 failed: it never started");
  strictEqual(
    nothing[2],
    `  the output of its job, if any, is in ${out}`,
  );
  const empty = summaryOf({
    plan,
    events: script,
    ending: failed,
    tree: { [out]: "" },
  });
  strictEqual(empty[2], `  its job wrote nothing to ${out}`);
});

Deno.test("the output of a job on another host is not looked for on this computer", () => {
  const plan = planOfTasks(1, {
    machine: { context: "SSHContext", remoteRoot: "/scratch" },
  });
  const out = `${plan.remoteDir}/.dpdisp/${plan.runKey}/out/j0`;
  const lines = summaryOf({
    plan,
    events: [
      { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
      { type: "taskFailed", task: plan.tasks[0]!.key, code: null },
    ],
    ending: failed,
    tree: { [out]: "of another machine" },
  });
  strictEqual(
    lines[2],
    `  the output of its job, if any, is in ${out} on the remote host`,
  );
});

Deno.test("only what the last attempt wrote is shown, and tracebacks have the script's own name", () => {
  const plan = planOfTasks(1);
  const old = "SyntaxError: of another script\n";
  const shownOf = (err: string, log: string) =>
    summaryOf({
      plan,
      events: eventsOfTask(plan, 0, 1).map((event): EventData =>
        event.type === "taskStarted"
          ? { ...event, logBytes: { stdout: 3, stderr: old.length } }
          : event
      ),
      ending: failed,
      tree: { "/work/t0/err": err, "/work/t0/log": log },
    }).slice(2, -2);
  const traceback = `File "${plan.remoteDir}/${plan.script.name}", line 3\n`;
  deepStrictEqual(shownOf(`${old}${traceback}in ${plan.script.name}\n`, ""), [
    "  /work/t0/err ends with:",
    `    | File "${plan.config.script.path}", line 3`,
    "    | in hello.py",
  ]);
  deepStrictEqual(shownOf(old, "1\n\nnew\n"), [
    "  /work/t0/log ends with:",
    "    | new",
  ]);
  deepStrictEqual(shownOf(old, "1\n\n"), [
    "  this attempt wrote nothing to /work/t0/err and /work/t0/log",
  ]);
  // The task wrote its log anew.
  deepStrictEqual(shownOf("new\n", ""), [
    "  /work/t0/err ends with:",
    "    | new",
  ]);
});

Deno.test("a task that failed twice in the same way is said not to be retried, and when it failed", () => {
  const plan = planOfTasks(1);
  const lastingError = "SyntaxError: invalid syntax";
  const attempt = (job: string) =>
    eventsOfTask(plan, 0, 1).filter(({ type }) => type !== "taskFailed")
      .map((event): EventData => {
        const named = "job" in event ? { ...event, job } : event;
        return named.type === "taskExited"
          ? { ...named, lastingError } as EventData
          : named as EventData;
      });
  const task = plan.tasks[0]!.key;
  const again: EventData = {
    ...{ type: "jobCreated", job: "j1", tasks: [task] },
    supersedes: ["j0"],
  };
  const lines = summaryOf({
    plan,
    events: [
      ...attempt("j0"),
      again,
      ...attempt("j1"),
      { type: "taskFailed", task, code: 1 },
    ],
    ending: failed,
    tree: { "/work/t0/err": `${lastingError}\n` },
  });
  strictEqual(lines[0], "task t0 failed: exit 1, on node7");
  ok(
    lines.some((line) =>
      /^ {2}it failed twice in the same way, [\d.]+ s after its start; not retried$/
        .test(line)
    ),
    lines.join("\n"),
  );
});
