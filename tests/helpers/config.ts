import type {
  Config,
  Machine,
  Resources,
  TaskRow,
} from "../../src/model/config.ts";
import type { Locate } from "../../src/model/diagnostic.ts";

/** What differs from the plainest config; of machine, resources and script the single fields. */
export type Overrides =
  & Partial<Omit<Config, "script" | "machine" | "resources">>
  & {
    readonly script?: Partial<Config["script"]>;
    readonly machine?: Partial<Machine>;
    readonly resources?: Partial<Resources>;
  };

/** A valid config: `python script.py` in the directory /work, by Shell, in place. */
export function configOf(
  { script, machine, resources, ...rest }: Overrides = {},
): Config {
  return {
    script: {
      path: "/work/hello.py",
      text: 'print("hello")\n',
      code: 'print("hello")\n',
      ...script,
    },
    workBase: "./",
    commonInputs: [],
    commonOutputs: [],
    machine: { ...plainMachine, ...machine },
    resources: { ...plainResources, ...resources },
    tasks: [taskRow()],
    header: null,
    ...rest,
  };
}

/** Machines where inputs are used where they are, linked to, or copied. */
export const stagingMachines = {
  "in place": { context: "LazyLocalContext" },
  link: { context: "LocalContext", profile: { symlink: true } },
  copy: { context: "LocalContext", profile: { symlink: false } },
} as const satisfies Readonly<Record<string, Partial<Machine>>>;

export type Staging = keyof typeof stagingMachines;

/** Names the path of a value as its file. */
export const locatePath: Locate = (...path) => ({
  file: path.join("."),
  line: 1,
  column: 1,
});

/** A row of task_list: `python` in the work base, nothing sent along or brought back. */
export function taskRow(row: Partial<TaskRow> = {}): TaskRow {
  return {
    command: "python",
    dir: "./",
    name: null,
    inputs: [],
    outputs: [],
    out: "log",
    err: "err",
    ...row,
  };
}

const plainMachine: Machine = {
  scheduler: "Shell",
  context: "LazyLocalContext",
  localRoot: "/work",
  remoteRoot: null,
  cleanInBackground: false,
  retries: 3,
  maxJobs: null,
  maxDownload: 4 * 1024 ** 2,
  maxDownloadFiles: 2_000_000,
  maxExpansion: 1000,
  pollIntervalSeconds: null,
  maxPollIntervalSeconds: null,
  missingGraceSeconds: null,
  fullWaitSeconds: null,
  commandTimeoutSeconds: 60,
  commands: {
    submit: null,
    poll: null,
    account: null,
    cancel: null,
    capacity: null,
  },
  profile: {},
};

const plainResources: Resources = {
  nodes: 1,
  cpusPerNode: 1,
  gpusPerNode: 0,
  queue: "",
  walltimeSeconds: null,
  memoryMib: null,
  account: null,
  qos: null,
  exclusive: false,
  tasksPerJob: 0,
  flags: [],
  strategy: { gpuPerTask: false, unfinishedRatio: 0, headerTemplate: null },
  tasksAtOnce: 1,
  sources: [],
  modulePurge: false,
  moduleUnload: [],
  moduleLoad: [],
  envs: [],
  prepend: [],
  append: [],
  waitSeconds: 0,
  options: {},
};
