import type { JobId, JobName } from "../../model/job.ts";
import type { QueueListing } from "../scheduler.ts";
import { plainState } from "./states.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

export function statesOf(xml: string): QueueListing["entries"] {
  return new Map(
    jobsIn(xml).flatMap((job) => {
      const [id, letters] = [
        textOf(job, "JB_job_number"),
        textOf(job, "state"),
      ];
      return id && letters
        ? [[id, { word: plainState(letters) }] as const]
        : [];
    }),
  );
}

/** Our name is what follows the last dash of the name that a user sees. */
export function namesOf(xml: string): ReadonlyMap<JobName, JobId> {
  return new Map(
    jobsIn(xml).flatMap((job) => {
      const name = textOf(job, "JB_name")?.match(/-([a-z][a-z0-9]*)$/)?.[1];
      const id = textOf(job, "JB_job_number");
      return name && id ? [[name, id] as const] : [];
    }),
  );
}

/** Whether a document came to its end; `job_info` is also what a part of it is called. */
export function isWhole(xml: string): boolean {
  const count = (tag: RegExp) => xml.match(tag)?.length ?? 0;
  const begun = count(/<job_info\b[^<>]*[^<>/]>|<job_info>/g);
  return begun > 0 && begun === count(/<\/job_info>/g);
}

function jobsIn(xml: string): readonly string[] {
  // Of those that were begun before an end only the last has it.
  return xml.split("</job_list>").slice(0, -1).flatMap((text) => {
    const begin = text.lastIndexOf("<job_list");
    return begin < 0 ? [] : [text.slice(begin)];
  });
}

function textOf(xml: string, tag: string): string | undefined {
  return xml.match(new RegExp(`<${tag}>([^<]*)</${tag}>`))?.[1]?.trim();
}

type Fields = ReadonlyMap<string, string>;

/** A job has a record for each machine it ran on; what is worst of them counts. */
export function causesIn(stdout: string): ReadonlyMap<JobId, ExitReason> {
  const records = stdout.split(/^={5,}\s*$/m).map(fieldsOf)
    .filter((fields) => fields.has("jobnumber") && !isToComeBack(fields));
  const jobs = Map.groupBy(records, (fields) => fields.get("jobnumber")!);
  return new Map(
    jobs.entries().map(([id, all]) => {
      const causes = all.map(causeOf);
      return [
        id,
        causes.find(({ kind }) => kind !== "disappeared") ?? causes.at(-1)!,
      ];
    }),
  );
}

/** Lines of a key and its value. */
function fieldsOf(record: string): Fields {
  return new Map(
    record.matchAll(/^(\w+)[ \t]+(.*)$/gm).map(([, key, value]) =>
      [key!, value!.trim()] as const
    ),
  );
}

/** "migrating" and "rescheduling", sge_status(5): this was not its last run. */
function isToComeBack(fields: Fields): boolean {
  return /^2[45]\b/.test(fields.get("failed") ?? "");
}

function causeOf(fields: Fields): ExitReason {
  const failed = fields.get("failed") ?? "0";
  const exit = fields.get("exit_status") ?? "unknown";
  const words = failed === "0" ? [] : [`failed ${failed.replace(/\s+/g, " ")}`];
  return {
    kind: kindOf(fields, parseInt(failed)),
    message: [...words, `exit_status ${exit.replace(/\s+/g, " ")}`].join(", "),
  };
}

/** Codes of sge_status(5), "'Failed' states". 100 is any signal: whose, the limits tell. */
function kindOf(fields: Fields, failed: number): ExitReasonKind {
  if (failed === 37) return "timeLimit";
  if (failed === 19 || failed === 21) return "nodeFailure";
  if (failed !== 100) return failed === 17 ? "cancelled" : "disappeared";
  if (isBeyond(fields, "h_rt", "ru_wallclock")) return "timeLimit";
  if (isBeyond(fields, "h_vmem", "maxvmem")) return "outOfMemory";
  return "disappeared";
}

/** Limits stand in the record as they were asked for: `-l h_rt=60,h_vmem=1G`. */
function isBeyond(fields: Fields, limit: string, used: string): boolean {
  const asked = fields.get("category")?.match(
    new RegExp(`\\b${limit}=([^,\\s]+)`),
  )?.[1];
  const had = fields.get(used);
  return asked !== undefined && had !== undefined &&
    amount(had) >= amount(asked);
}

/** Seconds or bytes: `60`, `0:1:0`, `52.0s`, `1.5G`. */
function amount(text: string): number {
  if (text.includes(":")) {
    return text.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
  }
  const [, number, unit = ""] = text.match(/^([\d.]+)([kmg]?)/i) ?? [];
  return Number(number) * 1024 ** " kmg".indexOf(unit.toLowerCase() || " ");
}
