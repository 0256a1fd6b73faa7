import { deepStrictEqual } from "node:assert/strict";
import {
  copiesOf,
  jobPath,
  outPath,
  runDirectory,
} from "../../src/script/remote_layout.ts";

Deno.test("What belongs to a job is found by its name, and of an element by its number too", () => {
  deepStrictEqual(
    [
      ...[
        runDirectory("/r", "k"),
        runDirectory("/", "k"),
        jobPath("j"),
        outPath("j"),
      ],
      ...[...copiesOf("j", 0), ...copiesOf("j", 2)],
    ],
    [
      ...["/r/.dpdisp/k", "/.dpdisp/k", "jobs/j.sh", "out/j"],
      ...["j", "j.0", "j.1"],
    ],
  );
});
