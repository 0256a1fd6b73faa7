import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { TaskRow } from "../../../src/model/config.ts";
import { sharedLogWarnings } from "../../../src/pipeline/plan/shared_logs.ts";
import { taskRow } from "../../helpers/config.ts";

/** What is said of these rows, each with its directories; row 0 is in line 10, row 1 in line 20 and so on. */
function warningsOf(
  ...rows: readonly (Partial<TaskRow> & { dirs: string[] })[]
) {
  const locate = (...path: readonly (string | number)[]) => ({
    file: "run.py",
    line: 10 * (Number(path[1]) + 1),
    column: 3,
  });
  const tasks = rows.map(({ dirs: _, ...row }) => taskRow(row));
  const warnings = sharedLogWarnings(
    { tasks },
    rows.map(({ dirs }) => dirs),
    locate,
  );
  return warnings.map(({ location, message }) =>
    `${location.line}: ${message.split("; ")[0]}`
  );
}

Deno.test("tasks of one directory that write to one file are one warning, with their lines and the files", () => {
  deepStrictEqual(
    warningsOf({ dirs: ["a"] }, { dirs: ["b"] }, { dirs: ["a"] }),
    [
      '30: the tasks at lines 10 and 30 write to the same files: "a/log" and "a/err"',
    ],
  );
});

Deno.test("tasks of one directory with separate logs, or with none, give no warning", () => {
  const own = { dirs: ["a"], out: "log2", err: "err2" };
  const none = { dirs: ["a"], out: null, err: null };
  deepStrictEqual(warningsOf({ dirs: ["a"] }, own, none, none), []);
  // A task may write all into one file.
  deepStrictEqual(warningsOf({ dirs: ["a"], out: "x", err: "./x" }, own), []);
});

Deno.test("two patterns that share many directories are one warning, another pair is another", () => {
  const dirs = Array.from({ length: 1000 }, (_, at) => `t${at}`);
  deepStrictEqual(
    warningsOf({ dirs }, { dirs }, { dirs: ["b"], out: "./x", err: null }, {
      dirs: ["b"],
      err: "x",
    }),
    [
      '20: the tasks at lines 10 and 20 write to the same files: "t0/log", "t0/err", "t1/log" and 1997 more',
      '40: the tasks at lines 30 and 40 write to the same files: "b/x"',
    ],
  );
});

Deno.test("of a thousand rows in one directory three are named", () => {
  const [only, ...others] = warningsOf(
    ...Array.from({ length: 1000 }, () => ({ dirs: ["."] })),
  );
  strictEqual(
    only,
    '10000: the tasks at lines 10, 20, 30 and 997 more write to the same files: "log" and "err"',
  );
  deepStrictEqual(others, []);
});
