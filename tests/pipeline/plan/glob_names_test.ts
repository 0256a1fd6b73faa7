import { deepStrictEqual } from "node:assert/strict";
import { globNames } from "../../../src/pipeline/plan/glob_names.ts";
import { taskRow } from "../../helpers/config.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import { diagnosticsOf } from "../../helpers/plan_of.ts";

const BAD = "w\udcff";
const SORRY = "names that are not UTF-8 cannot be used; rename them";

const found = (pattern: string, tree: Record<string, string>, base = "/b") =>
  globNames(pattern, base, memoryFiles({ "/b/": "", ...tree }));

Deno.test("names that are not UTF-8 are reported where a pattern matches them or would have to search them", () => {
  const tree = { [`/b/${BAD}/x/y`]: "", "/b/w1/x/y": "", "/b/other\udcff": "" };
  for (const pattern of ["w*", "w*/", "w*/x", "w*/*/y", "w?", "w*/x/"]) {
    deepStrictEqual(found(pattern, tree)!.nameless, [BAD], pattern);
  }
  for (const pattern of ["w1", "w1/*", "w[0-9]/", "*/", "x*"]) {
    const expected = pattern === "*/" ? [BAD] : [];
    deepStrictEqual(found(pattern, tree)!.nameless, expected, pattern);
  }
  deepStrictEqual(found("*", { [`/${BAD}`]: "" }, "/")!.nameless, [BAD]);
});

Deno.test("deep names are reported up to the first that is not UTF-8", () => {
  const tree = { [`/b/a/${BAD}/c\udcfe/d`]: "" };
  deepStrictEqual(found("a/*/*/d", tree)!.nameless, [`a/${BAD}`]);
});

Deno.test("each field that matches such a name is reported with its location, all at once", () => {
  const tree = {
    [`/work/${BAD}/in`]: "",
    "/work/w1/in": "",
    ...Object.fromEntries(
      ["r\udce8", "r\udce9"].map((name) => [`/work/w1/data/${name}`, ""]),
    ),
    "/work/w1/data/fine": "",
  };
  const rows = [
    taskRow({ dir: "w*" }),
    taskRow({ dir: "w1", inputs: ["data", "data/*", "in"] }),
  ];
  const found = diagnosticsOf({ tasks: rows, commonInputs: ["*/in"] }, tree);
  deepStrictEqual(found, [
    `forward_common_files.0: forward_common_files "*/in" matches "w\\xff": ${SORRY} (in directory ".")`,
    `task_list.0.task_work_path: task_work_path "w*" matches "w\\xff": ${SORRY}`,
    `task_list.1.forward_files.0: forward_files "data" cannot be staged: "/work/w1/data/r\\xe8", "/work/w1/data/r\\xe9": ${SORRY} (in directory "w1")`,
    `task_list.1.forward_files.1: forward_files "data/*" matches "data/r\\xe8", "data/r\\xe9": ${SORRY} (in directory "w1")`,
  ]);
});

Deno.test("a work base that links to a name that is not UTF-8 is an error, except where nothing is staged", () => {
  const tree = { [`/b/${BAD}/`]: "", "/work/in": { link: `/b/${BAD}` } };
  const inside = { workBase: "in" };
  deepStrictEqual(
    diagnosticsOf({ ...inside, machine: { context: "LocalContext" } }, tree),
    [
      `work_base: work_base "/work/in" resolves to "/b/w\\xff": ${SORRY}`,
    ],
  );
  deepStrictEqual(
    diagnosticsOf(
      { ...inside, machine: { context: "LazyLocalContext" } },
      tree,
    ),
    [],
  );
});

Deno.test("a task's directory that is a link to a path that is not UTF-8 is reported, unless nothing is written to it", () => {
  const tree = { [`/b/${BAD}/`]: "", "/work/t1": { link: `/b/${BAD}` } };
  const tasks = [taskRow({ dir: "t*" }), taskRow({ dir: "t1" })];
  deepStrictEqual(
    diagnosticsOf({ tasks, machine: { context: "SSHContext" } }, tree),
    [
      `task_list.0.task_work_path: task_work_path "t*" resolves to "/b/w\\xff": ${SORRY}`,
      `task_list.1.task_work_path: task_work_path "t1" resolves to "/b/w\\xff": ${SORRY}`,
    ],
  );
  deepStrictEqual(
    diagnosticsOf({ tasks, machine: { context: "LazyLocalContext" } }, tree),
    [],
  );
});
