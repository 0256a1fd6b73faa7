import { deepStrictEqual } from "node:assert/strict";
import {
  jobPath,
  lockPath,
  outPath,
  recordPath,
  runDirectory,
  supersededPath,
} from "../../src/script/remote_layout.ts";

Deno.test("What belongs to a job is found by its name, and of an element by its number too", () => {
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
