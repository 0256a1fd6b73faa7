/** The shape of the source: who may import whom, and who may touch the outside. */
import { deepStrictEqual } from "node:assert/strict";

const src = new URL("../src/", import.meta.url);

/** Each directory imports only from itself and from those before it, types too. `files` is what all backends need. */
const DIRECTORIES = [
  "text",
  "schema",
  "model",
  "environment",
  "script",
  "schedulers",
  "pipeline",
  "contexts",
  "backends/files",
  "backends",
  "engine",
  "cli",
] as const;

/** The directories that reach out of the program. */
const OUTSIDE: readonly string[] = [
  "environment",
  "contexts",
  "backends",
  "cli",
];

/** What reaches out of the program, by the names it goes by. */
const EFFECTS =
  /\b(Deno\.|process\.(?!ts\b)|console\.|fetch\(|Date\.now|new Date\(\)|Math\.random|crypto\.getRandom|performance\.|setTimeout|setInterval|navigator\.|localStorage)/;

/** Shell text as constants, from which any word may come. */
const GENERATED = "script/runner/shell_texts.ts";

/** Paths below src of the TypeScript files of a directory. */
function filesIn(directory: URL): readonly string[] {
  return Array.from(Deno.readDirSync(directory)).flatMap((
    { name, isDirectory },
  ) =>
    isDirectory
      ? filesIn(new URL(`${name}/`, directory))
      : [new URL(name, directory).pathname.slice(src.pathname.length)]
  ).filter((path) => path.endsWith(".ts"));
}

const files = filesIn(src);

/** The text without comments: what they name is not touched. */
function codeOf(path: string): string {
  const text = Deno.readTextFileSync(new URL(path, src));
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** Files of src that a file imports, in whatever way. */
function importsOf(path: string): readonly string[] {
  const named = codeOf(path).matchAll(
    /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)"(\.[^"]+)"/gm,
  );
  return Array.from(named, ([, from]) => new URL(from!, new URL(path, src)))
    .filter(({ pathname }) => pathname.startsWith(src.pathname))
    .map(({ pathname }) => pathname.slice(src.pathname.length));
}

/** Its place in the order; version.ts, which all may import, is before all. */
function levelOf(path: string): number {
  if (path === "version.ts") return -1;
  const level = DIRECTORIES.findIndex((name) => path.startsWith(`${name}/`));
  if (level < 0) throw new Error(`${path} is in no directory`);
  return level;
}

Deno.test("every import is from the same directory or from an earlier one", () => {
  const upward = files.flatMap((path) =>
    importsOf(path)
      .filter((target) => levelOf(target) > levelOf(path))
      .map((target) => `${path} -> ${target}`)
  );
  deepStrictEqual(upward, []);
});

Deno.test("no file imports itself, through others or directly", () => {
  /** What is known of a file: on the way to itself, or done. */
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]) => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      circles.push([...way.slice(way.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const target of importsOf(path)) visit(target, [...way, path]);
    state.set(path, "done");
  };
  for (const path of files) visit(path, []);
  deepStrictEqual(circles, []);
});

Deno.test("no file stands beside a directory of its own name", () => {
  const directories = new Set(
    files.flatMap((path) =>
      path.split("/").slice(0, -1).map((_, i, steps) =>
        steps.slice(0, i + 1).join("/")
      )
    ),
  );
  deepStrictEqual(
    files.filter((path) => directories.has(path.replace(/\.ts$/, ""))),
    [],
  );
});

Deno.test("only environment, contexts, backends and cli touch the outside", () => {
  const touching = files
    .filter((path) => path !== GENERATED)
    .filter((path) => !OUTSIDE.includes(path.split("/")[0]!))
    .flatMap((path) => {
      const found = codeOf(path).match(EFFECTS)?.[0];
      return found ? [`${path}: ${found}`] : [];
    });
  deepStrictEqual(touching, []);
});

/** What is shown, recorded, or compared with times that others gave; all else goes by `Clock.elapsed`. */
const WALL_TIME: readonly string[] = [
  // The time of events.
  "engine/session/attach.ts",
  "engine/session/lead.ts",
  // A verification code is valid for 30 s of the wall clock.
  "contexts/ssh/auth/totp.ts",
  // Modification times of files.
  "cli/prepare.ts",
  // The remote clock is compared with it.
  "backends/shell/doctor/mod.ts",
];

Deno.test("only what is shown or compared goes by the wall clock", () => {
  const reading = files.filter((path) =>
    /\bclock\.now\b|\bnow\b[^;]{0,40}} = clock\b/.test(codeOf(path))
  );
  deepStrictEqual(reading.toSorted(), WALL_TIME.toSorted());
});

Deno.test("one file writes to stdout and stderr, and one commands a terminal", () => {
  const holding = (pattern: RegExp) =>
    files.filter((path) => path !== GENERATED && pattern.test(codeOf(path)));
  deepStrictEqual(
    holding(/\b(Deno|process)\.(stdout|stderr)\b|\bconsole\./),
    ["environment/mod.ts"],
  );
  // A colour, or a carriage return at the beginning of what is written.
  deepStrictEqual(
    holding(/`\\x1b|"\\x1b|`\\r(?!\\n)/).toSorted(),
    ["environment/prompt.ts", "environment/terminal.ts"],
  );
});
