import { doesNotMatch, match, strictEqual } from "node:assert/strict";
import { DPDISP, scriptText, withFolder } from "../helpers/dpdisp.ts";

Deno.test("A library that is neither in the cache nor reachable is reported, and not as an internal error", () =>
  withFolder(async (folder, env) => {
    await Deno.writeTextFile(`${folder}/s.py`, scriptText(""));
    const [program, run, ...words] = DPDISP;
    const { code, stderr } = await new Deno.Command(program!, {
      args: [run!, "--cached-only", ...words, "run", "s.py"],
      cwd: folder,
      env: { ...env, DENO_DIR: `${folder}/empty`, NO_COLOR: "1" },
    }).output();
    const err = new TextDecoder().decode(stderr);
    strictEqual(code, 3, err);
    match(
      err,
      /^error: Cannot load a part of dpdisp:\n[^]*not found in cache/,
    );
    doesNotMatch(err, /internal error|keep running/);
  }));
