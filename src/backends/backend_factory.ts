import type { Job } from "../model/job.ts";
import type { Plan } from "../model/plan.ts";
import type { Result } from "../text/result.ts";
import type { Environment } from "../environment/environment.ts";
import type { Backend, BackendSession } from "./backend.ts";

/** What this version can do with the plans of one backend kind. */
export interface BackendFactory {
  /** The text that a job would be submitted as, for `dpdisp plan`. */
  preview(plan: Plan, job: Job): string;
  open(
    plan: Plan,
    session: BackendSession,
    environment: Environment,
  ): Promise<Result<Backend>>;
}
