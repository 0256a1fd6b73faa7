/** Command-line cases as data: a folder with `case.json`, input files, and what is to be read on each side. */
import { main } from "../../src/cli/main.ts";
import { realEnvironment } from "../../src/environment/mod.ts";
import { fakeJournals } from "./fake_journals.ts";
import { fakeScreen } from "./environment.ts";

export interface Step {
  readonly args: readonly string[];
  /** Files that the user deletes before. */
  readonly deletes?: readonly string[];
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

/** Where a case is played: a folder of its own, and dpdisp. */
export interface Place extends AsyncDisposable {
  readonly folder: string;
  play(args: readonly string[]): Promise<Outcome>;
}

/** Carries out the steps one after the other in a folder of their own; `check` sees each outcome. */
export async function playSteps(
  input: string | null,
  steps: readonly Step[],
  check: (step: Step, outcome: Outcome, folder: string) => void,
  open: () => Promise<Place> = placeInside,
): Promise<void> {
  await using place = await open();
  if (input !== null) copyFolder(input, place.folder);
  for (const step of steps) {
    for (const name of step.deletes ?? []) {
      await Deno.remove(`${place.folder}/${name}`);
    }
    check(step, await place.play(step.args), place.folder);
  }
}

/** dpdisp inside this process, its journals in memory. */
async function placeInside(): Promise<Place> {
  const folder = await Deno.makeTempDir({ prefix: "dpdisp-spec-" });
  const journals = fakeJournals();
  return {
    folder,
    async play(args) {
      const screen = fakeScreen();
      const world = {
        ...realEnvironment(),
        cwd: folder,
        terminal: screen,
        journals,
      };
      const exit = await main(args, world);
      const { out, err } = screen.written;
      return { exit, stdout: out, stderr: err };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function copyFolder(from: string, to: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (!isDirectory) Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
    else {
      Deno.mkdirSync(`${to}/${name}`);
      copyFolder(`${from}/${name}`, `${to}/${name}`);
    }
  }
}

/**
 * Whether a text is as expected: `[DIR]` is the folder of the case, `[WILDLINE]` stands for anything in a line,
 * `[WILDCARD]` for anything at all.
 */
export function matches(
  text: string,
  expected: string,
  folder: string,
): boolean {
  const pattern = expected.replaceAll("[DIR]", folder)
    .replace(/[.*+?^${}()|\\]|\[(?!WILD)|(?<!WILD(?:CARD|LINE))\]/g, "\\$&")
    .replaceAll("[WILDCARD]", "[\\s\\S]*?")
    .replaceAll("[WILDLINE]", "[^\\n]*?");
  return new RegExp(`^${pattern}$`).test(text);
}
