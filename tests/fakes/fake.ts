/** A fake batch system for one test: its commands first on PATH, a queue, a home and a working directory of its own. */
import { fail } from "node:assert/strict";

export type System = "pbs" | "torque" | "lsf" | "jh" | "fugaku";

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Fake extends AsyncDisposable {
  /** Where commands run. */
  readonly work: string;
  /** HOME of everything that runs. */
  readonly home: string;
  /** FAKE_QUEUE_DIR. */
  readonly queue: string;
  /** Runs a line of shell text in `work`. */
  sh(line: string, env?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Runs `line` until standard output or error matches; fails after thirty seconds. */
  until(
    line: string,
    pattern: RegExp,
    env?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  write(name: string, text: string): void;
  read(name: string): string;
  /** Names in `work`, sorted. */
  files(): readonly string[];
}

const here = `${import.meta.dirname}/`;
const PATIENCE_MS = 30_000;

export function fake(
  system: System,
  always: Readonly<Record<string, string>> = {},
): Fake {
  const top = Deno.realPathSync(Deno.makeTempDirSync());
  const [work, home, queue] = [`${top}/work`, `${top}/home`, `${top}/queue`];
  for (const directory of [work, home, queue]) Deno.mkdirSync(directory);
  const sh = (line: string, env: Readonly<Record<string, string>> = {}) =>
    ask(line, work, {
      PATH: `${here}${system}:${Deno.env.get("PATH")}`,
      HOME: home,
      FAKE_QUEUE_DIR: queue,
      ...always,
      ...env,
    });
  const until: Fake["until"] = async (line, pattern, env) => {
    const begin = performance.now();
    for (;;) {
      const answer = await sh(line, env);
      if (pattern.test(answer.out + answer.err)) return answer;
      if (performance.now() - begin > PATIENCE_MS) {
        fail(`${line} never said ${pattern}:\n${answer.out}${answer.err}`);
      }
    }
  };
  return {
    work,
    home,
    queue,
    sh,
    until,
    write: (name, text) => Deno.writeTextFileSync(`${work}/${name}`, text),
    read: (name) => Deno.readTextFileSync(`${work}/${name}`),
    files: () => Array.from(Deno.readDirSync(work), ({ name }) => name).sort(),
    // Without its queue a worker ends its job and itself.
    [Symbol.asyncDispose]: () => Deno.remove(top, { recursive: true }),
  };
}

async function ask(
  line: string,
  cwd: string,
  env: Record<string, string>,
): Promise<Answer> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", line],
    cwd,
    env,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}
