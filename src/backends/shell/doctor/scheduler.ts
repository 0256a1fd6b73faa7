/** The batch system's programs, what they answer, and its limits. */
import { quote } from "../../../script/quote.ts";
import { closestMatch } from "../../../text/closest_match.ts";
import { programFor } from "../programs.ts";
import {
  allOf,
  checksOf,
  type Examination,
  exitCodeIn,
  lastReply,
  type ReplyWithError,
  wordsOf,
} from "./section_reader.ts";
import { programPathOf } from "./commands.ts";
import { limitChecks } from "./queue_limits.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd, bad } = checksOf("scheduler");

/** Where programs are missing or fail, the other checks are left out. */
export function schedulerChecks(
  examination: Examination,
): readonly DoctorCheck[] {
  const programs = programChecks(examination);
  if (programs.some(isError)) return programs;
  const listed = listing(examination);
  if (listed.some(isError)) return [...programs, ...listed];
  const queues = queue(examination);
  const known = queues.every(({ state }) => state === "ok");
  return [
    ...programs,
    ...version(examination),
    ...listed,
    ...queues,
    ...(known ? limitChecks(examination) : []),
    ...arrays(examination),
  ];
}

function isError({ state }: DoctorCheck): boolean {
  return state === "error";
}

/** Without these no job can be submitted, polled or cancelled. */
const NEEDED: readonly string[] = ["submit", "poll", "cancel"];

function programChecks(examination: Examination): readonly DoctorCheck[] {
  const found = allOf(examination, "program").map(({ words, text }) => {
    const [name = "", path = ""] = text.split("\n");
    return { role: words[1]!, name, path };
  });
  const there = found.filter(({ path }) => path !== "");
  const missing = found.filter(({ path }) => path === "").map(
    ({ role, name }) => {
      const tell = NEEDED.includes(role) ? bad : odd;
      return tell(
        "programs",
        name.includes("/")
          ? `${name}: not found`
          : `${name}: not found on the PATH of scripts`,
        adviceFor(role, programPathOf(examination, name)),
      );
    },
  );
  return [
    ...(there.length === 0
      ? []
      : [fine("programs", pathsText(there.map(({ path }) => path)))]),
    ...missing,
  ];
}

function adviceFor(role: string, place: string | null): string {
  if (place !== null) {
    return `A login shell finds it: set machine.commands.${role} = ${
      JSON.stringify(place)
    }`;
  }
  return NEEDED.includes(role)
    ? `Set machine.commands.${role} to its path, or choose another batch_type`
    : "Runs work without it, but exit reasons are less precise";
}

/** `/usr/bin: sbatch, squeue`. */
function pathsText(paths: readonly string[]): string {
  const directories = Object.groupBy(
    paths,
    (path) => path.slice(0, path.lastIndexOf("/")),
  );
  return Object.entries(directories).map(([directory, inside = []]) =>
    `${directory}: ${
      inside.map((path) => path.slice(directory.length + 1)).join(", ")
    }`
  ).join("; ");
}

function version(examination: Examination): readonly DoctorCheck[] {
  const reply = lastReply(examination, "version");
  if (reply === null) return [];
  // LSF prints it on stderr.
  const lines = `${reply.text}\n${reply.error}`.split("\n");
  const line = lines.find((line) => /\d/.test(line))?.trim();
  return exitCodeIn(reply) === 0 && line ? [fine("version", line)] : [odd(
    "version",
    wordsOf(reply),
    "Nothing depends on it, but dpdisp may not have been tested with this version",
  )];
}

function listing(examination: Examination): readonly DoctorCheck[] {
  const found = lastReply(examination, "listing");
  if (found === null) return [];
  const reply = replyOf(found);
  const jobs = examination.scheduler.parseFound(reply);
  if (jobs === null || reply.code !== 0) {
    const { scheduler, plan: { config } } = examination;
    const program = programFor("poll", scheduler, config.machine);
    return [bad(
      "queue",
      wordsOf(found),
      `Try on the remote host: sh -c ${
        quote(program ?? "")
      }; ask the site's support what it needs (variables, a module, another login host)`,
    )];
  }
  return [fine("queue", `replies; it lists ${jobs.size} of your jobs`)];
}

function queue(examination: Examination): readonly DoctorCheck[] {
  const { queue } = examination.plan.config.resources;
  const reply = lastReply(examination, "queues");
  if (reply === null || queue === "") return [];
  const names = reply.text.split("\n").map((line) => line.trim())
    .filter(Boolean);
  if (exitCodeIn(reply) !== 0 || names.length === 0) {
    return [odd(
      "queue_name",
      `it is unknown whether there is a queue ${queue}: ${wordsOf(reply)}`,
      "The first submit will show it",
    )];
  }
  const unknown = wantedIn(queue).filter((name) => !names.includes(name));
  if (unknown.length === 0) return [fine("queue_name", queue)];
  const match = closestMatch(unknown[0]!, names);
  return [bad(
    "queue_name",
    `there is no queue ${unknown.join(", ")}; there are ${shortList(names)}`,
    match === null
      ? "Set resources.queue_name to one of them"
      : `Did you mean ${match}? Set resources.queue_name`,
  )];
}

/** Queue names: some schedulers accept several, hosts after an `@`, or patterns. */
function wantedIn(queue: string): readonly string[] {
  return queue.split(/[\s,]+/).map((name) => name.replace(/@.*/, ""))
    .filter((name) => name !== "" && !/[*?[\]!&|]/.test(name));
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown}, …` : shown;
}

function arrays(examination: Examination): readonly DoctorCheck[] {
  const reply = lastReply(examination, "capacity");
  if (reply === null || !examination.scheduler.array) return [];
  const maxElements = examination.scheduler.array.mostElements(replyOf(reply));
  return [
    maxElements === null
      ? odd(
        "arrays",
        `the limit of array elements is unknown: ${wordsOf(reply)}`,
        "Set resources.group_size if array jobs are rejected",
      )
      : fine("arrays", `up to ${maxElements} elements`),
  ];
}

function replyOf(reply: ReplyWithError) {
  return { code: exitCodeIn(reply)!, stdout: reply.text, stderr: reply.error };
}
