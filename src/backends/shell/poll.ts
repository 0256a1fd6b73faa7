/** One look at queue and records. */
import type { JobId, JobName } from "../../model/job.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import type { Listing, Scheduler } from "../../schedulers/scheduler.ts";
import { copiesOf } from "../../script/remote_layout.ts";
import { pollScript } from "../../script/poll_script.ts";
import { parseRecords } from "../../script/parse_records.ts";
import type { Section } from "../../script/reply.ts";
import { ask, type Far, senseless } from "./call_remote.ts";
import { countOffsets, type Offsets } from "./record_offsets.ts";
import type {
  Autopsy,
  Look,
  Shown,
  Watched,
} from "../../model/backend_messages.ts";

/** Ids in one question: far below what a command line bears. */
const IDS_AT_ONCE = 500;

/** Reads on where `offsets` say, and counts on there. */
export async function look(
  scheduler: Scheduler,
  far: Far,
  offsets: Offsets,
  jobs: readonly Watched[],
): Promise<Result<Look>> {
  const ids = jobs.map(({ id }) => id);
  const chunks = Array.from(
    { length: Math.ceil(ids.length / IDS_AT_ONCE) },
    (_, i) => scheduler.poll(ids.slice(i * IDS_AT_ONCE, (i + 1) * IDS_AT_ONCE)),
  );
  const gone = jobs.filter(({ afresh }) => afresh);
  const copies = (some: readonly Watched[]) =>
    some.flatMap(({ job, elements }) => copiesOf(job, elements));
  for (const copy of copies(gone)) offsets.delete(copy);
  const account = gone.length > 0
    ? scheduler.account(gone.map(({ id }) => id))
    : null;
  // Some ask for all jobs whatever the ids: once is enough.
  const questions = [...new Set(chunks)];
  const purpose = "look at the jobs";
  const asked = await ask(far, {
    purpose,
    body: pollScript({
      queue: questions,
      account,
      words: gone.map(({ job }) => job),
      records: copies(jobs).map((job) => ({
        job,
        offset: offsets.get(job) ?? 0,
      })),
    }),
  });
  if (!asked.ok) return asked;
  const records = asked.value.find(({ words }) => words[0] === "records");
  if (records) countOffsets(offsets, records.bytes);
  const listings = asked.value.filter(({ words }) => words[0] === "queue");
  // Of a question without its answer nobody knows that no job is there.
  if (listings.length !== questions.length) {
    return fail(senseless(purpose, "it lacks what the queue says"));
  }
  const listing = readQueue(scheduler, asked.value);
  return ok({
    ...listing,
    autopsies: new Map([
      ...autopsies(scheduler, gone, asked.value),
      ...endsIn(scheduler, jobs, listing.queue),
    ]),
    records: parseRecords(records?.bytes ?? new Uint8Array()).records,
  });
}

/** A question for each chunk of ids was answered by what the command said wrong, and what it said. */
function readQueue(
  scheduler: Scheduler,
  sections: readonly Section[],
): Pick<Look, "queue" | "complete" | "said"> {
  const errors = sections.filter(({ words }) => words[0] === "error");
  const listings = sections.filter(({ words }) => words[0] === "queue")
    .map(({ words, text }, i) =>
      scheduler.read({
        code: Number(words[1]),
        stdout: text,
        stderr: errors[i]?.text ?? "",
      })
    );
  return {
    queue: new Map(listings.flatMap((listing) => shown(scheduler, listing))),
    complete: listings.every(({ complete }) => complete),
    said: errors.map(({ text }) => text).join("\n").trim(),
  };
}

/** Why jobs ended, where the queue's own word says it. */
function endsIn(
  { ends = {} }: Scheduler,
  jobs: readonly Watched[],
  queue: Look["queue"],
): readonly (readonly [JobName, Autopsy])[] {
  return jobs.flatMap(({ job, id }) => {
    const word = queue.get(id)?.word ?? "";
    const kind = Object.hasOwn(ends, word) ? ends[word]! : null;
    return kind
      ? [[job, { cause: { kind, said: word }, words: "" }] as const]
      : [];
  });
}

function autopsies(
  scheduler: Scheduler,
  gone: readonly Watched[],
  sections: readonly Section[],
): ReadonlyMap<JobName, Autopsy> {
  const account = sections.find(({ words }) => words[0] === "account");
  const causes = account
    ? scheduler.causes({
      code: Number(account.words[1]),
      stdout: account.text,
      stderr: "",
    })
    : null;
  const said = new Map(
    sections.filter(({ words }) => words[0] === "words")
      .map(({ words, text }) => [words[1]!, text.trim()]),
  );
  return new Map(gone.map(({ job, id }) => [
    job,
    { cause: causes?.get(id) ?? null, words: said.get(job) ?? "" },
  ]));
}

function shown(
  { states }: Scheduler,
  { known }: Listing,
): readonly (readonly [JobId, Shown])[] {
  return [...known].map(([id, { word, reason }]) => [id, {
    word,
    state: Object.hasOwn(states, word) ? states[word]! : null,
    ...(reason && { reason }),
  }]);
}
