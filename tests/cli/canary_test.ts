/** Whatever is wrong with a line that contains a secret, no message shows the secret. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { parse } from "../../src/pipeline/parse/mod.ts";
import { allRows } from "../../src/schema/all_fields.ts";
import { realEnvironment } from "../../src/environment/mod.ts";
import { fakeJournals } from "../helpers/fake_journals.ts";
import { fakeTrusted } from "../helpers/fake_trusted.ts";
import { memoryFiles } from "../helpers/memory_files.ts";
import { fakeTerminal } from "../helpers/environment.ts";

/** Every secret contains this text, which must not be shown. */
const CANARY = "zq7canary";

/** Secrets that a parser may take for something else. */
const SECRETS = [
  CANARY,
  `True${CANARY}`,
  `True.${CANARY}`,
  `None ${CANARY}`,
  `12${CANARY}`,
  `2026-01-01 ${CANARY}`,
  `${CANARY}==`,
  `a = ${CANARY}`,
  `password = ${CANARY}`,
  `[${CANARY}]`,
  `[a] ${CANARY}`,
  `{${CANARY}`,
  `*${CANARY}`,
  `&${CANARY} x`,
  `!${CANARY}`,
  `@${CANARY}`,
  `%${CANARY}`,
  `|${CANARY}`,
  `- ${CANARY}`,
  `? ${CANARY}`,
  `${CANARY}: x`,
  `x: ${CANARY}`,
  `#${CANARY}`,
  `x #${CANARY}`,
  `/// ${CANARY}`,
  `\\${CANARY}`,
  `\\q${CANARY}`,
  `$${CANARY}`,
  `\${env:${CANARY}`,
  `\${vault:${CANARY}}`,
  `x\${cmd:${CANARY}}`,
  `"${CANARY}`,
  `'${CANARY}`,
  `, ${CANARY} = 1`,
  `\x07${CANARY}`,
] as const;

type Break = (key: string, secret: string) => string;

/** Lines of TOML. */
const TOML: readonly Break[] = [
  (k, s) => `${k} = "${s}"`,
  (k, s) => `${k} = '${s}'`,
  (k, s) => `${k} = ${s}`,
  (k, s) => `${k} = "${s}`,
  (k, s) => `${k} = ${s}"`,
  (k, s) => `${k} = "${s}'`,
  (k, s) => `${k} = """${s}`,
  (k, s) => `${k} = """${s}\n${s}"""`,
  (k, s) => `${k} = """${s}""" ${s}`,
  (k, s) => `${k} = "${s}" "${s}"`,
  (k, s) => `${k} = "${s}", ${s}`,
  (k, s) => `${k} = "a\n${s}"`,
  (k, s) => `${k} =\n"${s}"`,
  (k, s) => `${k}\n= "${s}"`,
  (k, s) => `${k} "${s}"`,
  (k, s) => `${k} ${s}`,
  (k, s) => `${k}: ${s}`,
  (k, s) => `${k}: "${s}"`,
  (k, s) => `${k} := "${s}"`,
  (k, s) => `${k} == "${s}"`,
  (k, s) => `${k} = = ${s}`,
  (_, s) => `= "${s}"`,
  (_, s) => `"${s}"`,
  (_, s) => s,
  (k, s) => `${k} = ["${s}"]`,
  (k, s) => `${k} = [${s}]`,
  (k, s) => `${k} = ["${s}"`,
  (k, s) => `${k} = ["a",\n"${s}",\n${s}]`,
  (k, s) => `${k} = { a = "${s}" }`,
  (k, s) => `${k} = { ${s} }`,
  (k, s) => `${k} = { a = "${s}"`,
  (k, s) => `${k} = {\na = "${s}" }`,
  (k, s) => `${k} = "${s}"\n${k} = "${s}"`,
  (k, s) => `${k} = "${s}"\n${k}.a = "${s}"`,
  (k, s) => `${k}.a = "${s}"`,
  (k, s) => `"${k}" = ${s}`,
  (k, s) => `"${k}" = 1 ${s}`,
  (k, s) => `${k.slice(1)} = "${s}"`,
  (k, s) => `${k.slice(1)} = ${s}`,
  (k, s) => `${k}x = "${s}" ${s}`,
  (k, s) => `${k} = 1${s}`,
  (k, s) => `${k} = 0${s}`,
  (k, s) => `${k} = True ${s}`,
  (k, s) => `[${k}] ${s}`,
  (k, s) => `[${k} = "${s}"]`,
  (_, s) => `[x] # ${s}\n[x] # ${s}`,
  (k, s) => `[x]\n[x] ${k} = "${s}"`,
  (k, s) => `timeout = 10 ${k} = "${s}"`,
  (k, s) => `timeout = ten, ${k} = "${s}"`,
  (k, s) => `timeout = { ${k} = ${s} }`,
  (k, s) => `x = { ${k} = "${s}", ${k} = "${s}" }`,
  (_, s) => `\u0000# ${s}`,
  (_, s) => `# ///\n# ${s}`,
];

/** Lines of the script itself, where the `# ` is wrong. */
const LINES: readonly Break[] = [
  (k, s) => `#${k} = "${s}"`,
  (k, s) => ` # ${k} = "${s}"`,
  (k, s) => `${k} = "${s}"`,
  (_, s) => `#${s}`,
  (_, s) => ` # ${s}`,
  (k, s) => `# ${k} = """\n#${s}\n# """`,
  (k, s) => `# ${k} = """\n${s}\n# """`,
  (k, s) => `# ${k} = "${s}"\n\n# x = 1`,
];

/** The profile, as a file that $ref names. */
const YAML: readonly Break[] = [
  (k, s) => `${k}: ${s}`,
  (k, s) => `${k}: "${s}"`,
  (k, s) => `${k}: "${s}`,
  (k, s) => `${k}: '${s}`,
  (k, s) => `${k}:${s}`,
  (k, s) => `${k} ${s}`,
  (k, s) => `${k} = ${s}`,
  (k, s) => `${k}: [${s}`,
  (k, s) => `${k}: [${s}]`,
  (k, s) => `${k}: {${s}}`,
  (k, s) => `${k}: {${s}`,
  (k, s) => `${k}: - ${s}`,
  (k, s) => `${k}: a: ${s}`,
  (k, s) => `${k}:\n\t${s}`,
  (k, s) => `${k}:\n- ${s}\n x: ${s}`,
  (k, s) => `${k}: *${s}`,
  (k, s) => `${k}: &${s} x\ny: *${s}z`,
  (k, s) => `${k}: !${s} x`,
  (k, s) => `${k}: !!${s} x`,
  (k, s) => `${k}: |${s}\n x`,
  (k, s) => `${k}: "a" ${s}`,
  (k, s) => `${k}: "\\q${s}"`,
  (k, s) => `${k}: ${s}\n${k}: ${s}`,
  (k, s) => `{${k}: x, ${k}:${s}}`,
  (k, s) => `{"${k}":"x" "${s}"}`,
  (k, s) => `{"${k}": "${s}",}`,
  (k, s) => `{"${k}": ["${s}"]}`,
  (_, s) => `{${s}}`,
  (_, s) => `["${s}"]`,
  (_, s) => `? ${s}\n: x`,
  (_, s) => `${s}: x`,
  (_, s) => `"${s}"`,
  (_, s) => s,
  (_, s) => `a: b\n---\n${s}`,
  (_, s) => `%${s}\n---\na: b`,
  (_, s) => `a: b\n...\n${s}`,
];

const CONTEXTS = [
  ["SSHContext", "Slurm"],
  ["BohriumContext", "Bohrium"],
  ["OpenAPIContext", "OpenAPI"],
] as const;

function secretKeys(context: string): readonly string[] {
  return allRows().filter(({ field, when }) => field.secret && when === context)
    .map(({ key }) => key);
}

function scriptText(
  [context, batch]: (typeof CONTEXTS)[number],
  lines: readonly string[],
): string {
  return [
    "# /// script",
    "# [tool.dpdispatcher]",
    "# [tool.dpdispatcher.machine]",
    `# batch_type = "${batch}"`,
    `# context_type = "${context}"`,
    '# local_root = "./"',
    '# remote_root = "/r"',
    "# [tool.dpdispatcher.resources]",
    "# group_size = 1",
    "# [[tool.dpdispatcher.task_list]]",
    '# task_work_path = "./"',
    "# [tool.dpdispatcher.machine.remote_profile]",
    ...(context === "SSHContext" ? ['# hostname = "h"'] : []),
    ...lines,
    "# ///",
    "print()",
    "",
  ].join("\n");
}

function hashed(toml: string): readonly string[] {
  return toml.split("\n").map((line) => `# ${line}`);
}

async function outputOf(
  text: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const screen = fakeTerminal();
  const environment = {
    ...realEnvironment(),
    ...{
      terminal: screen,
      journals: fakeJournals(),
      trustStore: fakeTrusted(),
    },
    cwd: "/w",
    files: memoryFiles({ "/w/a.py": text, ...more }),
  };
  const code = await main(args, environment);
  ok([0, 2].includes(code), `${code}: ${screen.written.err}`);
  return screen.written.out + screen.written.err;
}

/** Asserts that no output about a broken line contains the secret; returns the number of lines. */
async function sweep(
  breaks: readonly Break[],
  outputFor: (text: string, as: (typeof CONTEXTS)[number]) => Promise<string>,
): Promise<number> {
  const keys = CONTEXTS.flatMap((as) =>
    secretKeys(as[0]).map((key) => ({ as, key }))
  );
  const cases = keys.flatMap(({ as, key }, at) =>
    // All fields are read in the same way: every secret is tried with one of them.
    SECRETS.slice(0, at === 0 ? undefined : 3).flatMap((secret) =>
      breaks.map((make) => ({ as, text: make(key, secret) }))
    )
  );
  const leaks: string[] = [];
  for (const { as, text } of cases) {
    const output = await outputFor(text, as);
    if (output.includes(CANARY)) {
      leaks.push(`${JSON.stringify(text)}: ${output}`);
    }
  }
  deepStrictEqual(leaks.slice(0, 10), []);
  return cases.length;
}

Deno.test("no message about a broken line of TOML shows a secret", async () => {
  const count = await sweep(
    TOML,
    (toml, as) => outputOf(scriptText(as, hashed(toml)), ["check", "a.py"]),
  );
  ok(count > 2_000, `${count}`);
});

Deno.test("no message about a line outside the metadata block shows a secret", async () => {
  await sweep(
    LINES,
    (lines, as) =>
      outputOf(scriptText(as, [lines]), ["check", "--json", "a.py"]),
  );
});

Deno.test("no message about a broken $ref file shows a secret", async () => {
  await sweep(YAML, (yaml, as) => {
    const text = scriptText(as, ['# "$ref" = "p.yaml"']);
    return outputOf(text, ["check", "--allow-ref", "a.py"], {
      "/w/p.yaml": yaml,
    });
  });
});

Deno.test("a table with secrets that has the wrong type is not shown", async () => {
  const tables = ["machine", "machine.remote_profile"];
  const values = [`"${CANARY}"`, `["${CANARY}"]`, `{ a = "${CANARY}" }`];
  for (const table of tables) {
    for (const value of values) {
      const toml = `[tool.dpdispatcher]\n${table} = ${value}`;
      const text = ["# /// script", ...hashed(toml), "# ///", ""].join("\n");
      const output = await outputOf(text, ["check", "a.py"]);
      ok(!output.includes(CANARY), output);
    }
  }
});

Deno.test("neither plan nor the copy of a script shows a valid secret", async () => {
  for (const as of CONTEXTS) {
    const lines = secretKeys(as[0]).map((key) => `# ${key} = "${CANARY}"`);
    const text = scriptText(as, lines);
    for (const args of [["plan", "a.py"], ["plan", "--json", "a.py"]]) {
      const output = await outputOf(text, args);
      ok(!output.includes(CANARY), output);
    }
    const parsed = parse("a.py", new TextEncoder().encode(text));
    ok(parsed.ok && !parsed.value.value.copy.includes(CANARY));
  }
});
