import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { scriptText, withDirectory } from "../helpers/dpdisp.ts";
import { sshScript } from "../helpers/trust_bench.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

const pty = `${import.meta.dirname}/../helpers/pty.py`;

/** Runs one slow task at a terminal and returns what was written to the terminal. */
async function runAt(
  columns: number,
  env: Record<string, string>,
  directory: string,
): Promise<string> {
  await Deno.writeTextFile(
    `${directory}/hello.py`,
    scriptText("import time\ntime.sleep(1)"),
  );
  const command = new Deno.Command("python3", {
    args: [pty, String(columns), `${directory}/bin/dpdisp`, "run", "hello.py"],
    cwd: directory,
    env: { TERM: "xterm", ...env },
  });
  const { code, stdout } = await command.output();
  const text = new TextDecoder().decode(stdout);
  strictEqual(code, 0, text);
  return text;
}

for (const columns of [80, 30, 0]) {
  test(`a terminal of ${columns} columns shows a status line, and in the end only lines that stay`, () =>
    withDirectory(async (directory, env) => {
      const text = await runAt(columns, env, directory);
      match(text, /\r0\/1 done, 1 (waiting|running) · \d s/);
      ok(text.length < 5_000, `${text.length} characters were written`);
      for (
        const drawn of text.split(/[\r\n]+/).filter((line) =>
          line.includes(" · ")
        )
      ) {
        ok(drawn.trimEnd().length < (columns || 80), drawn);
      }
      const rows = text.replaceAll("\r\n", "\n").trimEnd().split("\n").map(
        lastDrawn,
      );
      deepStrictEqual(rows.slice(0, 3), [
        "hello.py: 1 task, Shell on LazyLocalContext",
        "staged 2 files for 1 task",
        "submitted 1 job",
      ]);
      match(rows[3]!, /^hello\.py: 1 task succeeded \(\d/);
      strictEqual(rows.length, 4);
    }));
}

test("on a dumb terminal, and with NO_COLOR, no escape code is written", () =>
  withDirectory(async (directory, env) => {
    for (const quiet of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
      const text = await runAt(80, { ...env, ...quiet }, directory);
      ok(!text.includes("\x1b"), JSON.stringify(text));
    }
  }));

/** The last state of a line that was redrawn. */
function lastDrawn(line: string): string {
  return line.slice(line.lastIndexOf("\r") + 1);
}

const typist =
  new URL("../helpers/terminal_driver.py", import.meta.url).pathname;

/** Runs dpdisp at a terminal and types a line once it asks. */
async function answerAt(
  directory: string,
  env: Record<string, string>,
  typed: string,
  args: readonly string[],
) {
  const keys = new TextEncoder().encode(`${typed}\r`).toHex();
  const words = [typist, "(yes/no)", keys, `${directory}/bin/dpdisp`];
  const { code, stdout } = await new Deno.Command("python3", {
    args: [...words, ...args],
    cwd: directory,
    env: { TERM: "xterm", ...env },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) };
}

test("at a terminal dpdisp asks before an edit makes finished tasks run again", () =>
  withDirectory(async (directory, env) => {
    for (const name of ["t0", "t1"]) await Deno.mkdir(`${directory}/${name}`);
    const run = async (code: number, typed: string) => {
      const body = `import os
open("count", "a").write("x")
if os.getcwd().endswith("1"): raise SystemExit(${code})`;
      await Deno.writeTextFile(`${directory}/a.py`, scriptText(body, "t*"));
      const { code: exit, text } = await answerAt(directory, env, typed, [
        "run",
        "a.py",
      ]);
      const count = await Deno.readTextFile(`${directory}/t0/count`);
      return { exit, text, ran: count.length };
    };
    const first = await run(1, "never asked");
    deepStrictEqual([first.exit, first.ran], [1, 1], first.text);
    const no = await run(0, "no");
    deepStrictEqual([no.exit, no.ran], [2, 1], no.text);
    match(no.text, /the script changed: 1 finished task will run again/);
    const yes = await run(0, "yes");
    deepStrictEqual([yes.exit, yes.ran], [0, 2], yes.text);
  }));

Deno.test("at a terminal dpdisp shows what a script needs trust for, asks, and only then runs its command", () =>
  withDirectory(async (directory, env) => {
    const ran = `${directory}/ran`;
    const script = sshScript({
      profile: [
        'proxy_command = "exit 1;"',
        `password = "\${cmd:touch '${ran}'}"`,
      ],
    });
    await Deno.writeTextFile(`${directory}/a.py`, script);
    const answer = (typed: string) =>
      answerAt(directory, env, typed, ["doctor", "a.py"]);
    const isRun = () => Deno.stat(ran).then(() => true, () => false);
    const no = await answer("no");
    strictEqual(no.code, 2, no.text);
    match(no.text, /password runs the command "touch /);
    match(no.text, /may be sent to: evil\.example/);
    ok(!await isRun());
    const yes = await answer("yes");
    strictEqual(yes.code, 3, yes.text);
    ok(await isRun());
    await Deno.remove(ran);
    const again = await answer("never asked");
    strictEqual(again.code, 3, again.text);
    ok(!again.text.includes("(yes/no)"), again.text);
    ok(await isRun());
  }));
