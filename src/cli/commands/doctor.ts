/** `dpdisp doctor FILE`. */
import type { Command } from "commander";
import { backendOpener } from "../../backends/open.ts";
import { type Failure, formatFailure } from "../../text/result.ts";
import { exitCodeOf, exitCodes } from "../exit_codes.ts";
import { printWarnings } from "../print_errors.ts";
import { writeLine } from "../json_lines.ts";
import { prepare } from "../prepare.ts";
import { allowRef, type CommandResult, file, json } from "../arguments.ts";
import { checkLines, lastLine } from "../doctor_lines.ts";
import { titleOf } from "../progress/event_lines.ts";
import type { CommandContext } from "../command_context.ts";
import type { Plan } from "../../model/plan.ts";
import type { DoctorCheck } from "../../model/backend_messages.ts";

interface Options {
  readonly allowRef?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Example:
  dpdisp doctor hello.py   log in where hello.py would run, and look around

Nothing is submitted and nothing that it makes there stays. It ends with 0 where
nothing is bad, 3 where the machine or its folder cannot be used, 4 where the
batch system cannot.
`;

export function addDoctor(
  program: Command,
  setting: CommandContext,
  answer: CommandResult,
): void {
  program.command("doctor")
    .summary("look at the machine that a script would run on")
    .description(
      "Logs in and tells of everything that a run needs there whether it is well, and what to do where it is not.",
    )
    .addArgument(file())
    .addOption(allowRef())
    .addOption(json("write every check as a line of JSON on stdout"))
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      answer.code = await doctor(path, options, setting);
    });
}

async function doctor(
  path: string,
  { allowRef = false, json = false }: Options,
  setting: CommandContext,
): Promise<number> {
  const { world } = setting;
  const { terminal } = world;
  const prepared = await prepare(
    path,
    { allowRef, json, toRun: true },
    world,
  );
  if (!prepared.ok) return prepared.error;
  const { plan, warnings } = prepared.value;
  printWarnings(warnings, terminal, json);
  const seen: DoctorCheck[] = [];
  const tell = (check: DoctorCheck): void => {
    seen.push(check);
    if (json) writeLine(terminal, { type: "doctorCheck", ...check });
    else terminal.out(`${checkLines(check).join("\n")}\n`);
  };
  tell({ name: "script", state: "ok", kind: "input", detail: titleOf(plan) });
  const { addressSpace } = world.softLimits;
  if (addressSpace !== null) tell(addressCheck(addressSpace));
  await examine(plan, setting, tell);
  if (setting.interrupt.aborted) return exitCodes.interrupted.code;
  if (!json) terminal.out(`${lastLine(seen)}\n`);
  const bad = seen.find(({ state }) => state === "bad");
  return bad === undefined ? exitCodes.done.code : exitCodeOf(bad.kind);
}

/** The launcher has raised it, or dpdisp would not be here. */
function addressCheck(limit_kB: number): DoctorCheck {
  return {
    name: "ulimit -v",
    state: "ok",
    kind: "input",
    detail:
      `${limit_kB} kB on this machine; raised for dpdisp, which needs 48 GiB of addresses, but not for tasks on this machine`,
  };
}

/** Ends early at an interrupt. */
async function examine(
  plan: Plan,
  { world, interrupt }: CommandContext,
  tell: (check: DoctorCheck) => void,
): Promise<void> {
  const session = {
    token: world.random(12),
    holderName: `${world.host} ${world.pid}`,
    closedRunIds: [],
  };
  const opened = await backendOpener(world)(plan, session);
  if (!opened.ok) return tell(unreached(opened.error));
  await using backend = opened.value;
  const checks = backend.doctor()[Symbol.asyncIterator]();
  const left = new Promise<null>((resolve) =>
    interrupt.addEventListener("abort", () => resolve(null))
  );
  for (;;) {
    const next = await Promise.race([checks.next(), left]);
    if (next === null || next.done) return;
    const check = next.value;
    tell(check.ok ? check.value : unreached(check.error));
  }
}

/** What could not be done is the last of the checks. */
function unreached({ kind, summary, detail, hint }: Failure): DoctorCheck {
  return {
    name: kind === "scheduler" ? "scheduler" : "login",
    state: "bad",
    kind,
    detail: formatFailure({ kind, summary, detail, isRetryable: false }),
    ...(hint !== undefined && { hint }),
  };
}
