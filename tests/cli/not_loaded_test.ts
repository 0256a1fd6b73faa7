import { doesNotMatch, match, strictEqual } from "node:assert/strict";
import { DPDISP, scriptText, withDirectory } from "../helpers/dpdisp.ts";

Deno.test("A library that is neither in the cache nor reachable is reported, and not as an internal error", () =>
  withDirectory(async (directory, env) => {
    await Deno.writeTextFile(`${directory}/s.py`, scriptText(""));
    const [program, run, ...words] = DPDISP;
    const { code, stderr } = await new Deno.Command(program!, {
      args: [run!, "--cached-only", ...words, "run", "s.py"],
      cwd: directory,
      env: { ...env, DENO_DIR: `${directory}/empty`, NO_COLOR: "1" },
    }).output();
    const err = new TextDecoder().decode(stderr);
    strictEqual(code, 3, err);
    match(
      err,
      /^error: Cannot load a part of dpdisp:\n[^]*not found in cache/,
    );
    doesNotMatch(err, /internal error|keep running/);
  }));
