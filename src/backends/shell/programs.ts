import type { Role, Scheduler } from "../../schedulers/scheduler.ts";
import type { Site } from "../../script/remote_script.ts";
import type { Plan } from "../../model/plan.ts";

type Machine = Plan["config"]["machine"];

/** The words that stand for a program; undefined: the batch system has none for that. */
export function programFor(
  role: Role,
  { programs }: Scheduler,
  { commands }: Machine,
): string | undefined {
  return programs[role] && (commands[role] ?? programs[role]);
}

/** Each program by role. */
export function programsOf(
  scheduler: Scheduler,
  machine: Machine,
): readonly (readonly [Role, string])[] {
  const roles = Object.keys(scheduler.programs) as Role[];
  return roles.map((role) => [role, programFor(role, scheduler, machine)!]);
}

/** Those that this site calls otherwise. */
export function replacements(
  { programs }: Scheduler,
  { commands }: Machine,
): Site["commands"] {
  return Object.entries(commands).flatMap(([role, instead]) => {
    const program = programs[role as Role];
    return program && instead ? [{ program, instead }] : [];
  });
}
