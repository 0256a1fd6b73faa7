import { deepStrictEqual } from "node:assert/strict";
import { outsideInputs } from "../../../src/pipeline/plan/outside_inputs.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import { planFor } from "../../helpers/submission.ts";
import type { Input } from "../../../src/model/plan.ts";

function outside(
  base: string,
  inputs: readonly string[],
  tree: Parameters<typeof memoryFiles>[0],
) {
  const files = memoryFiles(tree);
  const put = (to: string): Input => ({
    ...{ localPath: `${base}/${to}`, remotePath: to, bytes: 1 },
    isDirectory: files.stat(`${base}/${to}`)?.kind === "directory",
  });
  const plan = { ...planFor({ root: "/r", base }), tasks: [] };
  return outsideInputs({ ...plan, commonInputs: inputs.map(put) }, files)
    .map(({ input, path }) => `${input} ${path}`);
}

Deno.test("inputs in the work base are not listed, however they are reached", () => {
  deepStrictEqual(
    outside("/link", ["a", "d", "b"], {
      "/link": { link: "/work" },
      "/work/a": "x",
      "/work/b": { link: "/work/a" },
      "/work/d/e/f": "x",
      "/work/d/g": { link: "/work/a" },
      "/work/d/up": { link: "/work/d/e" },
    }),
    [],
  );
});

Deno.test("links out of the work base are listed with their targets, in directories too", () => {
  deepStrictEqual(
    outside("/work", ["a", "d", "t/x", "same"], {
      "/home/key": "x",
      "/home/data/one": "x",
      "/work2/one": "x",
      "/work/a": { link: "/work/b" },
      "/work/b": { link: "/home/key" },
      "/work/d/e/f": { link: "/home/data" },
      "/work/d/g": "x",
      "/work/t": { link: "/home/data" },
      "/work/t/x": { link: "/home/key" },
      "/work/same": { link: "/work2/one" },
    }),
    [
      "a /home/key",
      "d/e/f /home/data",
      "same /work2/one",
    ],
  );
});

Deno.test("a nested directory that leads out is listed for each input", () => {
  deepStrictEqual(
    outside("/work", ["t/one", "loop"], {
      "/home/data/one": "x",
      "/work/t": { link: "/home/data" },
      "/work/loop/again": { link: "/work/loop" },
    }),
    ["t/one /home/data/one"],
  );
});
