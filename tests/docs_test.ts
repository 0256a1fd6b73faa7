/** The documentation: its links lead somewhere, and its first script runs. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { exitCodes } from "../src/model/exit_codes.ts";
import { DPDISP } from "./helpers/dpdisp.ts";
import { toolTest } from "./helpers/tools.ts";

const root = new URL("../", import.meta.url);

/** Directories whose pages are not the project's own. */
const SKIPPED: readonly string[] = [".git", "node_modules", "dist"];

/** Paths of all Markdown files below a directory. */
function pagesIn(directory: URL): readonly URL[] {
  return Array.from(Deno.readDirSync(directory)).flatMap(
    ({ name, isDirectory }) => {
      if (SKIPPED.includes(name)) return [];
      if (isDirectory) return pagesIn(new URL(`${name}/`, directory));
      return name.endsWith(".md") ? [new URL(name, directory)] : [];
    },
  );
}

function textOf(page: URL): string {
  return Deno.readTextFileSync(page);
}

/** Targets of the links of a page that lead to a file of the project. */
function linksIn(text: string): readonly string[] {
  const prose = text.replace(/^```[^]*?^```/gm, "").replace(/`[^`]*`/g, "");
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, to]) => to!)
    .filter((to) => !/^[a-z]+:/.test(to));
}

/** What `#…` may name in a page: its headings, as GitHub makes anchors of them. */
function anchorsIn(text: string): readonly string[] {
  return Array.from(
    text.matchAll(/^#+ +(.+)$/gm),
    ([, heading]) =>
      heading!.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
  );
}

function isThere(url: URL): boolean {
  try {
    Deno.statSync(url);
    return true;
  } catch {
    return false;
  }
}

const pages = pagesIn(root);

Deno.test("every relative link of a page leads to a file that exists, and to a heading of it", () => {
  const links = pages.flatMap((page) =>
    linksIn(textOf(page)).map((to) => ({ page, to, url: new URL(to, page) }))
  );
  ok(links.length > 50);
  const broken = links.filter(({ url }) => {
    const anchor = decodeURIComponent(url.hash.slice(1));
    const file = new URL(url.pathname, root);
    if (!isThere(file)) return true;
    return anchor !== "" && !anchorsIn(textOf(file)).includes(anchor);
  });
  deepStrictEqual(
    broken.map(({ page, to }) =>
      `${page.pathname.slice(root.pathname.length)}: ${to}`
    ),
    [],
  );
});

Deno.test("the index of the documentation leads to every page of it", () => {
  const directory = new URL("docs/", root);
  const index = new URL("README.md", directory);
  const listed = linksIn(textOf(index)).map((to) => new URL(to, index).href);
  const missing = pages.map(({ href }) => href).filter((href) =>
    href.startsWith(directory.href) && href !== index.href &&
    !href.startsWith(new URL("decisions/", directory).href) &&
    !listed.includes(href)
  );
  deepStrictEqual(missing, []);
});

Deno.test("the page of failures lists the exit codes as --help does", () => {
  const page = textOf(new URL("docs/failures-and-retries.md", root));
  const rows = Array.from(
    page.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm),
    ([, code, means]) => ({ code: Number(code), means: means! }),
  );
  deepStrictEqual(rows, Object.values(exitCodes).map((row) => ({ ...row })));
});

/** The first Python script of a page. */
function scriptIn(page: string): string {
  const script = /^```python\n([^]*?)^```/m
    .exec(textOf(new URL(page, root)))?.[1];
  ok(script !== undefined, page);
  return script;
}

toolTest(
  "python3",
  "the first script of the README is that of getting started, and does what both say",
  async () => {
    const script = scriptIn("README.md");
    strictEqual(script, scriptIn("docs/getting-started.md"));
    const dir = await Deno.makeTempDir({ prefix: "dpdisp-docs-" });
    try {
      await Deno.writeTextFile(`${dir}/sweep.py`, script);
      for (const name of ["case_1", "case_2"]) {
        await Deno.mkdir(`${dir}/${name}`);
      }
      for (const command of ["check", "plan", "run"]) {
        const { code, stderr } = await new Deno.Command(DPDISP[0]!, {
          args: [...DPDISP.slice(1), command, "sweep.py"],
          cwd: dir,
          env: { XDG_STATE_HOME: `${dir}/state` },
        }).output();
        strictEqual(code, 0, new TextDecoder().decode(stderr));
      }
      for (const name of ["case_1", "case_2"]) {
        const files = await Array.fromAsync(Deno.readDir(`${dir}/${name}`));
        deepStrictEqual(files.map((file) => file.name).toSorted(), [
          "err",
          "log",
          "result.txt",
        ]);
        const result = await Deno.readTextFile(`${dir}/${name}/result.txt`);
        strictEqual(result, `${name} is done\n`);
      }
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
);
