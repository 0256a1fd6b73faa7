import type { ProgramRole, Scheduler } from "../../schedulers/scheduler.ts";
import type { RemoteSite } from "../../script/remote_script.ts";
import type { SiteCommand } from "../../script/command_limit.ts";
import type { ShellText } from "../../script/shell_text.ts";
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

/** A command with the program that it runs; `poll` stands in for a role that has no program of its own. */
export function commandOf(
  role: ProgramRole,
  { programs }: Pick<Scheduler, "programs">,
  text: ShellText,
): SiteCommand {
  return { text, program: programs[role] ?? programs.poll ?? null };
}

/** A command that begins with its program, after assignments and the lines that make its environment plain. */
export function commandNamed(text: ShellText): SiteCommand {
  return {
    text,
    program: /^(?!unset |export )(?:\w+=\S* +)*([\w.-]+)/m.exec(text)?.[1] ??
      null,
  };
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
