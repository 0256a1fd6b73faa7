/** The kinds of backend, one row each: everything known of a kind before a connection is opened. */
import type { BatchName, ContextName } from "./names.ts";

/** Where tasks run, and so where their files are. */
export type FilesAt =
  /** In the work base itself: nothing is copied. */
  | "local directory"
  /** In a remote directory on the local computer. */
  | "local copy"
  /** On a remote host. */
  | "elsewhere";

/** Fields of resources that several batch types support, each in its own way. */
export type PortableField =
  | "walltime"
  | "memory"
  | "account"
  | "qos"
  | "exclusive";

interface ContextFacts {
  readonly filesAt: FilesAt;
  /** Whether the run's directory is made below `remote_root`. */
  readonly needsRemoteRoot: boolean;
}

interface BackendKind {
  readonly batchTypes: readonly BatchName[];
  /** Each of its batch types can be reached through each of its contexts. */
  readonly contexts: Readonly<Partial<Record<ContextName, ContextFacts>>>;
  /** Of all its batch types alike; "per scheduler": each scheduler lists its own. */
  readonly supportedFields: readonly PortableField[] | "per scheduler";
}

/** Each batch type and each context is in one row. */
const rows = {
  shell: {
    batchTypes: [
      "Shell",
      "Slurm",
      "SlurmJobArray",
      "PBS",
      "Torque",
      "SGE",
      "LSF",
      "JH_UniScheduler",
      "Fugaku",
    ],
    contexts: {
      LazyLocalContext: { filesAt: "local directory", needsRemoteRoot: false },
      LocalContext: { filesAt: "local copy", needsRemoteRoot: true },
      SSHContext: { filesAt: "elsewhere", needsRemoteRoot: true },
    },
    supportedFields: "per scheduler",
  },
  yarn: {
    batchTypes: ["DistributedShell"],
    contexts: {
      HDFSContext: { filesAt: "elsewhere", needsRemoteRoot: true },
    },
    supportedFields: [],
  },
  bohrium: {
    batchTypes: ["Bohrium"],
    contexts: {
      BohriumContext: { filesAt: "elsewhere", needsRemoteRoot: false },
    },
    supportedFields: [],
  },
  openapi: {
    batchTypes: ["OpenAPI"],
    contexts: {
      OpenAPIContext: { filesAt: "elsewhere", needsRemoteRoot: false },
    },
    supportedFields: [],
  },
} as const satisfies Readonly<Record<string, BackendKind>>;

export type BackendKindName = keyof typeof rows;

export const backendKinds: Readonly<Record<BackendKindName, BackendKind>> =
  rows;

const kindNames = Object.keys(rows) as readonly BackendKindName[];

/** The kind that a batch type belongs to. */
export function backendKindOf(batch: BatchName): BackendKindName {
  const kind = kindNames.find((kind) =>
    backendKinds[kind].batchTypes.includes(batch)
  );
  if (kind === undefined) throw new Error(`${batch} is of no backend kind`);
  return kind;
}

/** The contexts that a batch type can be reached through. */
export function contextsOf(batch: BatchName): readonly ContextName[] {
  const { contexts } = backendKinds[backendKindOf(batch)];
  return Object.keys(contexts) as readonly ContextName[];
}

/** Where the files are of tasks that run in this context. */
export function filesAt(context: ContextName): FilesAt {
  return factsOf(context).filesAt;
}

/** Whether tasks run in the work base itself, so that nothing is staged or downloaded. */
export function runsInPlace(context: ContextName): boolean {
  return filesAt(context) === "local directory";
}

/**
 * Whether jobs have the environment of the command that submits them, so that an
 * active virtualenv or conda environment is used; the others have that of a login shell.
 */
export function keepsEnvironment(
  batch: BatchName,
  context: ContextName,
): boolean {
  return batch === "Shell" && filesAt(context) !== "elsewhere";
}

export function needsRemoteRoot(context: ContextName): boolean {
  return factsOf(context).needsRemoteRoot;
}

function factsOf(context: ContextName): ContextFacts {
  const [facts] = kindNames.flatMap((kind) =>
    backendKinds[kind].contexts[context] ?? []
  );
  if (facts === undefined) throw new Error(`${context} is of no backend kind`);
  return facts;
}
