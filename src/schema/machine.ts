/** `machine`: where jobs run and how the remote host is reached. */
import { size } from "./quantities.ts";
import { fields } from "./field.ts";
import {
  anything,
  choice,
  countOrDefault,
  flag,
  integer,
  number,
  table,
  variant,
} from "./value_types.ts";
import { batchTypes, contexts } from "./names.ts";
import { profiles } from "./profiles/mod.ts";
import { line, path } from "./text_types.ts";
import { BATCH_TIMES, SHELL_TIMES } from "./poll_times.ts";

const DEFAULT_RETRIES = 3;

/** `Default: 30, with Shell 5`. */
function defaultTimes(name: keyof typeof BATCH_TIMES): string {
  return `Default: ${BATCH_TIMES[name]}, with Shell ${SHELL_TIMES[name]}`;
}

/** The command of a site that replaces a program of the batch system. */
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
    "Submits a job, in place of `sbatch`, `qsub` or the like.",
  ),
  poll: command(
    "poll",
    "Lists jobs, in place of `squeue`, `qstat` or the like.",
  ),
  account: command(
    "account",
    "Shows why jobs ended, in place of `sacct` or the like.",
  ),
  cancel: command(
    "cancel",
    "Cancels jobs, in place of `scancel`, `qdel` or the like.",
  ),
  capacity: command("capacity", "Shows job limits, in place of `scontrol`."),
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
    doc: "How the remote host is reached.",
  },
  local_root: {
    configName: "localRoot",
    kind: path,
    default: null,
    needed: "unless work_base is absolute",
    whenChanged: "newRun",
    doc:
      "Local directory that a relative work_base starts from; itself relative to the current directory.",
  },
  remote_root: {
    configName: "remoteRoot",
    kind: path,
    default: null,
    needed: "for LocalContext, SSHContext and HDFSContext",
    whenChanged: "newRun",
    doc:
      "Directory on the remote host in which each run gets its own remote directory.",
  },
  create_remote_root: {
    configName: null,
    kind: anything,
    default: null,
    whenChanged: "continue",
    doc:
      "Accepted and without effect: remote_root is created where it does not exist.",
  },
  clean_asynchronously: {
    configName: "cleanInBackground",
    kind: flag,
    default: false,
    whenChanged: "continue",
    doc:
      "Removes the remote directory of the run in the background, without waiting for the end.",
  },
  retry_count: {
    configName: "retries",
    kind: countOrDefault(DEFAULT_RETRIES),
    unit: "times",
    default: DEFAULT_RETRIES,
    whenChanged: "continue",
    doc:
      "How many times a job with a failed task is resubmitted; -1: the default.",
  },
  max_jobs: {
    configName: "maxJobs",
    kind: integer(1),
    unit: "jobs queued or running at once",
    default: null,
    whenChanged: "continue",
    doc:
      "How many jobs may be queued or running at once. Default: as many as the batch system accepts; with Shell, as many as the CPUs allow.",
  },
  max_download_size: {
    configName: "maxDownload",
    kind: size,
    default: 4 * 1024 ** 2,
    whenChanged: "continue",
    doc:
      "Total size of the results that one dpdisp command may download (default 4 TiB). Above it the download stops, and nothing is removed from the remote host.",
  },
  max_download_files: {
    configName: "maxDownloadFiles",
    kind: integer(1),
    unit: "files",
    default: 2_000_000,
    whenChanged: "continue",
    doc: "How many files and directories one dpdisp command may download.",
  },
  max_expansion: {
    configName: "maxExpansion",
    kind: integer(1),
    unit: "times",
    default: 1000,
    whenChanged: "continue",
    doc:
      "How many times larger than the downloaded archive the unpacked results may be; checked above 16 GiB.",
  },
  poll_interval: {
    configName: "pollIntervalSeconds",
    kind: number(0.05),
    unit: "seconds",
    default: null,
    whenChanged: "continue",
    doc: `Shortest time between two polls, used while jobs change state. ${
      defaultTimes("minPollSeconds")
    }, or less where max_poll_interval is less.`,
  },
  max_poll_interval: {
    configName: "maxPollIntervalSeconds",
    kind: number(0.05),
    unit: "seconds",
    default: null,
    whenChanged: "continue",
    doc:
      `Longest time between two polls, reached when no job changes state for long. ${
        defaultTimes("maxPollSeconds")
      }, or more where poll_interval is more.`,
  },
  missing_grace: {
    configName: "missingGraceSeconds",
    kind: number(1),
    unit: "seconds",
    default: null,
    whenChanged: "continue",
    doc:
      `How long a job must be missing from the queue, without an exit record, before it counts as lost. ${
        defaultTimes("missingGraceSeconds")
      }. Increase it where files or the queue are slow to update.`,
  },
  full_wait: {
    configName: "fullWaitSeconds",
    kind: number(1),
    unit: "seconds",
    default: null,
    whenChanged: "continue",
    doc:
      `How long to wait after the batch system has refused a job because of a job limit. ${
        defaultTimes("queueFullSeconds")
      }.`,
  },
  command_timeout: {
    configName: "commandTimeoutSeconds",
    kind: number(1),
    unit: "seconds",
    default: 60,
    whenChanged: "continue",
    doc:
      "How long a command of the batch system (`squeue`, `qsub`, …) may take. Then it is ended, and asked again later; records are read and results collected meanwhile.",
  },
  commands: {
    configName: "commands",
    kind: table(commands),
    default: {},
    doc:
      "Commands of the site that replace the batch system's own programs; each must take the same arguments and give the same output.",
  },
  remote_profile: {
    configName: "profile",
    kind: variant("context_type", profiles),
    doc: "Fields of the chosen context.",
  },
});
