/** Output that cannot be written, with the whole program. */
import { match, strictEqual } from "node:assert/strict";
import { scriptText, withDirectory } from "../helpers/dpdisp.ts";

/** Runs a line of shell that ends with the exit code of dpdisp. */
async function runBy(
  text: string,
  directory: string,
  env: Record<string, string>,
): Promise<{ readonly code: number; readonly err: string }> {
  const { code, stderr } = await new Deno.Command("bash", {
    args: ["-c", text],
    cwd: directory,
    env,
  }).output();
  return { code, err: new TextDecoder().decode(stderr) };
}

const BODY = `import time
time.sleep(1)
open("runs", "a").write("x")
print("hello")`;

Deno.test({
  name:
    "where events cannot be written the session ends, and the same command resumes the run",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withDirectory(async (directory, env) => {
      await Deno.writeTextFile(`${directory}/s.py`, scriptText(BODY));
      const full = await runBy(
        "dpdisp run --json s.py >/dev/full",
        directory,
        env,
      );
      strictEqual(full.code, 3, full.err);
      match(full.err, /standard output: No space left on device/);
      const closed = await runBy(
        `dpdisp run --json s.py | python3 -c '
import json, sys
for line in sys.stdin:
    if json.loads(line)["type"] == "jobSubmitted": break
'; exit "\${PIPESTATUS[0]}"`,
        directory,
        env,
      );
      strictEqual(closed.code, 3, closed.err);
      match(closed.err, /1 job keeps running\. Resume with: /);
      match(closed.err, /standard output: Broken pipe/);
      const again = await runBy("dpdisp run s.py", directory, env);
      strictEqual(again.code, 0, again.err);
      // The command attached to the job, and did not submit it a second time.
      strictEqual(await Deno.readTextFile(`${directory}/runs`), "x");
    }),
});

Deno.test({
  name: "messages that cannot be written do not stop a run",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withDirectory(async (directory, env) => {
      await Deno.writeTextFile(`${directory}/s.py`, scriptText("print(1)"));
      for (const end of ["2>/dev/full", "2>&-", "2> >(exit)", ">&-"]) {
        const { code, err } = await runBy(
          `dpdisp run s.py ${end}`,
          directory,
          env,
        );
        strictEqual(code, 0, `${end}: ${err}`);
      }
    }),
});
