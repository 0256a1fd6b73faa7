/** Command-line cases as data: a directory with `case.json`, input files, and what is to be read on each side. */
import { main } from "../../src/cli/main.ts";
import { realEnvironment } from "../../src/environment/mod.ts";
import { fakeJournals } from "./fake_journals.ts";
import { fakeTerminal } from "./environment.ts";

export interface Step {
  readonly args: readonly string[];
  /** Files that the user deletes before. */
  readonly deletes?: readonly string[];
  /** Files that the user overwrites before, each with the text of another. */
  readonly overwrites?: Readonly<Record<string, string>>;
  readonly exit: number;
  /** Names of files with the expected text; absent: nothing may be written there. */
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a case is played: a directory of its own, and dpdisp. */
export interface CaseDirectory extends AsyncDisposable {
  readonly directory: string;
  run(args: readonly string[]): Promise<Outcome>;
}

/** Carries out the steps one after the other in a directory of their own; `check` sees each outcome. */
export async function runSteps(
  input: string | null,
  steps: readonly Step[],
  check: (step: Step, outcome: Outcome, directory: string) => void,
  open: () => Promise<CaseDirectory> = inProcess,
): Promise<void> {
  await using place = await open();
  if (input !== null) copyDirectory(input, place.directory);
  for (const step of steps) {
    for (const name of step.deletes ?? []) {
      await Deno.remove(`${place.directory}/${name}`);
    }
    for (const [name, other] of Object.entries(step.overwrites ?? {})) {
      await Deno.copyFile(
        `${place.directory}/${other}`,
        `${place.directory}/${name}`,
      );
    }
    check(step, await place.run(step.args), place.directory);
  }
}

/** dpdisp inside this process, its journals in memory. */
async function inProcess(): Promise<CaseDirectory> {
  const directory = await Deno.makeTempDir({ prefix: "dpdisp-spec-" });
  const journals = fakeJournals();
  return {
    directory,
    async run(args) {
      const terminal = fakeTerminal();
      const environment = {
        ...realEnvironment(),
        cwd: directory,
        terminal,
        journals,
      };
      const exit = await main(args, environment);
      const { out, err } = terminal.written;
      return { exit, stdout: out, stderr: err };
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

function copyDirectory(from: string, to: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (!isDirectory) Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
    else {
      Deno.mkdirSync(`${to}/${name}`);
      copyDirectory(`${from}/${name}`, `${to}/${name}`);
    }
  }
}

/**
 * Whether a text is as expected: `[DIR]` is the directory of the case, `[WILDLINE]` stands for anything in a line,
 * `[WILDCARD]` for anything at all.
 */
export function matches(
  text: string,
  expected: string,
  directory: string,
): boolean {
  const pattern = expected.replaceAll("[DIR]", directory)
    .replace(/[.*+?^${}()|\\]|\[(?!WILD)|(?<!WILD(?:CARD|LINE))\]/g, "\\$&")
    .replaceAll("[WILDCARD]", "[\\s\\S]*?")
    .replaceAll("[WILDLINE]", "[^\\n]*?");
  return new RegExp(`^${pattern}$`).test(text);
}
