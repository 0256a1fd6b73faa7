import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { type Schema, Validator } from "@cfworker/json-schema";
import { main } from "../../../src/cli/main.ts";
import { checkLines, lastLine } from "../../../src/cli/doctor_lines.ts";
import { realEnvironment } from "../../../src/environment/mod.ts";
import schema from "../../../schemas/event.json" with { type: "json" };
import { scriptText, withDirectory } from "../../helpers/dpdisp.ts";
import { namesIn } from "../../helpers/remote_dir.ts";
import { fakeJournals } from "../../helpers/fake_journals.ts";
import { fakeTerminal } from "../../helpers/environment.ts";

const HELLO = scriptText("print(1)");
/** A remote root in which no directory can be created. */
const NOWHERE = HELLO.replace(
  "LazyLocalContext",
  `LocalContext"\n# remote_root = "hello.py/far`,
);
const NO_SLURM = HELLO.replace(
  '"Shell"',
  '"Slurm"\n# commands = { submit = "/nowhere/sbatch" }',
);

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The output of the command for a script in an otherwise empty directory, which must not change. */
async function doctor(text: string, ...args: string[]): Promise<Said> {
  const cwd = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${cwd}/hello.py`,
    text.replace("hello.py/", `${cwd}/hello.py/`),
  );
  const screen = fakeTerminal();
  const environment = {
    ...realEnvironment(),
    cwd,
    terminal: screen,
    journals: fakeJournals(),
  };
  const code = await main(["doctor", "hello.py", ...args], environment);
  deepStrictEqual(namesIn(cwd), ["hello.py"]);
  await Deno.remove(cwd, { recursive: true });
  const { out, err } = screen.written;
  return { code, out, err };
}

Deno.test("Without problems each check is a line, and the exit code is 0", async () => {
  const { code, out, err } = await doctor(HELLO);
  deepStrictEqual([code, err], [0, ""], out);
  match(out, /^ok {4}script {7}hello\.py: 1 task, Shell on LazyLocalContext\n/);
  match(out, /\nok {4}work base {4}\/.*\n/);
  match(out, /\nno problems found\n$/);
});

Deno.test("An input with errors is reported as check does, and no host is contacted", async () => {
  const { code, out, err } = await doctor(
    HELLO.replace("group_size = 1", 'group_size = "x"'),
  );
  deepStrictEqual([code, out], [2, ""]);
  match(err, /^hello\.py:10:16 {2}group_size/);
});

Deno.test("A directory that cannot be used is exit 3, a batch system exit 4; the first error decides", async () => {
  const nowhere = await doctor(NOWHERE);
  strictEqual(nowhere.code, 3, nowhere.out);
  match(
    nowhere.out,
    /\nerror remote root {2}\S+: \S+hello\.py is not a directory\n {19}Remove it, .*remote_root\n/,
  );
  const slurm = await doctor(NO_SLURM);
  strictEqual(slurm.code, 4, slurm.out);
  match(slurm.out, /\nerror programs {5}\/nowhere\/sbatch: not found\n/);
  const both = await doctor(
    NOWHERE.replace(
      '"Shell"',
      '"Slurm"\n# commands = { submit = "/nowhere/sbatch" }',
    ),
  );
  strictEqual(both.code, 3);
});

Deno.test("--json writes each check as the schema says, and nothing else", async () => {
  const validator = new Validator(schema as Schema, "7");
  const { code, out, err } = await doctor(NO_SLURM, "--json");
  deepStrictEqual([code, err], [4, ""]);
  const [first, ...lines] = out.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  strictEqual(first.type, "stream");
  strictEqual(validator.validate(first).valid, true);
  for (const line of lines) {
    strictEqual(line.type, "doctorCheck");
    const { valid } = validator.validate(line);
    strictEqual(valid, true, JSON.stringify(line));
    strictEqual(validator.validate({ ...line, state: "so so" }).valid, false);
  }
  strictEqual(lines.filter(({ state }) => state === "error").length >= 1, true);
});

Deno.test("An interrupt ends doctor though the host does not answer", () =>
  withDirectory(async (directory, env) => {
    await Deno.writeTextFile(`${directory}/hello.py`, HELLO);
    await Deno.writeTextFile(
      `${directory}/bin/uname`,
      "#!/bin/sh\n: >hangs\nwhile [ -e hangs ]; do sleep 0.1; done\n",
      {
        mode: 0o755,
      },
    );
    const child = new Deno.Command("bash", {
      args: ["-c", "exec dpdisp doctor hello.py"],
      cwd: directory,
      env,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = child.output();
    while (!isThere(`${directory}/hangs`)) {
      await new Promise((go) => setTimeout(go, 20));
    }
    child.kill("SIGINT");
    const guard = setTimeout(() => child.kill("SIGKILL"), 20_000);
    strictEqual((await output).code, 130);
    clearTimeout(guard);
  }));

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

Deno.test("Lines are in columns, with hints below", () => {
  const kind = "transfer";
  deepStrictEqual(
    checkLines({ name: "tar", state: "ok", kind, detail: "GNU tar" }),
    ["ok    tar          GNU tar"],
  );
  deepStrictEqual(
    checkLines({
      name: "clock",
      state: "warn",
      kind,
      detail: "a\nb",
      hint: "c\nd",
    }),
    [
      "warn  clock        a",
      "                   b",
      "                   c",
      "                   d",
    ],
  );
  const all = (["ok", "error", "warn", "warn"] as const).map((state) => (
    { name: "x", state, kind, detail: "" } as const
  ));
  strictEqual(lastLine(all), "1 error, 2 warnings");
  strictEqual(lastLine(all.slice(2, 3)), "1 warning");
  strictEqual(lastLine(all.slice(0, 1)), "no problems found");
});
