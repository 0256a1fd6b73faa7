/** A scheduler behind a shell: every batch type of the kind over each of its contexts. */
import { contexts } from "../../contexts/mod.ts";
import type { Context } from "../../contexts/context.ts";
import type { Plan } from "../../model/plan.ts";
import { jobText } from "../../pipeline/submit.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import { schedulerOf } from "../../schedulers/scheduler_of.ts";
import { ok } from "../../text/result.ts";
import type { BackendFactory } from "../backend_factory.ts";

export const shellFactory: BackendFactory = {
  preview: (plan, job) =>
    jobText(job, plan, partsOf(plan).scheduler, plan.remoteDir),
  async open(plan, session, environment) {
    const { machine } = plan.config;
    const { scheduler, context } = partsOf(plan);
    const shell = await context.open(machine, environment);
    if (!shell.ok) return shell;
    // `check` asks only what can be run.
    const { shellBackend } = await import("./mod.ts");
    return ok(
      shellBackend({
        plan,
        session,
        shell: shell.value,
        scheduler,
        canCompress: context.canCompress(machine),
        environment,
      }),
    );
  },
};

function partsOf(
  { config: { machine } }: Plan,
): { readonly scheduler: Scheduler; readonly context: Context } {
  const scheduler = schedulerOf(machine.scheduler);
  const context = contexts.find(({ name }) => name === machine.context);
  if (scheduler === undefined || context === undefined) {
    throw new Error(`${machine.scheduler} on ${machine.context} has no shell`);
  }
  return { scheduler, context };
}
