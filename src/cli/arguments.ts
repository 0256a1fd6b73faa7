/** What several commands' lines have in common. */
import { Argument, Option } from "commander";

/** Where a command leaves its exit code. */
export interface CommandResult {
  code: number;
}

export function file(): Argument {
  return new Argument("<FILE>", "Python script with a job description");
}

export function option(flags: string, description: string): Option {
  return new Option(flags, description);
}

export function allowRef(): Option {
  return option(
    "--allow-ref",
    "trust the script this time: follow $ref, ${env:…}, ${file:…} and ${cmd:…} (see: dpdisp trust)",
  );
}

export function json(description: string): Option {
  return option("--json", description);
}
