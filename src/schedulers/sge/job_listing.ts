import type { JobId } from "../../model/job.ts";
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
        ? [[id, { nativeState: plainState(letters) }] as const]
        : [];
    }),
  );
}

/** The entries with the reasons that `qstat -j` prints behind the listing: `error reason 1: DATE TIME [UID:PID]: error: can't chdir to …`. */
export function withErrors(
  entries: QueueListing["entries"],
  stdout: string,
): QueueListing["entries"] {
  const reasons = new Map(
    stdout.split(/^={5,}\s*$/m).slice(1).flatMap((text) => {
      const id = text.match(/^job_number:[ \t]+(\d+)/m)?.[1];
      const reason = text.match(/^error reason[ \t]+\d+:[ \t]+(\S.*)$/m)?.[1];
      return id && reason ? [[id, reason.replace(STAMP, "").trim()]] : [];
    }),
  );
  return new Map(
    entries.entries().map(([id, entry]) => {
      const reason = reasons.get(id);
      return [
        id,
        entry.nativeState === "Eqw" && reason
          ? { ...entry, reason: `Eqw: ${reason}` }
          : entry,
      ];
    }),
  );
}

const STAMP = /^[\d/]+ [\d:]+ \[\d+:\d+\]: (?:error: )?/;

export function namesOf(xml: string): ReadonlyMap<string, JobId> {
  return new Map(
    jobsIn(xml).flatMap((job) => {
      const name = textOf(job, "JB_name");
      const id = textOf(job, "JB_job_number");
      return name && id ? [[name, id] as const] : [];
    }),
  );
}

/** Whether the document is complete; a part of it is also called `job_info`. */
export function isCompleteXml(xml: string): boolean {
  const count = (tag: RegExp) => xml.match(tag)?.length ?? 0;
  const opened = count(/<job_info\b[^<>]*[^<>/]>|<job_info>/g);
  return opened > 0 && opened === count(/<\/job_info>/g);
}

function jobsIn(xml: string): readonly string[] {
  // If several elements were opened before an end tag, only the last one is complete.
  return xml.split("</job_list>").slice(0, -1).flatMap((text) => {
    const begin = text.lastIndexOf("<job_list");
    return begin < 0 ? [] : [text.slice(begin)];
  });
}

function textOf(xml: string, tag: string): string | undefined {
  return xml.match(new RegExp(`<${tag}>([^<]*)</${tag}>`))?.[1]?.trim();
}

type Fields = ReadonlyMap<string, string>;

/** A job has a record for each host it ran on; the first that has a reason counts. */
export function exitReasonsIn(stdout: string): ReadonlyMap<JobId, ExitReason> {
  const records = stdout.split(/^={5,}\s*$/m).map(fieldsOf)
    .filter((fields) => fields.has("jobnumber") && !willRunAgain(fields));
  const jobs = Map.groupBy(records, (fields) => fields.get("jobnumber")!);
  return new Map(
    jobs.entries().map(([id, all]) => {
      const reasons = all.map(exitReasonOf);
      return [
        id,
        reasons.find(({ kind }) => kind !== "disappeared") ?? reasons.at(-1)!,
      ];
    }),
  );
}

/** Lines with a key and its value. */
function fieldsOf(record: string): Fields {
  return new Map(
    record.matchAll(/^(\w+)[ \t]+(.*)$/gm).map(([, key, value]) =>
      [key!, value!.trim()] as const
    ),
  );
}

/** "migrating" and "rescheduling", sge_status(5): this was not its last run. */
function willRunAgain(fields: Fields): boolean {
  return /^2[45]\b/.test(fields.get("failed") ?? "");
}

function exitReasonOf(fields: Fields): ExitReason {
  const failed = fields.get("failed") ?? "0";
  const exit = fields.get("exit_status") ?? "unknown";
  const details = failed === "0"
    ? []
    : [`failed ${failed.replace(/\s+/g, " ")}`];
  return {
    kind: kindOf(fields, parseInt(failed)),
    message: [...details, `exit_status ${exit.replace(/\s+/g, " ")}`].join(
      ", ",
    ),
  };
}

/** Codes of sge_status(5), "'Failed' states". 100 is any signal; the limits show whether they were the reason. */
function kindOf(fields: Fields, failed: number): ExitReasonKind {
  if (failed === 37) return "timeLimit";
  if (failed === 19 || failed === 21) return "nodeFailure";
  if (failed !== 100) return failed === 17 ? "cancelled" : "disappeared";
  if (isExceeded(fields, "h_rt", "ru_wallclock")) return "timeLimit";
  if (isExceeded(fields, "h_vmem", "maxvmem")) return "outOfMemory";
  return "disappeared";
}

/** The record has limits as they were requested: `-l h_rt=60,h_vmem=1G`. */
function isExceeded(fields: Fields, limit: string, used: string): boolean {
  const requested = fields.get("category")?.match(
    new RegExp(`\\b${limit}=([^,\\s]+)`),
  )?.[1];
  const had = fields.get(used);
  return requested !== undefined && had !== undefined &&
    amount(had) >= amount(requested);
}

/** Seconds or bytes: `60`, `0:1:0`, `52.0s`, `1.5G`. */
function amount(text: string): number {
  if (text.includes(":")) {
    return text.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
  }
  const [, number, unit = ""] = text.match(/^([\d.]+)([kmg]?)/i) ?? [];
  return Number(number) * 1024 ** " kmg".indexOf(unit.toLowerCase() || " ");
}
