import { deepStrictEqual } from "node:assert/strict";
import {
  jobPath,
  lockPath,
  outPath,
  recordPath,
  runDirectory,
  supersededPath,
} from "../../src/script/remote_layout.ts";

Deno.test("The files of a job are found by its name, and those of an element by its index", () => {
  deepStrictEqual(
    [
      runDirectory("/r", "k"),
      runDirectory("/", "k"),
      jobPath("j"),
      supersededPath("j"),
      outPath("j"),
      lockPath("j"),
      lockPath("j", 0),
      recordPath("j"),
      recordPath("j", 3),
    ],
    [
      "/r/.dpdisp/k",
      "/.dpdisp/k",
      "jobs/j.sh",
      "superseded/j",
      "out/j",
      "locks/j",
      "locks/j.0",
      "records/j",
      "records/j.3",
    ],
  );
});
