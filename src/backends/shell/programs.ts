import type { ProgramRole, Scheduler } from "../../schedulers/scheduler.ts";
import type { RemoteSite } from "../../script/remote_script.ts";
import type { Plan } from "../../model/plan.ts";

type Machine = Plan["config"]["machine"];

/** The command line of a program; undefined: the batch system has none for that role. */
export function programFor(
  role: ProgramRole,
  { programs }: Scheduler,
  { commands }: Machine,
): string | undefined {
  return programs[role] && (commands[role] ?? programs[role]);
}

/** Each program by role. */
export function programsOf(
  scheduler: Scheduler,
  machine: Machine,
): readonly (readonly [ProgramRole, string])[] {
  const roles = Object.keys(scheduler.programs) as ProgramRole[];
  return roles.map((role) => [role, programFor(role, scheduler, machine)!]);
}

/** The programs that have another name at this site. */
export function replacements(
  { programs }: Scheduler,
  { commands }: Machine,
): RemoteSite["commands"] {
  return Object.entries(commands).flatMap(([role, instead]) => {
    const program = programs[role as ProgramRole];
    return program && instead ? [{ program, instead }] : [];
  });
}
