import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  backendKinds,
  contextsOf,
  filesAt,
} from "../../src/schema/backend_kinds.ts";
import {
  type BatchName,
  batchTypes,
  contexts,
} from "../../src/schema/names.ts";
import { schedulers } from "../../src/schedulers/mod.ts";

Deno.test("each batch type and each context is in one row", () => {
  const rows = Object.values(backendKinds);
  deepStrictEqual(
    rows.flatMap((kind) => kind.batchTypes).toSorted(),
    Object.keys(batchTypes).toSorted(),
  );
  deepStrictEqual(
    rows.flatMap((kind) => Object.keys(kind.contexts)).toSorted(),
    Object.keys(contexts).toSorted(),
  );
});

Deno.test("shells carry nine batch types, each with a scheduler, and each cloud its own", () => {
  const pairs = (Object.keys(batchTypes) as BatchName[]).flatMap((batch) =>
    contextsOf(batch).map((context) => [batch, context])
  );
  strictEqual(pairs.length, 9 * 3 + 3);
  deepStrictEqual(contextsOf("DistributedShell"), ["HDFSContext"]);
  strictEqual(contextsOf("Slurm").includes("HDFSContext"), false);
  deepStrictEqual(
    backendKinds.shell.batchTypes.toSorted(),
    schedulers.map(({ name }) => name).toSorted(),
  );
});

Deno.test("files are in the work base, in a copy on this machine, or on another machine", () => {
  strictEqual(filesAt("LazyLocalContext"), "local directory");
  strictEqual(filesAt("LocalContext"), "local copy");
  strictEqual(filesAt("SSHContext"), "elsewhere");
  strictEqual(filesAt("BohriumContext"), "elsewhere");
});
