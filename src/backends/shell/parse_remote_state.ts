/** Reads the reply of the inspect script. */
import type { JobId, JobName } from "../../model/job.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import type { ReplySection } from "../../script/reply.ts";
import { parseRecords } from "../../script/parse_records.ts";
import { decodeName } from "../../text/bytes_name.ts";
import { parseSubmitReplies } from "./submit_replies.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import { parseInteger } from "../../text/parse_number.ts";
import { invalidReply } from "./call_failures.ts";
import type { Resources } from "../../model/config.ts";
import type { Lease, RemoteState } from "../../model/backend_messages.ts";
import { parsePlannedJobs } from "../../script/planned_jobs.ts";

const PURPOSE = "inspect the run's remote directory";

/** Sections of a reply about an existing directory: a missing section does not mean that nothing was done. */
const PARTS = [
  "run_id",
  "lease",
  "planned_jobs",
  "submit_replies",
  "locks",
  "records",
];

/** Fails where the script cannot have written the reply. */
export function parseRemoteState(
  sections: readonly ReplySection[],
  scheduler: Scheduler,
  resources: Resources,
): Result<RemoteState> {
  const found = new Map(
    sections.map((section) => [section.header[0]!, section]),
  );
  const text = (name: string) => found.get(name)?.text.trim() ?? "";
  const needed = [
    "root",
    "host",
    "cpus",
    "compressors",
    ...found.has("no_directory") ? [] : PARTS,
  ];
  const lacking = needed.filter((name) => !found.has(name));
  if (lacking.length > 0) return nonsense(`missing: ${lacking.join(", ")}`);
  // The path may end in a space.
  const root = decodeName(found.get("root")!.bytes).replace(/\n$/, "");
  if (!root.startsWith("/")) {
    return nonsense("the directory has no absolute path");
  }
  const runId = text("run_id");
  if (!RUN_ID.test(runId)) return nonsense("the directory has no valid run id");
  const lease = leaseOf(found.get("lease"));
  if (lease === null) return nonsense("the lease cannot be read");
  const plannedJobs = parsePlannedJobs(text("planned_jobs"));
  if (!plannedJobs.every(({ name }) => NAME.test(name))) {
    return nonsense("it names jobs that dpdisp did not create");
  }
  return ok({
    remoteDir: root,
    // One line, so that it can be part of a message.
    host: text("host").split("\n")[0]!,
    cpus: parseInteger(text("cpus"), MAX_CPUS) || 1,
    // A directory whose run id was never written belongs to no run yet.
    runId: runId || null,
    isClosed: found.has("closed"),
    lease,
    isSubmitting: found.has("submitting"),
    maxTasksPerJob: maxTasksPerJob(scheduler, resources, text("capacity")),
    compressors: text("compressors").split("\n").filter(Boolean),
    plannedJobs,
    submitReplies: parseSubmitReplies(scheduler, text("submit_replies")),
    fenced: fencedIn(text("locks")),
    owners: ownersIn(text("locks")),
    records:
      parseRecords(found.get("records")?.bytes ?? new Uint8Array()).records,
  });
}

function nonsense(problem: string): Result<never> {
  return fail(invalidReply(PURPOSE, problem, false));
}

/** The forms of run ids and job names; a run id that was never written is empty. */
const RUN_ID = /^(?:[a-z0-9]{1,8})?$/;
const NAME = /^[a-z][a-z0-9]{0,14}$/;

/** No host has more. */
const MAX_CPUS = 1e6;

/** Null: the lease cannot be read. Without a directory nobody holds it. */
function leaseOf(section: ReplySection | undefined): Lease | null {
  const holder = section === undefined ? "none" : section.header[1];
  if (holder === "none" || holder === "self") return { holder };
  if (section === undefined || holder !== "other") return null;
  const [token = "", holderName = "", count = ""] = section.text.split("\n");
  const heartbeats = count.trim() === "" ? 0 : parseInteger(count);
  return heartbeats === null ? null : { holder, token, holderName, heartbeats };
}

/** Null: the batch system has no limit, or none that it reports. */
function maxTasksPerJob(
  { array }: Scheduler,
  resources: Resources,
  capacity: string,
): number | null {
  const reply = { code: 0, stdout: capacity, stderr: "" };
  const elements = array?.mostElements(reply) ?? null;
  return array === null || elements === null
    ? null
    : elements * array.size(resources);
}

/** For an array job, each element's lock has the array's id. */
function ownersIn(listing: string): ReadonlyMap<JobName, JobId> {
  const locks = listing.matchAll(/ ([^\s.]+)(?:\.\d+)? -> run:(\S+)$/gm);
  return new Map(locks.map(([, job, id]) => [job!, id!] as const));
}

/** `ls -l` shows a lock as `… job -> run:id` or `… job -> fenced:word`. */
function fencedIn(listing: string): readonly string[] {
  return [...listing.matchAll(/ (\S+) -> fenced:\S*$/gm)].map(([, job]) =>
    job!
  );
}
