/** Arguments and options that several commands share. */
import { Argument, Option } from "commander";

/** A command stores its exit code here. */
export interface CommandResult {
  code: number;
}

export function file(): Argument {
  return new Argument(
    "<FILE>",
    "Python script with script metadata (a `# /// script` block)",
  );
}

export function option(flags: string, description: string): Option {
  return new Option(flags, description);
}

export function allowRef(): Option {
  return option(
    "--allow-ref",
    "trust the script for this command only: allow $ref, ${env:…}, ${file:…} and ${cmd:…} (see: dpdisp trust)",
  );
}

export function json(description: string): Option {
  return option("--json", description);
}
