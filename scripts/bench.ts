/** Runs every program of bench/, one after the other: `deno task bench [NAME …]`. */
const folder = new URL("../bench/", import.meta.url);
const all = Array.from(Deno.readDirSync(folder), ({ name }) => name)
  .filter((name) => name.endsWith(".ts") && name !== "measure.ts").sort();
const wanted = Deno.args.length > 0
  ? Deno.args.map((name) => `${name}.ts`)
  : all;

const codes: number[] = [];
for (const name of wanted) {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", `${import.meta.dirname}/../bench/${name}`],
  }).spawn().status;
  codes.push(code);
}
Deno.exit(Math.max(0, ...codes));
