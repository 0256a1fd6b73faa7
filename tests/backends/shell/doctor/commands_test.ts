import { deepStrictEqual } from "node:assert/strict";
import { checkIs, runDoctor } from "../../../helpers/doctor_fixture.ts";

Deno.test("A command that a login shell does not find is a warning that says what was not applied", async () => {
  const { named } = await runDoctor({ command: "no-such-command -x" });
  checkIs(
    named("command"),
    "warn",
    /^no-such-command: not found by a plain `bash -l`/,
    /task_list\.command/,
  );
  const resources = { moduleLoad: ["python"] };
  const loaded = await runDoctor({
    command: "no-such-command",
    config: { resources },
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
