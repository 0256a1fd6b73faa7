import type { Result } from "../text/result.ts";
import type { RunHandle, SessionOptions } from "../engine/session/mod.ts";
import type { Environment } from "../environment/environment.ts";
import type { Plan } from "../model/plan.ts";
import type { JsonStream } from "./json_lines.ts";

/** Starts a run, or resumes one. */
export type Start = (
  plan: Plan,
  options: SessionOptions,
  environment: Environment,
  interrupt: AbortSignal,
) => Promise<Result<RunHandle>>;

/** What every command receives. */
export interface CommandContext {
  readonly environment: Environment;
  /** The command line as it was typed, without the program's name. */
  readonly args: readonly string[];
  readonly start: Start;
  /** What a command with `--json` writes to. */
  readonly json: JsonStream;
  /** Aborts at the first interrupt. Until this is first read, an interrupt ends the program. */
  readonly interrupt: AbortSignal;
}
