/** The way to a scripted far side: what goes wrong on it, and who goes it. */
import { remoteNow } from "../fake_clock.ts";
import type { BackendSession } from "../../../src/backends/backend.ts";
import type { Job } from "../../../src/model/job.ts";
import { fail, type Failure, type Result } from "../../../src/text/result.ts";
import type { Clock } from "../../../src/environment/environment.ts";
import type { FakeJob, Queue, QueueScript } from "./queue.ts";
import type { Plan } from "../../../src/model/plan.ts";
import type {
  BackendTraits,
  QueueEntry,
} from "../../../src/model/backend_messages.ts";

export type Method =
  | "inspect"
  | "acquire"
  | "stage"
  | "submit"
  | "reconcile"
  | "poll"
  | "collect"
  | "cancel"
  | "clean"
  | "close"
  | "release";

/** What the scheduler makes of a submit. `lost`: out of reach, and not accepted. `taken`: out of reach, and accepted. */
export type Answer =
  | "accepted"
  | "rejected"
  | "queueFull"
  | "unreachable"
  | "taken";

/** What goes wrong, and how slow it is. Absent: nothing does. */
export interface SimulationScript extends QueueScript {
  readonly limits?: Partial<BackendTraits>;
  /** Of each way, in ms. */
  readonly latency?: number;
  /** Of one submit, in ms. */
  readonly submitting?: number;
  /** The n-th trip of its kind (from 1): lost on its way there ("before") or on the way back ("after"). */
  readonly breaks?: (method: Method, n: number) => "before" | "after" | null;
  /** The n-th submit (from 1) of the whole far side. */
  readonly answers?: (job: Job, n: number) => Answer;
  /** What the scheduler makes of the n-th request to cancel jobs; `ignored`: it agrees, and nothing happens. */
  readonly cancels?: (
    n: number,
  ) => "accepted" | "ignored" | "refused" | "unreachable";
  /** What the n-th look, at the time `now`, shows of a job instead of the truth; null: nothing. */
  readonly shows?: (
    job: FakeJob,
    n: number,
    now: number,
  ) => QueueEntry | null | undefined;
  /** The n-th look cannot tell who is absent. */
  readonly blind?: (n: number) => boolean;
  /** Patterns that match nothing in the n-th collect. */
  readonly misses?: (dir: string, pattern: string, n: number) => boolean;
}

export interface BackendParts {
  readonly host: {
    readonly collected: Set<string>;
    readonly queue: Queue;
    readonly calls: Record<Method, number>;
    mostActive: number;
    submits: number;
  };
  readonly script: SimulationScript;
  readonly plan: Plan;
  readonly session: BackendSession;
  readonly clock: Clock;
  isDead(): boolean;
}

export const connectionLost: Failure = {
  kind: "connection",
  summary: "Cannot ask the far side",
  detail: "connection lost",
  isRetryable: true,
};

export const queueLost: Failure = {
  kind: "scheduler",
  summary: "Cannot cancel the jobs",
  detail: "Unable to contact slurm controller (connect failure)",
  isRetryable: true,
};

export const leaseTaken: Failure = {
  kind: "connection",
  summary: "Cannot go on",
  detail: "another dpdisp process has taken over the lease of this run",
  isRetryable: false,
};

/** There and back. What was sent is done, whether or not somebody waits for the answer. */
export async function call<T>(
  { host, script, clock, isDead }: BackendParts,
  method: Method,
  does: (n: number) => Result<T>,
): Promise<Result<T>> {
  if (isDead()) await never();
  const n = ++host.calls[method];
  await clock.sleep(script.latency ?? 10);
  host.queue.advance(remoteNow(clock));
  const broken = script.breaks?.(method, n) ?? null;
  const answer = broken === "before" ? fail(connectionLost) : does(n);
  await clock.sleep(script.latency ?? 10);
  if (isDead()) await never();
  return broken === null ? answer : fail(connectionLost);
}

export function never(): Promise<never> {
  return new Promise(() => {});
}
