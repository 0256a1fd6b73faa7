/**
 * Writes what is derived from src: the JSON Schemas, the reference page, the
 * registries of schedulers and contexts, and the shell texts as constants. With `--check` it only compares,
 * names what is stale and exits 1.
 */
import { eventSchema } from "./event_schema.ts";
import { sshConfigPage } from "./ssh_config_page.ts";
import { scriptSchema } from "../src/schema/json_schema.ts";
import { referencePage } from "../src/schema/reference_page.ts";

const root = new URL("../", import.meta.url);

/** Every derived file and its text before formatting; one line each. */
const derived: Readonly<Record<string, () => string | Promise<string>>> = {
  "schemas/script.json": () => JSON.stringify(scriptSchema()),
  "schemas/event.json": eventSchema,
  "docs/reference.md": referencePage,
  "docs/ssh_config.md": sshConfigPage,
  "src/schedulers/mod.ts": () =>
    registry("schedulers", "src/schedulers/", isScheduler),
  "src/contexts/mod.ts": () => registry("contexts", "src/contexts/", isContext),
  "src/script/runner/shell_texts.ts": () => shellTexts("src/script/runner/"),
};

function isScheduler(value: object): boolean {
  return "directives" in value && typeof value.directives === "function";
}

function isContext(value: object): boolean {
  return "canCompress" in value && typeof value.canCompress === "function";
}

/** Plain static imports of what a directory's files export: a compiled program sees no others. */
async function registry(
  name: string,
  directory: string,
  belongs: (value: object) => boolean,
): Promise<string> {
  const url = new URL(directory, root);
  const found = await Promise.all(
    sourcesIn(url).map(async (file) => ({
      file,
      names: await exportsOf(new URL(file, url), belongs),
    })),
  );
  const used = found.filter(({ names }) => names.length > 0)
    .toSorted((a, b) => a.names[0]! < b.names[0]! ? -1 : 1);
  return [
    "/** Written by scripts/gen.ts from the files of this directory; do not edit. */",
    ...used.map(({ file, names }) =>
      `import { ${names.join(", ")} } from "./${file}";`
    ),
    "",
    `export const ${name} = [${
      used.flatMap(({ names }) => names).join(", ")
    }] as const;`,
  ].join("\n");
}

/** Shell files as constants: they are edited and checked as shell, and need no reading at run time. */
function shellTexts(directory: string): string {
  const url = new URL(directory, root);
  const files = Array.from(Deno.readDirSync(url), ({ name }) => name)
    .filter((name) => name.endsWith(".sh")).sort();
  return [
    "/** Written by scripts/gen.ts from the shell files of this directory; do not edit. */",
    ...files.map((file) => {
      const text = Deno.readTextFileSync(new URL(file, url));
      return `export const ${file.slice(0, -3)} = ${JSON.stringify(text)};`;
    }),
  ].join("\n");
}

/** Files of the directory and of the directories in it; the directory's own mod.ts is what is written. */
function sourcesIn(directory: URL): readonly string[] {
  return Array.from(Deno.readDirSync(directory)).flatMap(
    ({ name, isDirectory }) =>
      isDirectory
        ? Array.from(
          Deno.readDirSync(new URL(`${name}/`, directory)),
          (inner) => `${name}/${inner.name}`,
        )
        : name === "mod.ts"
        ? []
        : [name],
  ).filter((file) => file.endsWith(".ts")).sort();
}

/** Names of the exports that belong; a file that cannot be loaded is told and left out. */
async function exportsOf(
  url: URL,
  belongs: (value: object) => boolean,
): Promise<readonly string[]> {
  try {
    const module: Readonly<Record<string, unknown>> = await import(url.href);
    return Object.keys(module).filter((name) => {
      const value = module[name];
      return typeof value === "object" && value !== null && belongs(value);
    }).sort();
  } catch (error) {
    say(`left out ${url.pathname.split("/").at(-1)}: ${error}`);
    return [];
  }
}

async function formatted(path: string, text: string): Promise<string> {
  const extension = path.split(".").at(-1)!;
  const fmt = new Deno.Command(Deno.execPath(), {
    args: ["fmt", `--ext=${extension}`, "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = fmt.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { stdout, success } = await fmt.output();
  if (!success) throw new Error(`deno fmt does not take ${path}`);
  return new TextDecoder().decode(stdout);
}

async function present(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(new URL(path, root));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function main(args: readonly string[]): Promise<number> {
  const stale: string[] = [];
  for (const [path, make] of Object.entries(derived)) {
    const text = await formatted(path, await make());
    if (text === await present(path)) continue;
    stale.push(path);
    if (!args.includes("--check")) {
      await Deno.writeTextFile(new URL(path, root), text);
      say(`wrote ${path}`);
    }
  }
  if (!args.includes("--check") || stale.length === 0) return 0;
  for (const path of stale) say(`${path} is stale; run deno task gen`);
  return 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
