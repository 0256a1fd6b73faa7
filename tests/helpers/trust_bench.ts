/** A user's home and a script in it that may not be trusted. */
import { main } from "../../src/cli/main.ts";
import type { Environment } from "../../src/environment/environment.ts";
import { realEnvironment } from "../../src/environment/mod.ts";
import { fakeJournals } from "./fake_journals.ts";
import { fakeTrusted } from "./fake_trusted.ts";
import { fakeTerminal } from "./environment.ts";

export interface ScriptParts {
  readonly profile?: readonly string[];
  readonly strategy?: readonly string[];
  readonly inputs?: readonly string[];
  readonly context?: readonly string[];
  readonly code?: string;
}

export const SSH = [
  'batch_type = "Shell"',
  'context_type = "SSHContext"',
  'local_root = "./"',
  'remote_root = "/far"',
];

export function sshScript(
  { profile = [], strategy = [], inputs = [], context = SSH, code = "" }:
    ScriptParts,
): string {
  const toml = [
    "[tool.dpdispatcher.machine]",
    ...context,
    "[tool.dpdispatcher.machine.remote_profile]",
    ...(context === SSH ? ['hostname = "evil.example"'] : []),
    ...profile,
    "[tool.dpdispatcher.resources]",
    "group_size = 1",
    "[tool.dpdispatcher.resources.strategy]",
    ...strategy,
    "[[tool.dpdispatcher.task_list]]",
    'command = "python3"',
    'task_work_path = "./"',
    `forward_files = ${JSON.stringify(inputs)}`,
  ];
  const lines = ["# /// script", ...toml.map((line) => `# ${line}`), "# ///"];
  return [...lines, code, ""].join("\n");
}

/** Leaves a trace where anything tries to connect, and lets nothing through. */
export const TRIPWIRE =
  "proxy_command = \"sh -c 'echo >>WORK/connected; exit 1'\"";

/** `WORK` in a file stands for the directory of the script. */
export interface TrustFixture {
  readonly directory: string;
  /** Who answers at a terminal; none: there is no terminal. */
  answer: string | null;
  readonly questions: string[];
  put(path: string, text: string, mode?: number): Promise<void>;
  run(...args: readonly string[]): Promise<{ code: number; output: string }>;
  /** Whether anything has run a command of the script. */
  traces(): readonly string[];
}

export async function withTrustFixture(
  use: (fixture: TrustFixture) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const work = `${directory}/work`;
  await Deno.mkdir(work);
  await Deno.mkdir(`${directory}/home`);
  const trusted = fakeTrusted();
  const journals = fakeJournals();
  const env = (name: string) =>
    ({ HOME: `${directory}/home`, TOKEN: "zq7token" })[name];
  const fixture: TrustFixture = {
    directory,
    answer: null,
    questions: [],
    async put(path, text, mode = 0o644) {
      const whole = `${directory}/${path}`;
      const above = whole.slice(0, whole.lastIndexOf("/"));
      await Deno.mkdir(above, { recursive: true });
      await Deno.writeTextFile(whole, text.replaceAll("WORK", work));
      await Deno.chmod(whole, mode);
    },
    async run(...args) {
      const terminal = {
        ...fakeTerminal(fixture.answer === null ? null : 80),
        ask: (question: string) => {
          fixture.questions.push(question);
          return Promise.resolve(fixture.answer);
        },
      };
      const environment: Environment = {
        ...realEnvironment(),
        ...{ cwd: work, env, terminal, trustStore: trusted, journals },
      };
      const code = await main(args, environment);
      return { code, output: terminal.written.out + terminal.written.err };
    },
    traces: () =>
      Array.from(Deno.readDirSync(work), ({ name }) => name).filter((name) =>
        ["ran", "connected"].includes(name)
      ).toSorted(),
  };
  try {
    await use(fixture);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
