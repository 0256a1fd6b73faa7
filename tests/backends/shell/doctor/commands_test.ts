import { deepStrictEqual } from "node:assert/strict";
import { checkIs, runDoctor } from "../../../helpers/doctor_fixture.ts";

/** Where jobs run in a login shell. */
const batch = { machine: { scheduler: "Slurm" } } as const;

Deno.test("A command that a login shell does not find is a warning that says what was not applied", async () => {
  const { named } = await runDoctor({
    command: "no-such-command -x",
    config: batch,
  });
  checkIs(
    named("command"),
    "warn",
    /^no-such-command: not found by a plain `bash -l`/,
    /task_list\.command/,
  );
  const resources = { moduleLoad: ["python"] };
  const loaded = await runDoctor({
    command: "no-such-command",
    config: { ...batch, resources },
  });
  checkIs(
    loaded.named("command"),
    "warn",
    /no-such-command/,
    /^module_list and source_list were not applied/,
  );
  checkIs(
    (await runDoctor({ command: "cd a && x" })).named("command"),
    "ok",
    /^cd$/,
  );
  for (const command of ["./mine.sh", "A=1 no-such", "$X y", "(a)"]) {
    deepStrictEqual(
      (await runDoctor({ command })).named("command"),
      [],
      command,
    );
  }
});

Deno.test("Jobs of batch type Shell on this machine find commands as the command itself does", async () => {
  const programs = { "only-here": "exit 0" };
  const { named } = await runDoctor({ command: "only-here", programs });
  checkIs(named("command"), "ok", /only-here$/);
  const missing = await runDoctor({ command: "no-such-command" });
  checkIs(
    missing.named("command"),
    "warn",
    /^no-such-command: not found on PATH/,
  );
});
