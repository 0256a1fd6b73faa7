/** A user's home and a script in it that may not be trusted. */
import { main } from "../../src/cli/main.ts";
import type { Environment } from "../../src/environment/environment.ts";
import { realEnvironment } from "../../src/environment/mod.ts";
import { fakeJournals } from "./fake_journals.ts";
import { fakeTrusted } from "./fake_trusted.ts";
import { fakeScreen } from "./environment.ts";

export interface Parts {
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
  { profile = [], strategy = [], inputs = [], context = SSH, code = "" }: Parts,
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

/** `WORK` in a file stands for the folder of the script. */
export interface Bench {
  readonly folder: string;
  /** Who answers at a terminal; none: there is no terminal. */
  answer: string | null;
  readonly asked: string[];
  put(path: string, text: string, mode?: number): Promise<void>;
  run(...args: readonly string[]): Promise<{ code: number; said: string }>;
  /** Whether anything has run a command of the script. */
  traces(): readonly string[];
}

export async function withBench(
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const work = `${folder}/work`;
  await Deno.mkdir(work);
  await Deno.mkdir(`${folder}/home`);
  const trusted = fakeTrusted();
  const journals = fakeJournals();
  const env = (name: string) =>
    ({ HOME: `${folder}/home`, TOKEN: "zq7token" })[name];
  const bench: Bench = {
    folder,
    answer: null,
    asked: [],
    async put(path, text, mode = 0o644) {
      const whole = `${folder}/${path}`;
      const above = whole.slice(0, whole.lastIndexOf("/"));
      await Deno.mkdir(above, { recursive: true });
      await Deno.writeTextFile(whole, text.replaceAll("WORK", work));
      await Deno.chmod(whole, mode);
    },
    async run(...args) {
      const screen = {
        ...fakeScreen(bench.answer === null ? null : 80),
        ask: (question: string) => {
          bench.asked.push(question);
          return Promise.resolve(bench.answer);
        },
      };
      const environment: Environment = {
        ...realEnvironment(),
        ...{ cwd: work, env, terminal: screen, trustStore: trusted, journals },
      };
      const code = await main(args, environment);
      return { code, said: screen.written.out + screen.written.err };
    },
    traces: () =>
      Array.from(Deno.readDirSync(work), ({ name }) => name).filter((name) =>
        ["ran", "connected"].includes(name)
      ).toSorted(),
  };
  try {
    await use(bench);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
