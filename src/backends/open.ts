/** Finds the backend of a plan by its kind: opens it, previews its jobs, or says that this version has none. */
import type { Job } from "../model/job.ts";
import type { Plan } from "../model/plan.ts";
import {
  type BackendKindName,
  backendKindOf,
  backendKinds,
} from "../schema/backend_kinds.ts";
import { fail, type Failure } from "../text/result.ts";
import type { Environment } from "../environment/environment.ts";
import type { OpenBackend } from "./backend.ts";
import type { BackendFactory } from "./backend_factory.ts";
import { shellFactory } from "./shell/factory.ts";

/** Kinds that are missing here can be checked and planned, and not run. */
const factories: Readonly<Partial<Record<BackendKindName, BackendFactory>>> = {
  shell: shellFactory,
};

export function backendOpener(environment: Environment): OpenBackend {
  return async (plan, session) => {
    const factory = factoryOf(plan);
    return factory === undefined
      ? fail(unsupported(plan))
      : await factory.open(plan, session, environment);
  };
}

/** The text that a job would be submitted as; null where this version cannot submit it. */
export function previewJob(plan: Plan, job: Job): string | null {
  return factoryOf(plan)?.preview(plan, job) ?? null;
}

/** What this version lacks to run the plan; null where it has all. */
export function unsupportedReason(plan: Plan): Failure | null {
  return factoryOf(plan) === undefined ? unsupported(plan) : null;
}

function factoryOf({ config }: Plan): BackendFactory | undefined {
  return factories[backendKindOf(config.machine.scheduler)];
}

function unsupported({ config }: Plan): Failure {
  const supported = (Object.keys(factories) as BackendKindName[])
    .flatMap((kind) => backendKinds[kind].batchTypes).toSorted();
  return {
    kind: "input",
    summary: "Cannot run this script",
    detail:
      `this version of dpdisp has no batch_type "${config.machine.scheduler}"`,
    hint: `It has ${supported.join(", ")}`,
    isRetryable: false,
  };
}
