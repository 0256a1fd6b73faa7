import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { shell } from "../../src/schedulers/shell.ts";

const reply = (code: number, stdout: string, stderr = "") => ({
  code,
  stdout,
  stderr,
});

Deno.test("The launcher's line is the id, whatever a login banner prints around it", () => {
  const id = "node-1:0f-3a:4711:8822";
  const said = `Welcome: to node\n${id}\nbye: 12:30:45\n`;
  deepStrictEqual(shell.parseSubmit(reply(0, said)), {
    outcome: "accepted",
    id,
  });
  deepStrictEqual(shell.parseSubmit(reply(1, `${id}\n`)), {
    outcome: "accepted",
    id,
  });
  deepStrictEqual(
    shell.parseSubmit(reply(0, "h:b:7:Sun_Nov_22_12:00:00_2026")),
    { outcome: "accepted", id: "h:b:7:Sun_Nov_22_12:00:00_2026" },
  );
});

Deno.test("Without an id a job may run, unless there was no bash or no process", () => {
  const answers = [
    [127, "bash: not found", "rejected"],
    [0, "", "unconfirmed"],
    // A full disk: neither the id nor the error message could be written.
    [1, "", "unconfirmed"],
    [
      1,
      "bash: line 12: echo: write error: No space left on device",
      "unconfirmed",
    ],
    [
      254,
      "bash: fork: retry: Resource temporarily unavailable\nbash: fork: Resource temporarily unavailable",
      "queueFull",
    ],
    [2, "sh: 1: Cannot fork", "queueFull"],
  ] as const;
  for (const [code, said, outcome] of answers) {
    deepStrictEqual(
      shell.parseSubmit(reply(code, "", said)),
      { outcome },
      said,
    );
  }
});

Deno.test("A poll has a state for each job, and is no list that shows absence", () => {
  const said =
    "banner\nh:b:1:2 running\nh:b:2:3 ended\ng:b:3:4 other_host it was started on g\n";
  const { entries, isComplete } = shell.parsePoll(reply(0, said));
  strictEqual(isComplete, false);
  deepStrictEqual([...entries], [
    ["h:b:1:2", { nativeState: "running" }],
    ["h:b:2:3", { nativeState: "ended" }],
    ["g:b:3:4", { nativeState: "other_host", reason: "it was started on g" }],
  ]);
  deepStrictEqual(
    ["running", "stopped", "ended"].map((word) => shell.states[word]),
    [
      "running",
      "suspended",
      "ended",
    ],
  );
  strictEqual(Object.hasOwn(shell.states, "other_host"), false);
});
