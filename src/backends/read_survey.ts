/** Reads the sections of a survey. */
import type { JobId, JobName } from "../job.ts";
import type { Scheduler } from "../schedulers/scheduler.ts";
import type { Section } from "../script/reply.ts";
import { parseRecords } from "../script/record.ts";
import { parseIntents } from "../submit.ts";
import { decodeName } from "../text/bytes_name.ts";
import { parseTries } from "./answers.ts";
import type { Lease, Survey } from "./backend.ts";

export function readSections(
  sections: readonly Section[],
  scheduler: Scheduler,
): Survey {
  const found = new Map(
    sections.map((section) => [section.words[0]!, section]),
  );
  const text = (name: string) => found.get(name)?.text.trim() ?? "";
  return {
    // A folder's name may end in a space.
    root: decodeName(found.get("root")?.bytes ?? new Uint8Array())
      .replace(/\n$/, ""),
    host: text("host"),
    cpus: Number(text("cpus")) || 1,
    // A folder whose mark was never written is no run's yet.
    mark: text("mark") || null,
    closed: found.has("closed"),
    lease: leaseOf(found.get("lease")),
    submitting: found.has("submitting"),
    mostElements: scheduler.array?.mostElements({
      code: 0,
      stdout: text("capacity"),
      stderr: "",
    }) ?? null,
    intents: parseIntents(text("intents")),
    tries: parseTries(scheduler, text("ids")),
    fenced: fencedIn(text("locks")),
    owners: ownersIn(text("locks")),
    records:
      parseRecords(found.get("records")?.bytes ?? new Uint8Array()).records,
  };
}

/** Nothing there yet: nobody holds it. */
function leaseOf(section: Section | undefined): Lease {
  if (section?.words[1] !== "other") return { holder: "me" };
  const [token = "", who = "", beats = ""] = section.text.split("\n");
  return { holder: "other", token, who, beats: Number(beats) };
}

/** Of an array, each element's lock names the array's id. */
function ownersIn(listing: string): ReadonlyMap<JobName, JobId> {
  const locks = listing.matchAll(/ ([^\s.]+)(?:\.\d+)? -> run:(\S*)$/gm);
  return new Map(locks.map(([, job, id]) => [job!, id!] as const));
}

/** `ls -l` shows a lock as `… job -> run:id` or `… job -> fenced:word`. */
function fencedIn(listing: string): readonly string[] {
  return [...listing.matchAll(/ (\S+) -> fenced:\S*$/gm)].map(([, job]) =>
    job!
  );
}
