/** Reconciles unconfirmed jobs: determines whether they were submitted. */
import type { JobId, JobName } from "../../model/job.ts";
import { excerpt } from "../../text/excerpt.ts";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { nameInQueue } from "../../schedulers/shared/job_names.ts";
import type { Reply, Scheduler } from "../../schedulers/scheduler.ts";
import { capturedCommand } from "../../script/poll_script.ts";
import type { ReplySection } from "../../script/reply.ts";
import { copiesOf } from "../../script/remote_layout.ts";
import { elementsOf } from "../../pipeline/submit.ts";
import { invalidReply } from "./call_failures.ts";
import { callRemote, type Remote } from "./call_remote.ts";
import { commandOf } from "./programs.ts";
import type { ShellBackendParts } from "./parts.ts";
import type {
  ReconcileReply,
  UnconfirmedJob,
} from "../../model/backend_messages.ts";
import { fenceScript, type JobElements } from "../../script/fence_script.ts";

/** When a job was first looked up by its name (ms, as `Clock.elapsed`), and how often. */
export type Lookups = Map<
  JobName,
  { readonly since: number; readonly times: number }
>;

/** A submit command that is still running may add a job to the queue this long after its start (ms). */
const MAX_SUBMIT_MS = 20_000;
const MIN_LOOKUPS = 2;

/**
 * Where the queue can be listed by name it is listed first; a job that was not
 * found twice, the second time when no submit can still be in progress, is
 * fenced: it can never start. Other jobs stay unconfirmed.
 */
export async function reconcile(
  { scheduler, plan }: Pick<ShellBackendParts, "scheduler" | "plan">,
  remote: Remote,
  lookups: Lookups,
  jobs: readonly UnconfirmedJob[],
): Promise<Result<ReconcileReply>> {
  const listed = await lookUp(scheduler, remote);
  if (!listed.ok) return listed;
  const inQueue = jobs.flatMap(({ job }) => {
    const id = listed.value?.get(job);
    return id === undefined ? [] : [[job, id] as const];
  });
  const found = new Map(inQueue);
  const missing = jobs.filter(({ job }) => !found.has(job));
  const lost = scheduler.findCommand === null
    ? missing
    : missing.filter(({ job }) => isLost(lookups, job, remote.clock.elapsed()));
  const fenced = await fence(
    remote,
    lost.map(({ job, tasks }) => ({
      job,
      elements: elementsOf(tasks, plan, scheduler),
    })),
  );
  if (!fenced.ok) return fenced;
  return ok({
    found: new Map([...found, ...fenced.value.found]),
    fenced: fenced.value.fenced,
  });
}

function isLost(lookups: Lookups, job: JobName, now: number): boolean {
  const { since, times } = lookups.get(job) ?? { since: now, times: 0 };
  lookups.set(job, { since, times: times + 1 });
  return times + 1 >= MIN_LOOKUPS && now - since >= MAX_SUBMIT_MS;
}

/** The user's jobs by name; null where the scheduler cannot list them. */
async function lookUp(
  scheduler: Scheduler,
  remote: Remote,
): Promise<Result<ReadonlyMap<JobName, JobId> | null>> {
  if (scheduler.findCommand === null) return ok(null);
  const body = capturedCommand(
    commandOf("poll", scheduler, scheduler.findCommand),
    "found",
  );
  const purpose = "list the jobs by name";
  const reply = await callRemote(remote, { purpose, body });
  if (!reply.ok) return reply;
  const part = (name: string) =>
    reply.value.find(({ header }) => header[0] === name);
  const section = part("found");
  // Without a listing, a job that is not found may still be in the queue.
  if (section === undefined) {
    return fail(invalidReply(purpose, "it has no listing of the queue"));
  }
  const listed = {
    code: Number(section.header[1]),
    stdout: section.text,
    stderr: part("error")?.text ?? "",
  };
  const found = scheduler.parseFound(listed);
  return found !== null && listed.code === 0
    ? ok(new Map(found.entries().map(([name, id]) => [nameInQueue(name), id])))
    : fail(noListing(purpose, listed));
}

function noListing(purpose: string, { code, stdout, stderr }: Reply): Failure {
  const words = excerpt(`${stderr.trim()}\n${stdout.trim()}`);
  const isUnknownLayout = code === 0 && stderr.trim() === "";
  return {
    kind: "scheduler",
    summary: `Cannot ${purpose}`,
    detail: isUnknownLayout
      ? `the listing is in an unknown layout: ${words}`
      : words || `exit code ${code} and no output`,
    isRetryable: true,
  };
}

/** Takes the locks of jobs that have none; a job that holds its lock is found. */
async function fence(
  remote: Remote,
  jobs: readonly JobElements[],
): Promise<Result<ReconcileReply>> {
  if (jobs.length === 0) return ok({ found: new Map(), fenced: [] });
  const purpose = "reconcile the jobs";
  const reply = await callRemote(remote, { purpose, body: fenceScript(jobs) });
  if (!reply.ok) return reply;
  const sections = Map.groupBy(reply.value, ({ header }) => header[1] ?? "");
  const isAnswered = ({ job, elements }: JobElements) =>
    sections.get(job)?.length === copiesOf(job, elements).length;
  // A job whose lock is not in the reply may be running.
  if (!jobs.every(isAnswered)) {
    return fail(invalidReply(purpose, "it has no entry for a job"));
  }
  const names = new Set(jobs.map(({ job }) => job));
  const found = new Map(
    reply.value.flatMap(ownerIn).filter(([job]) => names.has(job)),
  );
  return ok({
    found,
    fenced: jobs.flatMap(({ job }) => found.has(job) ? [] : [job]),
  });
}

/** A running copy of a job; a lock that fences the job stays. */
function ownerIn(
  { header: [name, job], text }: ReplySection,
): readonly (readonly [JobName, JobId])[] {
  const owner = text.trim();
  if (name !== "started" || owner.startsWith("fenced:")) return [];
  return [[job!, owner.replace(/^run:/, "")]];
}
