/** What becomes of tests whose programs are absent. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { installCommand, TOOLS } from "../../scripts/tools.ts";

const helper = new URL("../helpers/tools.ts", import.meta.url).href;

/** `deno test` of one test that needs shellcheck, on a machine without it. */
async function testWithout(env: Record<string, string>) {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${dir}/a_test.ts`,
    `import { toolTest } from "${helper}";
toolTest("shellcheck", "a test", () => {});\n`,
  );
  const config = `${import.meta.dirname}/../../deno.json`;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--config", config, `${dir}/a_test.ts`],
    env: { NO_COLOR: "1", PATH: dir, ...env },
  }).output();
  await Deno.remove(dir, { recursive: true });
  return { code, out: new TextDecoder().decode(stdout) };
}

Deno.test("Where a program is missing, its tests are ignored with the reason", async () => {
  const { code, out } = await testWithout({ CI: "" });
  match(out, /a test \(needs shellcheck\) \.\.\. ignored/);
  strictEqual(code, 0, out);
});

Deno.test("In CI no program may be missing", async () => {
  const { code, out } = await testWithout({ CI: "true" });
  match(out, /needs shellcheck: apt-get install shellcheck/);
  strictEqual(code, 1, out);
});

Deno.test("One command installs all that is missing", () => {
  strictEqual(
    installCommand(["ps", "pkill", "uv", "zstd"]),
    "apt-get install procps zstd; pipx install uv",
  );
});

Deno.test("A test file that uses an optional program names it in the one table", () => {
  const named = new RegExp(
    `\\[\\s*"(${
      TOOLS.filter((tool) => tool !== "dash")
        .join("|")
    })"|Command\\("(${TOOLS.join("|")})"`,
  );
  const faults = testFiles(`${import.meta.dirname}/..`).filter((path) => {
    const text = Deno.readTextFileSync(path);
    return named.test(text) && !/helpers\/(tools|sshd)\.ts"/.test(text);
  });
  ok(named.test('run(["strace", "-f"'));
  deepStrictEqual(faults, []);
});

function testFiles(dir: string): readonly string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? name === "live" ? [] : testFiles(`${dir}/${name}`)
      : name.endsWith("_test.ts")
      ? [`${dir}/${name}`]
      : []
  );
}
