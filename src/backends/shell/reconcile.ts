/** Finds out what became of jobs whose submit had no answer that says. */
import type { JobId, JobName } from "../../model/job.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import type { ReplySection } from "../../script/reply.ts";
import { copiesOf } from "../../script/remote_layout.ts";
import type { Clock } from "../../environment/environment.ts";
import { callRemote, type Remote, senselessReply } from "./call_remote.ts";
import type {
  ReconcileReply,
  UnconfirmedJob,
} from "../../model/backend_messages.ts";
import { fenceScript } from "../../script/fence_script.ts";

export type Lookups = Map<
  JobName,
  { readonly since: number; readonly times: number }
>;

/** A submit command that is still at work may bring a job into the queue this long after it was begun (ms). */
const SUBMIT_TAKES = 20_000;
const LOOKUPS = 2;

/**
 * Where the queue knows jobs by name it is asked first; a job that was not
 * there twice, the second time when no submit can still be under way, is
 * fenced: it can never start. Others stay open, to be asked for again.
 */
export async function reconcile(
  scheduler: Scheduler,
  far: Remote,
  { sought, clock }: { readonly sought: Lookups; readonly clock: Clock },
  jobs: readonly UnconfirmedJob[],
): Promise<Result<ReconcileReply>> {
  const listed = await lookUp(scheduler, far);
  if (!listed.ok) return listed;
  const inQueue = jobs.flatMap(({ job }) => {
    const id = listed.value?.get(job);
    return id === undefined ? [] : [[job, id] as const];
  });
  const found = new Map(inQueue);
  const missing = jobs.filter(({ job }) => !found.has(job));
  const lost = scheduler.findCommand === null
    ? missing
    : missing.filter(({ job }) => isLost(sought, job, clock.now()));
  const fenced = await fence(far, lost);
  if (!fenced.ok) return fenced;
  return ok({
    found: new Map([...found, ...fenced.value.found]),
    fenced: fenced.value.fenced,
  });
}

function isLost(sought: Lookups, job: JobName, now: number): boolean {
  const { since, times } = sought.get(job) ?? { since: now, times: 0 };
  sought.set(job, { since, times: times + 1 });
  return times + 1 >= LOOKUPS && now - since >= SUBMIT_TAKES;
}

/** My jobs by name; null where there is no such question. */
async function lookUp(
  scheduler: Scheduler,
  far: Remote,
): Promise<Result<ReadonlyMap<JobName, JobId> | null>> {
  if (scheduler.findCommand === null) return ok(null);
  const body = `found=$(${scheduler.findCommand}
)
code=$?
section found "$code"; printf '%s' "$found"
[ "$code" -eq 0 ] || finish failed`;
  const purpose = "look for jobs by name";
  const asked = await callRemote(far, { purpose, body });
  if (!asked.ok) {
    return {
      ok: false,
      error: { ...asked.error, kind: "scheduler", isRetryable: true },
    };
  }
  const section = asked.value.find(({ header }) => header[0] === "found");
  // Who is not found because nothing was said may be there.
  if (section === undefined) {
    return fail(senselessReply(purpose, "it lacks what the queue says"));
  }
  return ok(
    scheduler.parseFound({ code: 0, stdout: section.text, stderr: "" }),
  );
}

/** Takes the jobs' locks, unless they have them: then they are found. */
async function fence(
  far: Remote,
  jobs: readonly UnconfirmedJob[],
): Promise<Result<ReconcileReply>> {
  if (jobs.length === 0) return ok({ found: new Map(), fenced: [] });
  const purpose = "look for jobs";
  const asked = await callRemote(far, { purpose, body: fenceScript(jobs) });
  if (!asked.ok) return asked;
  const told = Map.groupBy(asked.value, ({ header }) => header[1] ?? "");
  const isTold = ({ job, elements }: UnconfirmedJob) =>
    told.get(job)?.length === copiesOf(job, elements).length;
  // A job may run of whose lock nothing was said.
  if (!jobs.every(isTold)) {
    return fail(senselessReply(purpose, "it lacks what became of a job"));
  }
  const names = new Set(jobs.map(({ job }) => job));
  const found = new Map(
    asked.value.flatMap(ownerIn).filter(([job]) => names.has(job)),
  );
  return ok({
    found,
    fenced: jobs.flatMap(({ job }) => found.has(job) ? [] : [job]),
  });
}

/** A copy that runs; whoever fenced it before did so for good. */
function ownerIn(
  { header: [name, job], text }: ReplySection,
): readonly (readonly [JobName, JobId])[] {
  const owner = text.trim();
  if (name !== "started" || owner.startsWith("fenced:")) return [];
  return [[job!, owner.replace(/^run:/, "")]];
}
