/** Finds the backend of a plan: its scheduler and its context. */
import { contexts } from "../contexts/mod.ts";
import { fail, type Failure, ok } from "../result.ts";
import { schedulers } from "../schedulers/mod.ts";
import type { World } from "../world.ts";
import type { Open } from "./backend.ts";
import { shellBackend } from "./shell.ts";

export function opener(world: World): Open {
  return async (plan, session) => {
    const { machine } = plan.config;
    const scheduler = schedulers.find(({ name }) => name === machine.scheduler);
    const context = contexts.find(({ name }) => name === machine.context);
    if (!scheduler) {
      return fail(unknown("batch_type", machine.scheduler, schedulers));
    }
    if (!context) {
      return fail(unknown("context_type", machine.context, contexts));
    }
    const shell = await context.open(machine, world);
    if (!shell.ok) return shell;
    const staging = context.staging(machine);
    return ok(
      shellBackend({
        plan,
        session,
        shell: shell.value,
        scheduler,
        staging,
        world,
      }),
    );
  };
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
