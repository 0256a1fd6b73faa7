/**
 * Makes the executable and its launcher: `deno task compile [--output DIR] [--target TRIPLE]` writes DIR/dpdisp, which is what
 * users start, and DIR/dpdisp.bin beside it (DIR: dist). Without the code cache: that is a file in TMPDIR which any user of the
 * machine could plant.
 */
import { PERMISSIONS } from "./permissions.ts";

const [dir, rest] = takeOutput(Deno.args);
const launcher = new URL("dpdisp.sh", import.meta.url);
const flags = ["--exclude-unused-npm", "--no-code-cache", ...PERMISSIONS];
const output = ["--output", `${dir}/dpdisp.bin`];
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["compile", ...flags, ...output, ...rest, "main.ts"],
}).spawn().status;
if (code === 0) {
  await Deno.copyFile(launcher, `${dir}/dpdisp`);
  await Deno.chmod(`${dir}/dpdisp`, 0o755);
}
Deno.exit(code);

/** The directory to write to, and the other arguments, which are for `deno compile`. */
function takeOutput(args: readonly string[]): [string, readonly string[]] {
  const at = args.indexOf("--output");
  return at < 0
    ? ["dist", args]
    : [args[at + 1] ?? "dist", args.toSpliced(at, 2)];
}
