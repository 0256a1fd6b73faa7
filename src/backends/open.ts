/** Finds the backend of a plan: its scheduler and its context. */
import { contexts } from "../contexts/mod.ts";
import { fail, type Failure, ok } from "../text/result.ts";
import { schedulers } from "../schedulers/mod.ts";
import type { World } from "../environment/environment.ts";
import type { Open } from "./backend.ts";
import type { Plan } from "../model/plan.ts";

export function opener(world: World): Open {
  return async (plan, session) => {
    const { machine } = plan.config;
    const scheduler = schedulerOf(plan);
    const context = contextOf(plan);
    if (!scheduler || !context) return fail(cannotRun(plan)!);
    const shell = await context.open(machine, world);
    if (!shell.ok) return shell;
    const staging = context.staging(machine);
    // `check` asks only what can be run.
    const { shellBackend } = await import("./shell/mod.ts");
    return ok(
      shellBackend({
        plan,
        session,
        shell: shell.value,
        scheduler,
        staging,
        compress: context.compress(machine),
        world,
      }),
    );
  };
}

/** What this version lacks to run the plan; null where it has all. */
export function cannotRun(plan: Plan): Failure | null {
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
    tried: "Cannot run this script",
    saw: `this version of dpdisp has no ${field} "${name}"`,
    advice: `It has ${known.map(({ name }) => name).join(", ")}`,
    again: false,
  };
}
