/** Everything that is known about a task that failed. */
import type { Task } from "../../job.ts";
import type { TaskStanding } from "../../progress.ts";
import { folderOf, outPath } from "../../script/layout.ts";
import type { ContextName } from "../../schema/names.ts";
import { join } from "../../text/path.ts";
import type { Files } from "../../world.ts";
import { causeWords } from "./causes.ts";
import { exitWords } from "./exit_words.ts";
import { jobTitle, type Scene } from "./line.ts";
import { logTail } from "./log_tail.ts";

/** Folder and reason, command, the end of the log, and what to do about it; a line each. */
export function describeFailedTask(
  task: Task,
  scene: Scene,
  files: Files,
): readonly string[] {
  const standing = scene.progress.tasks.get(task.key)!;
  const log = standing.started === null
    ? jobsWords(standing, scene, files)
    : lastWords(task, scene, files);
  return [
    `task ${scene.nameOf(task.key)} failed: ${reasonOf(standing, scene)}${
      circumstances(standing)
    }`,
    `  command: ${task.command}`,
    ...log.lines,
    ...adviceFor(standing, task, log.text).map((line) => `  ${line}`),
    ...roomFor(standing, scene).map((line) => `  ${line}`),
  ];
}

/** An exit code of its own, with what ended it from outside; else what became of its job. */
export function reasonOf(
  { code, job, started }: TaskStanding,
  { progress }: Scene,
): string {
  const cause = job === null ? null : progress.jobs.get(job)?.cause;
  const words = cause ? causeWords(cause) : null;
  const fate = words === null || job === null
    ? null
    : `its ${jobTitle(progress, job)} ${words}`;
  if (code !== null && code !== 0) {
    return code > 128 && fate !== null
      ? `${exitWords(code)}; ${fate}`
      : exitWords(code);
  }
  if (fate !== null) return fate;
  return started === null ? "it never started" : "it never came to its end";
}

function circumstances({ tries, host }: TaskStanding): string {
  // What no retry can mend counts as tried without end.
  const tried = tries > 1 && Number.isFinite(tries)
    ? `, after ${tries} tries`
    : "";
  return `${tried}${host === null ? "" : `, on ${host}`}`;
}

/** Lines for the screen, and the end of the log as text. */
interface Words {
  readonly lines: readonly string[];
  readonly text: string;
}

/** What tells of a task that never began: a log in its folder would be an earlier run's. */
function jobsWords(
  { job }: TaskStanding,
  { plan, progress }: Scene,
  files: Files,
): Words {
  if (job === null) return { lines: [], text: "" };
  const root = progress.surveyed?.root ?? plan.root;
  const path = `${folderOf(root, plan.key)}/${outPath(job)}`;
  const tail = SHARES_FILES.includes(plan.config.machine.context)
    ? logTail(path, files)
    : null;
  if (tail === null) {
    return {
      lines: [
        `  its job's output is ${path} on the execution side, if anywhere`,
      ],
      text: "",
    };
  }
  return tail.length === 0
    ? { lines: [`  its job wrote nothing to ${path}`], text: "" }
    : shownEnd(path, tail);
}

/** Contexts whose execution side is this machine. */
const SHARES_FILES: readonly ContextName[] = [
  "LazyLocalContext",
  "LocalContext",
];

function shownEnd(path: string, tail: readonly string[]): Words {
  return {
    lines: [`  ${path} ends with:`, ...tail.map((line) => `    | ${line}`)],
    text: tail.join("\n"),
  };
}

/** The error log, or where it says nothing the log; else where it should be. */
function lastWords(
  { dir, err, out }: Task,
  { plan, progress }: Scene,
  files: Files,
): Words {
  const names = [...new Set([err, out])].filter((name) => name !== null);
  const tails = names.map((name) => {
    const path = join(join(plan.base, dir), name);
    return { path, tail: logTail(path, files) };
  });
  const telling = tails.find(({ tail }) => tail !== null && tail.length > 0);
  if (telling) return shownEnd(telling.path, telling.tail!);
  if (tails.length === 0) {
    return {
      lines: ["  it has no log (outlog and errlog are null)"],
      text: "",
    };
  }
  const empty = tails.filter(({ tail }) => tail !== null).map(({ path }) =>
    path
  );
  if (empty.length > 0) {
    return {
      lines: [`  nothing was written to ${empty.join(" and ")}`],
      text: "",
    };
  }
  const far = join(join(progress.surveyed?.root ?? plan.root, dir), names[0]!);
  return {
    lines: [`  its log is ${far} on the execution side, if anywhere`],
    text: "",
  };
}

/** What to ask for where a limit ended the job. */
function roomFor(
  { job }: TaskStanding,
  { progress }: Scene,
): readonly string[] {
  const kind = job === null ? undefined : progress.jobs.get(job)?.cause?.kind;
  if (kind === "timeLimit") {
    return [
      "ask for more time: resources.walltime, or a queue that allows more",
    ];
  }
  return kind === "memory"
    ? ["ask for more memory: resources.memory, or fewer tasks at once"]
    : [];
}

function adviceFor(
  { code, hint }: TaskStanding,
  { command }: Task,
  log: string,
): readonly string[] {
  if (code !== 127 && code !== 126) return [];
  const name = namedIn(log, code) ?? firstWord(command);
  if (code === 126) {
    return [
      `${name} is there, but may not be executed: chmod +x, or name its interpreter`,
    ];
  }
  if (hint === null) {
    return [
      `${name} was not found: load its module, source its environment, or give its path`,
    ];
  }
  return [
    `${name} was not found, ${hint} is there: write command = ${
      JSON.stringify(hint + command.slice(name.length))
    }`,
  ];
}

/** `bash: line 3: foo: command not found` (bash), `sh: 1: foo: not found` (dash), `…: Permission denied`. */
function namedIn(log: string, code: number): string | null {
  const seen = code === 127
    ? [...log.matchAll(/(?:^|: )([^\s:]+): (?:command )?not found$/gm)]
    : [...log.matchAll(/(?:^|: )([^\s:]+): Permission denied$/gm)];
  return seen.at(-1)?.[1] ?? null;
}

function firstWord(command: string): string {
  return command.trim().split(/\s/)[0] ?? command;
}
