import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { scriptText, withDirectory } from "../helpers/dpdisp.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

interface Seen {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function sh(
  line: string,
  cwd: string,
  env: Record<string, string>,
): Promise<Seen> {
  const command = new Deno.Command("bash", {
    args: ["-c", line],
    cwd,
    env,
    stdin: "null",
  });
  const { code, stdout, stderr } = await command.output();
  const [out, err] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  ) as [string, string];
  return { code, out, err };
}

Deno.test(
  "the version is printed without an npm package",
  () =>
    withDirectory(async (directory, env) => {
      const main = `${import.meta.dirname}/../../main.ts`;
      const { code, out } = await sh(
        `'${Deno.execPath()}' run --no-check --no-npm -A '${main}' --version`,
        directory,
        env,
      );
      strictEqual(code, 0);
      match(out, /^dpdisp \d+\.\d+\.\d+\n$/);
    }),
);

test("a script whose first line names dpdisp is a program", () =>
  withDirectory(async (directory, env) => {
    const text = scriptText(
      'print("by itself")',
      "./",
      "#!/usr/bin/env -S dpdisp run\n",
    );
    await Deno.writeTextFile(`${directory}/hello.py`, text, { mode: 0o755 });
    const { code, err } = await sh("./hello.py --quiet", directory, env);
    strictEqual(code, 0, err);
    strictEqual(await Deno.readTextFile(`${directory}/log`), "by itself\n");
  }));

test("a reader that exits early does not harm the run: the same command resumes it", () =>
  withDirectory(async (directory, env) => {
    await Deno.writeTextFile(
      `${directory}/hello.py`,
      scriptText('print("done all the same")'),
    );
    const { code, out, err } = await sh(
      "dpdisp run --json hello.py | head -1; exit ${PIPESTATUS[0]}",
      directory,
      env,
    );
    strictEqual(code, 3, err);
    match(out, /^\{"type":"stream"[^\n]*\}\n$/);
    match(err, /Cannot write to standard output/);
    const again = await sh("dpdisp run hello.py", directory, env);
    strictEqual(again.code, 0, again.err);
    strictEqual(
      await Deno.readTextFile(`${directory}/log`),
      "done all the same\n",
    );
  }));

/** Starts a run in a directory and waits until its task is running. */
async function startSlow(
  directory: string,
  env: Record<string, string>,
  seconds: number,
  args: readonly string[] = [],
) {
  const body =
    `import time\nopen("began", "w").close()\ntime.sleep(${seconds})\nprint("slept")`;
  await Deno.writeTextFile(`${directory}/hello.py`, scriptText(body));
  const child = new Deno.Command(`${directory}/bin/dpdisp`, {
    args: ["run", "hello.py", ...args],
    cwd: directory,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  await until(() => exists(`${directory}/began`));
  return child;
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 600) throw new Error("waited for a minute");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} leaves the job running, and the same command resumes the run`, () =>
    withDirectory(async (directory, env) => {
      const child = await startSlow(directory, env, 3);
      child.kill(signal);
      const { code, stderr } = await child.output();
      const err = new TextDecoder().decode(stderr);
      strictEqual(code, 130, err);
      const last = err.trimEnd().split("\n").slice(-3);
      deepStrictEqual(last, [
        "interrupted",
        "1 job keeps running. Resume with: dpdisp run hello.py",
        "Cancel with: dpdisp cancel hello.py",
      ]);
      await Deno.remove(`${directory}/began`);
      const again = await sh("dpdisp run hello.py", directory, env);
      strictEqual(again.code, 0, again.err);
      match(again.err, /resuming: 1 job active/);
      ok(!exists(`${directory}/began`), "the task was started a second time");
      strictEqual(await Deno.readTextFile(`${directory}/log`), "slept\n");
    }));
}

test("the second Ctrl-C stops at once, whatever the first led to", () =>
  withDirectory(async (directory, env) => {
    await Deno.writeTextFile(`${directory}/hello.py`, scriptText(""));
    const main = new URL("../../src/cli/main.ts", import.meta.url).href;
    const environment =
      new URL("../../src/environment/mod.ts", import.meta.url).href;
    const hangs = `import { main } from "${main}";
import { realEnvironment } from "${environment}";
const start = () => {
  Deno.writeTextFileSync("began", "");
  return new Promise(() => {});
};
Deno.exit(await main(["run", "hello.py"], realEnvironment(), start));`;
    await Deno.writeTextFile(`${directory}/hangs.ts`, hangs);
    const config = `${import.meta.dirname}/../../deno.json`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", config, "hangs.ts"],
      cwd: directory,
      env,
      stderr: "piped",
    }).spawn();
    const end = child.output();
    await until(() => exists(`${directory}/began`));
    child.kill("SIGINT");
    const early = await Promise.race([
      end,
      new Promise((resolve) => setTimeout(resolve, 300, "at work")),
    ]);
    strictEqual(early, "at work");
    child.kill("SIGINT");
    const { code, stderr } = await end;
    strictEqual(code, 130);
    match(new TextDecoder().decode(stderr), /interrupted twice/);
  }));
