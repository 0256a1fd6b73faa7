/** Reads the sections of a survey. */
import type { JobId, JobName } from "../../model/job.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import type { ReplySection } from "../../script/reply.ts";
import { parseRecords } from "../../script/parse_records.ts";
import { decodeName } from "../../text/bytes_name.ts";
import { parseSubmitReplies } from "./submit_replies.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import { parseInteger } from "../../text/parse_number.ts";
import { senselessReply } from "./call_remote.ts";
import type { Lease, RemoteState } from "../../model/backend_messages.ts";
import { parsePlannedJobs } from "../../script/planned_jobs.ts";

const PURPOSE = "look at the folder of the run";

/** What a reply about a folder that is there has in it: what it lacks must not be taken for what was not done. */
const PARTS = ["mark", "lease", "intents", "ids", "locks", "records"];

/** Fails where the reply is none that the script gives. */
export function parseRemoteState(
  sections: readonly ReplySection[],
  scheduler: Scheduler,
): Result<RemoteState> {
  const found = new Map(
    sections.map((section) => [section.header[0]!, section]),
  );
  const text = (name: string) => found.get(name)?.text.trim() ?? "";
  const needed = ["root", "host", "cpus", ...found.has("nothing") ? [] : PARTS];
  const lacking = needed.filter((name) => !found.has(name));
  if (lacking.length > 0) return nonsense(`it lacks ${lacking.join(", ")}`);
  // A folder's name may end in a space.
  const root = decodeName(found.get("root")!.bytes).replace(/\n$/, "");
  if (!root.startsWith("/")) return nonsense("its folder has no absolute path");
  const mark = text("mark");
  if (!MARK.test(mark)) return nonsense("its folder bears no mark of a run");
  const lease = leaseOf(found.get("lease"));
  if (lease === null) return nonsense("its lease cannot be read");
  const intents = parsePlannedJobs(text("intents"));
  if (!intents.every(({ name }) => NAME.test(name))) {
    return nonsense("it names jobs that no dpdisp made");
  }
  return ok({
    root,
    // One line, so that it can be told within one.
    host: text("host").split("\n")[0]!,
    cpus: parseInteger(text("cpus"), MOST_CPUS) || 1,
    // A folder whose mark was never written is no run's yet.
    runId: mark || null,
    isClosed: found.has("closed"),
    lease,
    isSubmitting: found.has("submitting"),
    mostElements: scheduler.array?.mostElements({
      code: 0,
      stdout: text("capacity"),
      stderr: "",
    }) ?? null,
    plannedJobs: intents,
    submitReplies: parseSubmitReplies(scheduler, text("ids")),
    fenced: fencedIn(text("locks")),
    owners: ownersIn(text("locks")),
    records:
      parseRecords(found.get("records")?.bytes ?? new Uint8Array()).records,
  });
}

function nonsense(saw: string): Result<never> {
  return fail(senselessReply(PURPOSE, saw, false));
}

/** As a generation and its jobs are named; a mark that was never written is empty. */
const MARK = /^(?:[a-z0-9]{1,8})?$/;
const NAME = /^[a-z][a-z0-9]{0,14}$/;

/** No machine has more. */
const MOST_CPUS = 1e6;

/** Nothing there yet: nobody holds it. Null: it cannot be read. */
function leaseOf(section: ReplySection | undefined): Lease | null {
  if (section?.header[1] !== "other") return { holder: "self" };
  const [token = "", who = "", count = ""] = section.text.split("\n");
  const beats = count.trim() === "" ? 0 : parseInteger(count);
  return beats === null
    ? null
    : { holder: "other", token, holderName: who, heartbeats: beats };
}

/** Of an array, each element's lock names the array's id. */
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
