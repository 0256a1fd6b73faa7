/** Ctrl-C before a run has started, while the program computes or waits for input. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { scriptWith } from "../helpers/checked.ts";
import { scriptText, withDirectory } from "../helpers/dpdisp.ts";

/** Waits until the process has so many open files whose paths match. */
async function untilOpen(pid: number, what: RegExp, times = 1): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (openedBy(pid).filter((path) => what.test(path)).length >= times) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited for a minute for ${what}`);
}

function openedBy(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  return Array.from(Deno.readDirSync(directory)).flatMap(({ name }) => {
    try {
      return [Deno.readLinkSync(`${directory}/${name}`)];
    } catch {
      return []; // closed meanwhile
    }
  });
}

function start(
  directory: string,
  env: Record<string, string>,
  ...args: readonly string[]
): Deno.ChildProcess {
  return new Deno.Command(`${directory}/bin/dpdisp`, {
    args: [...args],
    cwd: directory,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Exit code, signal and output. */
async function ended(child: Deno.ChildProcess) {
  const { code, signal, stdout, stderr } = await child.output();
  const output = new TextDecoder().decode(
    new Uint8Array([...stdout, ...stderr]),
  );
  return { code, signal, said: output };
}

function left(directory: string): readonly string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
}

for (const command of ["check", "plan", "run", "doctor"]) {
  Deno.test(`an interrupt ends ${command} while it hashes large inputs, and leaves nothing`, () =>
    withDirectory(async (directory, env) => {
      const script = scriptWith({
        task: 'task_work_path = "./"\nforward_files = ["large*"]',
      });
      await Deno.writeTextFile(`${directory}/run.py`, script);
      for (const at of [0, 1, 2, 3, 4, 5, 6, 7]) {
        await Deno.writeTextFile(`${directory}/large${at}`, "");
        await Deno.truncate(`${directory}/large${at}`, 250 * 2 ** 20);
      }
      const before = left(directory);
      const child = start(directory, env, command, "run.py");
      await child.stdin.close();
      await untilOpen(child.pid, /\/large\d$/);
      child.kill("SIGINT");
      const { code, signal, said: output } = await ended(child);
      strictEqual(code, 130, output);
      strictEqual(signal, "SIGINT");
      strictEqual(output, "");
      deepStrictEqual(left(directory), before);
    }));
}

Deno.test("an interrupt ends check while it waits for its script", () =>
  withDirectory(async (directory, env) => {
    const child = start(directory, env, "check", "/dev/stdin");
    await untilOpen(child.pid, pipeOf(child.pid), 2);
    child.kill("SIGINT");
    await child.stdin.close();
    const { code, said: output } = await ended(child);
    strictEqual(code, 130, output);
  }));

/** Matches the pipe that is its standard input. */
function pipeOf(pid: number): RegExp {
  const pipe = Deno.readLinkSync(`/proc/${pid}/fd/0`);
  return new RegExp(`^${pipe.replace(/[[\]]/g, "\\$&")}$`);
}

Deno.test("a script may be read from a pipe, up to a limit", () =>
  withDirectory(async (directory, env) => {
    const give = async (parts: readonly string[]) => {
      const child = start(directory, env, "check", "/dev/stdin");
      const writer = child.stdin.getWriter();
      const encoder = new TextEncoder();
      // The reader may exit before it has read everything.
      const written = (async () => {
        for (const part of parts) await writer.write(encoder.encode(part));
        await writer.close();
      })().catch(() => {});
      const [result] = await Promise.all([ended(child), written]);
      return result;
    };
    const script = scriptText("pass");
    const fine = await give([script.slice(0, 100), script.slice(100)]);
    strictEqual(fine.code, 0, fine.said);
    match(fine.said, /1 task in 1 job/);
    const endless = await give(
      Array.from({ length: 9 }, () => "#\n".repeat(2 ** 19)),
    );
    strictEqual(endless.code, 2);
    match(endless.said, /larger than 8 MiB/);
    ok(!/internal error/.test(endless.said));
  }));
