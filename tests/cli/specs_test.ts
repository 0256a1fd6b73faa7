/** Command-line cases as users run them: as a plain user, with the permissions that dpdisp is shipped with. */
import { fail, match, strictEqual } from "node:assert/strict";
import type { Tool } from "../../scripts/tools.ts";
import { scriptText } from "../helpers/dpdisp.ts";
import {
  installedDirectory,
  INSTALLING,
  type InstallOptions,
  NO_NAMESPACE,
} from "../helpers/installed.ts";
import { matches, runSteps, type Step } from "../helpers/spec.ts";
import { toolTest } from "../helpers/tools.ts";

interface Case {
  readonly title: string;
  readonly steps: readonly Step[];
}

const specs = `${import.meta.dirname}/../specs/`;

/** The environment of every case. */
const plain: InstallOptions = {
  home: "[TOP]/a/home/far from/the top",
  tools: "needed",
};

/** Further environments of the main cases. */
const others: Readonly<Record<string, InstallOptions>> = {
  "with all programs of this machine": { home: "[TOP]/home", tools: "all" },
  "with / for a home": { home: "/", state: "[TOP]/state", tools: "needed" },
  "without HOME, by a user whom the database knows": {
    entry: "[TOP]/a home",
    tools: "needed",
  },
  "without HOME, by a user whom the database does not know": {
    entry: null,
    state: "[TOP]/state",
    tools: "needed",
  },
};

/** A job that succeeds, one that fails, one that is cancelled after a detach, files that are staged and collected. */
const mainJobs = ["run", "run_failed", "cancel", "staged_files"];

for (const { name, isDirectory } of Deno.readDirSync(specs)) {
  if (!isDirectory) continue;
  registerCase(name, "", plain);
  if (!mainJobs.includes(name)) continue;
  for (const [how, surroundings] of Object.entries(others)) {
    registerCase(name, ` (${how})`, surroundings);
  }
}

function registerCase(name: string, how: string, surroundings: InstallOptions) {
  const directory = `${specs}${name}/`;
  const { title: caseTitle, steps }: Case = JSON.parse(
    Deno.readTextFileSync(`${directory}case.json`),
  );
  const title = `${name}: ${caseTitle}${how}`;
  const needs = steps.some(({ args }) => args[0] === "run")
    ? [...INSTALLING, "python3"] as const
    : INSTALLING;
  register(surroundings, needs, title, async () => {
    const input = exists(`${directory}input`) ? `${directory}input` : null;
    await runSteps(input, steps, (step, { exit, stdout, stderr }, dir) => {
      const line = `dpdisp ${step.args.join(" ")}`;
      compare(`${line}: stderr`, stderr, directory, step.stderr, dir);
      compare(`${line}: stdout`, stdout, directory, step.stdout, dir);
      strictEqual(exit, step.exit, `${line}: exit code\n${stderr}`);
    }, () => installedDirectory(surroundings));
  });
}

/** Where namespaces are not available, a case that needs one is ignored. */
function register(
  { entry }: InstallOptions,
  needs: readonly Tool[],
  title: string,
  body: () => Promise<void>,
): void {
  if (entry === undefined || NO_NAMESPACE === null) {
    return toolTest(needs, title, body);
  }
  Deno.test({ name: `${title} (${NO_NAMESPACE})`, ignore: true, fn() {} });
}

function compare(
  what: string,
  seen: string,
  directory: string,
  file: string | undefined,
  dir: string,
): void {
  const expected = file === undefined
    ? ""
    : Deno.readTextFileSync(directory + file);
  if (matches(seen, expected, dir)) return;
  fail(
    `${what} is not as expected\n--- seen\n${seen}\n--- expected\n${expected}`,
  );
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

for (
  const [how, surroundings] of Object.entries<InstallOptions>({
    "there is no home directory": { entry: null, tools: "needed" },
    "its directory cannot be made": { state: "/proc/nothing", tools: "needed" },
    "its directory cannot be read": { state: "[TOP]/state", tools: "needed" },
  })
) {
  register(
    surroundings,
    INSTALLING,
    `Where no journal can be kept because ${how}, the error has a hint`,
    async () => {
      await using place = await installedDirectory(surroundings);
      await Deno.writeTextFile(
        `${place.directory}/a.py`,
        scriptText("print(1)"),
      );
      const own = `${place.directory}/../../state`;
      if (exists(own)) await Deno.chmod(own, 0o000);
      const { exit, stderr } = await place.run(["run", "a.py"]);
      if (exists(own)) await Deno.chmod(own, 0o700);
      match(stderr, /^error: Cannot keep a journal.*\n?.*XDG_STATE_HOME/s);
      strictEqual(exit, 2, stderr);
    },
  );
}
