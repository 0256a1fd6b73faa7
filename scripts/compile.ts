/**
 * Makes the single executable: `deno task compile [--output FILE] [--target TRIPLE]`.
 * Without the code cache: that is a file in TMPDIR which any user of the
 * machine could plant.
 */
const flags = [
  "--exclude-unused-npm",
  "--no-code-cache",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-sys",
  "--allow-run",
  "--no-prompt",
];

const output = Deno.args.some((arg) => arg.startsWith("--output"))
  ? []
  : ["--output", "dist/dpdisp"];
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["compile", ...flags, ...output, ...Deno.args, "main.ts"],
}).spawn().status;
Deno.exit(code);
