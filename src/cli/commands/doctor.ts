/** `dpdisp doctor FILE`. */
import type { Command } from "commander";
import { backendOpener } from "../../backends/open.ts";
import { type Failure, formatFailure } from "../../text/result.ts";
import { exitCodeOf, exitCodes } from "../../model/exit_codes.ts";
import { printWarnings } from "../print_errors.ts";
import { prepare } from "../prepare.ts";
import { allowRef, type CommandResult, file, json } from "../arguments.ts";
import { checkLines, lastLine } from "../doctor_lines.ts";
import { titleOf } from "../progress/event_lines.ts";
import type { CommandContext } from "../command_context.ts";
import type { Plan } from "../../model/plan.ts";
import type { DoctorCheck, Wait } from "../../model/backend_messages.ts";

interface Options {
  readonly allowRef?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Example:
  dpdisp doctor hello.py   check the host where hello.py would run

Nothing is submitted, and no file stays on the remote host. The exit code is 0
without errors, 3 where the remote host or the remote directory cannot be used,
and 4 where the batch system cannot be used.
`;

export function addDoctor(
  program: Command,
  context: CommandContext,
  result: CommandResult,
): void {
  program.command("doctor")
    .summary("check the remote host and the batch system of a script")
    .description(
      "Logs in, checks everything that a run needs on the remote host, and says how to fix what does not work.",
    )
    .addArgument(file())
    .addOption(allowRef())
    .addOption(json("write every check as a line of JSON on stdout"))
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      result.code = await doctor(path, options, context);
    });
}

async function doctor(
  path: string,
  options: Options,
  context: CommandContext,
): Promise<number> {
  const { allowRef = false } = options;
  const json = options.json ? context.json : null;
  const { environment } = context;
  const { terminal } = environment;
  const prepared = await prepare(
    path,
    { allowRef, json, toRun: true },
    environment,
  );
  if (!prepared.ok) return prepared.error;
  const { plan, warnings } = prepared.value;
  printWarnings(warnings, terminal, json);
  const checks: DoctorCheck[] = [];
  const report = (check: DoctorCheck): void => {
    checks.push(check);
    if (json) json.write({ type: "doctorCheck", ...check });
    else terminal.out(`${checkLines(check).join("\n")}\n`);
  };
  report({ name: "script", state: "ok", kind: "input", detail: titleOf(plan) });
  const { addressSpace } = environment.softLimits;
  if (addressSpace !== null) report(addressCheck(addressSpace));
  await runChecks(plan, context, report);
  if (context.interrupt.aborted) return exitCodes.interrupted.code;
  if (!json) terminal.out(`${lastLine(checks)}\n`);
  const error = checks.find(({ state }) => state === "error");
  return error === undefined ? exitCodes.done.code : exitCodeOf(error.kind);
}

/** The launcher has raised the limit, otherwise dpdisp could not have started. */
function addressCheck(limit_kB: number): DoctorCheck {
  return {
    name: "ulimit -v",
    state: "ok",
    kind: "input",
    detail:
      `${limit_kB} kB on this computer; raised for dpdisp, which reserves 48 GiB of address space, but not for local tasks`,
  };
}

/** Stops at an interrupt. */
async function runChecks(
  plan: Plan,
  { environment, interrupt }: CommandContext,
  report: (check: DoctorCheck) => void,
): Promise<void> {
  const session = {
    token: environment.random(12),
    holderName: `${environment.host} ${environment.pid}`,
    closedRunIds: [],
    waits: new Set<Wait>(),
    onTransfer: () => {},
  };
  const opened = await backendOpener(environment)(plan, session);
  if (!opened.ok) return report(failedCheck(opened.error));
  await using backend = opened.value;
  const checks = backend.doctor()[Symbol.asyncIterator]();
  const interrupted = new Promise<null>((resolve) =>
    interrupt.addEventListener("abort", () => resolve(null))
  );
  for (;;) {
    const next = await Promise.race([checks.next(), interrupted]);
    if (next === null || next.done) return;
    const check = next.value;
    report(check.ok ? check.value : failedCheck(check.error));
  }
}

/** A failure that ends the checks. */
function failedCheck({ kind, summary, detail, hint }: Failure): DoctorCheck {
  return {
    name: kind === "scheduler" ? "scheduler" : "login",
    state: "error",
    kind,
    detail: formatFailure({ kind, summary, detail, isRetryable: false }),
    ...(hint !== undefined && { hint }),
  };
}
