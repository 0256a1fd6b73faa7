/** Finds the backend of a plan: its scheduler and its context. */
import { contexts } from "../contexts/mod.ts";
import { fail, type Failure, ok } from "../text/result.ts";
import { schedulers } from "../schedulers/mod.ts";
import type { Environment } from "../environment/environment.ts";
import type { OpenBackend } from "./backend.ts";
import type { Plan } from "../model/plan.ts";

export function backendOpener(world: Environment): OpenBackend {
  return async (plan, session) => {
    const { machine } = plan.config;
    const scheduler = schedulerOf(plan);
    const context = contextOf(plan);
    if (!scheduler || !context) return fail(unsupportedReason(plan)!);
    const shell = await context.open(machine, world);
    if (!shell.ok) return shell;
    // `check` asks only what can be run.
    const { shellBackend } = await import("./shell/mod.ts");
    return ok(
      shellBackend({
        plan,
        session,
        shell: shell.value,
        scheduler,
        compress: context.compress(machine),
        world,
      }),
    );
  };
}

/** What this version lacks to run the plan; null where it has all. */
export function unsupportedReason(plan: Plan): Failure | null {
  const { machine } = plan.config;
  if (!schedulerOf(plan)) {
    return unknown("batch_type", machine.scheduler, schedulers);
  }
  return contextOf(plan)
    ? null
    : unknown("context_type", machine.context, contexts);
}

function schedulerOf({ config: { machine } }: Plan) {
  return schedulers.find(({ name }) => name === machine.scheduler);
}

function contextOf({ config: { machine } }: Plan) {
  return contexts.find(({ name }) => name === machine.context);
}

function unknown(
  field: string,
  name: string,
  known: readonly { readonly name: string }[],
): Failure {
  return {
    kind: "input",
    summary: "Cannot run this script",
    detail: `this version of dpdisp has no ${field} "${name}"`,
    hint: `It has ${known.map(({ name }) => name).join(", ")}`,
    isRetryable: false,
  };
}
