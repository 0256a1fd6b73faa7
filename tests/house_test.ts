/** The shape of the house: who may look at whom, and who may touch the outside. */
import { deepStrictEqual } from "node:assert/strict";

const src = new URL("../src/", import.meta.url);

/** From the ground up: a file takes values only from its own floor or one below. */
const floors: readonly (readonly [floor: string, files: RegExp])[] = [
  ["text", /^(text\/|result\.|error\.|version\.|world\.)/],
  ["nouns", /^(job\.|config\.|event\.|schema\/)/],
  ["shell text", /^(script|schedulers)\//],
  [
    "stages",
    /^(parse|validate|plan|pins|digests|key|pack|stage|submit|poll|survey|collect|progress|step|ending|decide|next|journal|reuse|deleted)\b/,
  ],
  ["loop", /^(act|lanes|notifier|drive|session)\b/],
  ["outside", /^(contexts|backends|world)\//],
  ["command line", /^cli\//],
];

/** What reaches out of the program, by the names it goes by. */
const EFFECTS =
  /\b(Deno\.|process\.(?!ts\b)|console\.|fetch\(|Date\.now|new Date\(\)|Math\.random|crypto\.getRandom|performance\.|setTimeout|setInterval|navigator\.|localStorage)/;

function filesIn(folder: URL): readonly string[] {
  return Array.from(Deno.readDirSync(folder)).flatMap(({ name, isDirectory }) =>
    isDirectory
      ? filesIn(new URL(`${name}/`, folder))
      : [new URL(name, folder).pathname.slice(src.pathname.length)]
  ).filter((path) => path.endsWith(".ts") && path !== GENERATED);
}

/** Shell text as constants, from which any word may come. */
const GENERATED = "script/runner/shell_texts.ts";

function floorOf(path: string): number {
  const floor = floors.findIndex(([, files]) => files.test(path));
  if (floor < 0) {
    throw new Error(`${path} is on no floor: add it to the list above`);
  }
  return floor;
}

/** The text without comments: what they name is not touched. */
function codeOf(path: string): string {
  const text = Deno.readTextFileSync(new URL(path, src));
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** Files of src that a file takes more than types from. */
function valueImports(path: string): readonly string[] {
  const imports = codeOf(path).matchAll(
    /^(?:import|export)\s+(?!type\b)([^;]*?)\bfrom\s+"(\.[^"]+)"/gms,
  );
  return [...imports].flatMap(([, names, from]) => {
    const listed = names!.match(/\{([^]*)\}/)?.[1]?.split(",").map((name) =>
      name.trim()
    ).filter(Boolean);
    if (listed?.every((name) => name.startsWith("type "))) return [];
    const target = new URL(from!, new URL(path, src)).pathname;
    return target.startsWith(src.pathname)
      ? [target.slice(src.pathname.length)]
      : [];
  });
}

Deno.test("imports of values run one way: down", () => {
  const upward = filesIn(src).flatMap((path) =>
    valueImports(path)
      .filter((target) => floorOf(target) > floorOf(path))
      .map((target) => `${path} -> ${target}`)
  );
  deepStrictEqual(upward, []);
});

Deno.test("only contexts, backends, world and cli touch the outside", () => {
  const outside = floors.findIndex(([name]) => name === "outside");
  const touching = filesIn(src)
    .filter((path) => floorOf(path) < outside)
    .flatMap((path) => {
      const found = codeOf(path).match(EFFECTS)?.[0];
      return found ? [`${path}: ${found}`] : [];
    });
  deepStrictEqual(touching, []);
});

Deno.test("one file writes to stdout and stderr, and one commands a terminal", () => {
  const holding = (pattern: RegExp) =>
    filesIn(src).filter((path) => pattern.test(codeOf(path)));
  deepStrictEqual(
    holding(/\b(Deno|process)\.(stdout|stderr)\b|\bconsole\./),
    ["world/real.ts"],
  );
  // A colour, or a carriage return at the beginning of what is written.
  deepStrictEqual(
    holding(/`\\x1b|"\\x1b|`\\r(?!\\n)/).toSorted(),
    ["world/ask.ts", "world/screen.ts"],
  );
});
