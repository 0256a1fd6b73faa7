/** The output of `--json` where several dpdisp processes have one run. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { scriptText, withDirectory } from "../helpers/dpdisp.ts";
import { checkedLines, lineOf } from "../helpers/json_output.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

interface Running {
  readonly child: Deno.ChildProcess;
  /** Resolves once it has written a line of this type. */
  wrote(type: string): Promise<void>;
  /** Its output, once it has ended. */
  ended(): Promise<ReturnType<typeof checkedOutput>>;
}

function start(
  directory: string,
  env: Record<string, string>,
  command: string,
): Running {
  const child = new Deno.Command(`${directory}/bin/dpdisp`, {
    args: [command, "--json", "hello.py"],
    cwd: directory,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = { text: "" };
  const changed = { waiters: [] as (() => void)[] };
  const read = (async () => {
    for await (
      const text of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      output.text += text;
      for (const wake of changed.waiters.splice(0)) wake();
    }
  })();
  return {
    child,
    async wrote(type) {
      while (!output.text.includes(`{"type":"${type}"`)) {
        await new Promise<void>((resolve) => changed.waiters.push(resolve));
      }
    },
    async ended() {
      const error = await new Response(child.stderr).text();
      await read;
      const { code } = await child.status;
      return checkedOutput(output.text, code, error);
    },
  };
}

function checkedOutput(text: string, code: number, error: string) {
  strictEqual(error, "");
  const lines = checkedLines(text, code);
  return { lines, code, summary: lineOf(lines, "summary") };
}

test("a run that is interrupted, taken over by an attached process and cancelled by another is as documented", () =>
  withDirectory(async (directory, env) => {
    await Deno.writeTextFile(
      `${directory}/hello.py`,
      scriptText("import time\ntime.sleep(300)"),
    );
    const first = start(directory, env, "run");
    await first.wrote("taskStarted");
    const second = start(directory, env, "run");
    await second.wrote("attached");
    first.child.kill("SIGINT");
    const interrupted = await first.ended();
    deepStrictEqual(
      [interrupted.code, interrupted.summary.outcome],
      [130, "interrupt"],
    );
    strictEqual(interrupted.summary.activeJobs, 1);
    await second.wrote("sessionStarted");
    const third = start(directory, env, "cancel");
    const cancelled = await second.ended();
    deepStrictEqual(
      [cancelled.code, cancelled.summary.outcome],
      [1, "cancel"],
    );
    const { summary, code } = await third.ended();
    deepStrictEqual([code, summary.outcome], [0, "cancel"]);
    deepStrictEqual(
      [summary, cancelled.summary].map(({ succeeded, cancelled }) => [
        succeeded,
        cancelled,
      ]),
      [[0, 1], [0, 1]],
    );
  }));
