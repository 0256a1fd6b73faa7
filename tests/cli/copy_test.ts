/** The copy of a script, as the task that runs it reads it. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { scriptText, withDirectory } from "../helpers/dpdisp.ts";
import { namesIn } from "../helpers/remote_dir.ts";

const CODE = `import json, os, sys, traceback
text = open(__file__).read()
mode = oct(os.stat(__file__).st_mode & 0o777)
try:
    raise ValueError
except ValueError as error:
    line = error.__traceback__.tb_lineno
json.dump([mode, line, text], open("seen", "w"))`;

const CONTEXTS = [
  'context_type = "LazyLocalContext"',
  'context_type = "LocalContext"\n# remote_root = "far"',
];

for (const context of CONTEXTS) {
  Deno.test(`the copy is readable by the user only and has no metadata: ${context}`, () =>
    withDirectory(async (directory, env) => {
      const script = scriptText(CODE)
        .replace('context_type = "LazyLocalContext"', context)
        .replace(
          '# task_work_path = "./"',
          '# task_work_path = "./"\n# backward_files = ["seen"]',
        );
      await Deno.writeTextFile(`${directory}/hello.py`, script);
      const { code, stderr } = await new Deno.Command("sh", {
        // With this umask others may read every file that dpdisp does not protect.
        args: ["-c", 'umask 0; exec dpdisp run "$0"', "hello.py"],
        cwd: directory,
        env,
      }).output();
      strictEqual(code, 0, new TextDecoder().decode(stderr));
      const [mode, line, copy] = JSON.parse(
        await Deno.readTextFile(`${directory}/seen`),
      );
      const lines = script.split("\n");
      deepStrictEqual([mode, line], [
        "0o600",
        lines.indexOf("    raise ValueError") + 1,
      ]);
      const close = lines.indexOf("# ///");
      deepStrictEqual(
        copy.split("\n"),
        lines.map((text, i) => i > 0 && i < close ? "#" : text),
      );
      const left = namesIn(directory).filter((name) =>
        name.startsWith("script_")
      );
      deepStrictEqual(left, []);
    }));
}
