/** `machine`: where jobs run and how that place is reached. */
import { size } from "./quantities.ts";
import { fields } from "./field.ts";
import {
  choice,
  flag,
  integer,
  number,
  table,
  variant,
} from "./value_types.ts";
import { batchTypes, contexts } from "./names.ts";
import { profiles } from "./profiles/mod.ts";
import { line, path } from "./text_types.ts";

/** What a site calls in place of a batch system's own program. */
function command<const A extends string>(as: A, doc: string) {
  return {
    configName: as,
    kind: line,
    default: null,
    whenChanged: "continue",
    doc,
  } as const;
}

export const commands = fields({
  submit: command(
    "submit",
    "Hands a job over, in place of `sbatch`, `qsub` and their like.",
  ),
  poll: command(
    "poll",
    "Shows jobs, in place of `squeue`, `qstat` and their like.",
  ),
  account: command(
    "account",
    "Tells why jobs ended, in place of `sacct` and its like.",
  ),
  cancel: command(
    "cancel",
    "Cancels jobs, in place of `scancel`, `qdel` and their like.",
  ),
  capacity: command("capacity", "Tells limits, in place of `scontrol`."),
});

export const machine = fields({
  batch_type: {
    configName: "scheduler",
    kind: choice(batchTypes),
    whenChanged: "continue",
    doc: "Batch system that runs the jobs.",
  },
  context_type: {
    configName: "context",
    kind: choice(contexts),
    whenChanged: "newRun",
    doc: "How the machine is reached.",
  },
  local_root: {
    configName: "localRoot",
    kind: path,
    default: null,
    needed: "unless work_base is absolute",
    whenChanged: "newRun",
    doc:
      "Local folder that a relative work_base is in; itself relative to the current folder.",
  },
  remote_root: {
    configName: "remoteRoot",
    kind: path,
    default: null,
    needed: "for LocalContext, SSHContext and HDFSContext",
    whenChanged: "newRun",
    doc:
      "Folder on the machine below which each submission gets a folder of its own.",
  },
  clean_asynchronously: {
    configName: "cleanInBackground",
    kind: flag,
    default: false,
    whenChanged: "continue",
    doc:
      "Removes the working folder on the machine in the background, without waiting for it.",
  },
  retry_count: {
    configName: "retries",
    kind: integer(0),
    unit: "times",
    default: 3,
    whenChanged: "continue",
    doc: "How many times a job with a failed task is submitted again.",
  },
  max_jobs: {
    configName: "maxJobs",
    kind: integer(1),
    unit: "jobs queued or running at once",
    default: null,
    whenChanged: "continue",
    doc:
      "How many jobs may be queued or running at once; without it as many as the batch system takes, with Shell as many as fit the CPUs.",
  },
  max_download_size: {
    configName: "maxDownload",
    kind: size,
    unit: "MiB",
    default: 4 * 1024 ** 2,
    whenChanged: "continue",
    doc:
      "How much results may come to in one session (4 TiB if not said): nothing beyond that is taken from the machine, and nothing is removed there.",
  },
  max_download_files: {
    configName: "maxDownloadFiles",
    kind: integer(1),
    unit: "files",
    default: 2_000_000,
    whenChanged: "continue",
    doc: "How many files and folders may come back in one session.",
  },
  max_expansion: {
    configName: "maxExpansion",
    kind: integer(1),
    unit: "times",
    default: 1000,
    whenChanged: "continue",
    doc:
      "How many times larger than what travelled results may be once they are unpacked; it counts above 16 GiB.",
  },
  poll_interval: {
    configName: "pollIntervalSeconds",
    kind: number(0.05),
    unit: "seconds",
    default: null,
    whenChanged: "continue",
    doc:
      "Shortest time between two looks at the jobs, kept while things change; without it 2, with Shell 0.05, or less where max_poll_interval is less.",
  },
  max_poll_interval: {
    configName: "maxPollIntervalSeconds",
    kind: number(0.05),
    unit: "seconds",
    default: null,
    whenChanged: "continue",
    doc:
      "Longest time between two looks at the jobs, reached when nothing changes for long; without it 30, with Shell 2, or more where poll_interval is more.",
  },
  missing_grace: {
    configName: "missingGraceSeconds",
    kind: number(1),
    unit: "seconds",
    default: null,
    whenChanged: "continue",
    doc:
      "How long a job must be in no listing of the queue, and without an exit record, before it counts as gone; without it 120, with Shell 0. Longer where files or the queue lag.",
  },
  full_wait: {
    configName: "fullWaitSeconds",
    kind: number(1),
    unit: "seconds",
    default: null,
    whenChanged: "continue",
    doc:
      "How long to wait after the batch system said that it takes no more jobs; without it 30, with Shell 5.",
  },
  commands: {
    configName: "commands",
    kind: table(commands),
    default: {},
    doc:
      "What this site has in place of the batch system's own programs; each takes the same arguments and answers alike.",
  },
  remote_profile: {
    configName: "profile",
    kind: variant("context_type", profiles),
    doc: "What only the chosen context understands.",
  },
});
