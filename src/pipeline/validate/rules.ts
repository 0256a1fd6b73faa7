/** Rules between fields. */
import type { Diagnostic, SourceLocation } from "../../model/diagnostic.ts";
import { locationAt, nodeAt, type TableNode } from "../parse/node.ts";
import { schedulerOf } from "../../schedulers/scheduler_of.ts";
import {
  backendKindOf,
  backendKinds,
  contextsOf,
  needsRemoteRoot,
  type PortableField,
} from "../../schema/backend_kinds.ts";
import { type BatchName, batchTypes } from "../../schema/names.ts";
import { isAbsolute } from "../../text/path.ts";
import { joinWords } from "../../text/grammar.ts";
import { tableLabel } from "./diagnostics.ts";
import { pathErrors } from "./path_rules.ts";
import type { PartialConfig } from "./partial_config.ts";

/** An error for each broken rule, at the location of the value to change. */
export function checkRules(
  draft: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  return RULES.flatMap((rule) => rule(draft, table)).concat(
    pathErrors(draft, table),
  );
}

type Rule = (draft: PartialConfig, table: TableNode) => readonly Diagnostic[];

const RULES: readonly Rule[] = [
  checkContext,
  requireRemoteRoot,
  requireLocalRoot,
  checkGpuPerTask,
  checkOpensshSecrets,
  checkResourceGroup,
  requireTask,
  requireCommand,
];

function at(
  table: TableNode,
  path: readonly (string | number)[],
  message: string,
): readonly Diagnostic[] {
  const location: SourceLocation = locationAt(table, path);
  return [{ location, message }];
}

/** The batch type and the context must go together. */
function checkContext(
  { machine }: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  const { scheduler, context } = machine ?? {};
  if (scheduler === undefined || context === undefined) return [];
  const allowed = contextsOf(scheduler);
  if (allowed.includes(context)) return [];
  return at(
    table,
    ["machine", "context_type"],
    `batch_type "${scheduler}" does not work with context_type "${context}"; context_type must be ${
      joinWords(allowed)
    }`,
  );
}

function requireRemoteRoot(
  { machine }: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  if (machine?.context === undefined || machine.remoteRoot === undefined) {
    return [];
  }
  if (!needsRemoteRoot(machine.context)) return [];
  if (machine.remoteRoot || mayBeInRef(table)) return [];
  return at(
    table,
    ["machine", "remote_root"],
    `missing "remote_root" in ${
      tableLabel(["machine"])
    }: the directory on the remote host in which each run gets its own remote directory`,
  );
}

function requireLocalRoot(
  { machine, workBase }: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  if (machine === undefined || workBase === undefined || isAbsolute(workBase)) {
    return [];
  }
  if (machine.localRoot !== null || mayBeInRef(table)) return [];
  const given = nodeAt(table, ["machine", "local_root"]) !== null;
  const message = given
    ? "local_root must be a string where work_base is relative; write a directory, or make work_base absolute"
    : `missing "local_root" in ${
      tableLabel(["machine"])
    }: the local directory that work_base is relative to`;
  return at(table, ["machine", "local_root"], message);
}

/** Whether a `$ref` that was not read may contain the keys of the machine. */
function mayBeInRef(table: TableNode): boolean {
  const machine = nodeAt(table, ["machine"]);
  return table.partial === true ||
    (machine?.kind === "table" && machine.partial === true);
}

function checkGpuPerTask(
  { resources }: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  const { nodes, gpusPerNode, strategy } = resources ?? {};
  if (strategy?.gpuPerTask !== true) return [];
  const path = ["resources", "strategy", "if_cuda_multi_devices"];
  return [
    ...(gpusPerNode === 0
      ? at(
        table,
        path,
        "if_cuda_multi_devices needs gpu_per_node of at least 1, got 0",
      )
      : []),
    ...(nodes !== undefined && nodes > 1
      ? at(
        table,
        path,
        `if_cuda_multi_devices needs number_node = 1, got ${nodes}`,
      )
      : []),
  ];
}

/** Fields of resources that not every batch system supports: key in the input and name in Config. */
const PORTABLE = {
  walltime: "walltimeSeconds",
  memory: "memoryMib",
  account: "account",
  qos: "qos",
  exclusive: "exclusive",
} as const satisfies Readonly<Record<PortableField, string>>;

/** A warning for each field that the batch system does not support. */
export function unsupportedFieldWarnings(
  { machine, resources }: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  const chosen = machine?.scheduler;
  if (chosen === undefined) return [];
  const supported = supportedFields(chosen);
  return (Object.keys(PORTABLE) as PortableField[])
    .filter((key) => resources?.[PORTABLE[key]] && !supported.includes(key))
    .flatMap((key) =>
      at(
        table,
        ["resources", key],
        `${key} has no effect with batch_type "${chosen}"; it works with ${
          joinWords(schedulersSupporting(key), "and")
        }`,
      )
    );
}

function supportedFields(batch: BatchName): readonly PortableField[] {
  const { supportedFields } = backendKinds[backendKindOf(batch)];
  return supportedFields === "per scheduler"
    ? schedulerOf(batch)?.supportedFields ?? []
    : supportedFields;
}

function schedulersSupporting(key: PortableField): readonly string[] {
  return (Object.keys(batchTypes) as BatchName[])
    .filter((batch) => supportedFields(batch).includes(key)).toSorted();
}

/** Key in the input and name in Config. */
const LOGIN_SECRETS = {
  password: "password",
  passphrase: "passphrase",
  totp_secret: "totpSecret",
} as const;

/** The `ssh` of the system reads secrets only from the terminal or the agent. */
function checkOpensshSecrets(
  { machine }: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  const profile = machine?.profile ?? {};
  if (!("transport" in profile) || profile.transport !== "openssh") return [];
  return (Object.keys(LOGIN_SECRETS) as (keyof typeof LOGIN_SECRETS)[])
    .filter((key) => profile[LOGIN_SECRETS[key]])
    .flatMap((key) =>
      at(
        table,
        ["machine", "remote_profile", key],
        `transport "openssh" cannot use ${key}, because ssh asks for it itself; remove ${key}, or set transport to "ssh2"`,
      )
    );
}

/** In the -L option of pjsub a comma begins the next limit. */
function checkResourceGroup(
  { machine, resources }: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  if (machine?.scheduler !== "Fugaku" || !resources?.queue?.includes(",")) {
    return [];
  }
  return at(
    table,
    ["resources", "queue_name"],
    'queue_name must be one resource group without commas with batch_type "Fugaku"',
  );
}

function requireTask(
  { tasks }: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  if (tasks === undefined || tasks.length > 0) return [];
  return at(
    table,
    ["task_list"],
    `task_list is empty; add a ${tableLabel(["task_list"])} table`,
  );
}

function requireCommand(
  { tasks = [] }: PartialConfig,
  table: TableNode,
): readonly Diagnostic[] {
  return tasks.flatMap((task, row) =>
    task?.command?.trim() === ""
      ? at(
        table,
        ["task_list", row, "command"],
        'command is empty; write what runs the script, such as "python"',
      )
      : []
  );
}
