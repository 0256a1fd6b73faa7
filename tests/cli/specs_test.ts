import { fail, strictEqual } from "node:assert/strict";
import { matches, playSteps, type Step } from "../helpers/spec.ts";

const specs = `${import.meta.dirname}/../specs/`;

for (const { name, isDirectory } of Deno.readDirSync(specs)) {
  if (!isDirectory) continue;
  const folder = `${specs}${name}/`;
  const { says, steps }: { says: string; steps: readonly Step[] } = JSON.parse(
    Deno.readTextFileSync(`${folder}case.json`),
  );
  Deno.test(`${name}: ${says}`, async () => {
    const input = exists(`${folder}input`) ? `${folder}input` : null;
    await playSteps(input, steps, (step, { exit, stdout, stderr }, dir) => {
      const line = `dpdisp ${step.args.join(" ")}`;
      compare(`${line}: stderr`, stderr, folder, step.stderr, dir);
      compare(`${line}: stdout`, stdout, folder, step.stdout, dir);
      strictEqual(exit, step.exit, `${line}: exit code\n${stderr}`);
    });
  });
}

function compare(
  what: string,
  seen: string,
  folder: string,
  file: string | undefined,
  dir: string,
): void {
  const expected = file === undefined
    ? ""
    : Deno.readTextFileSync(folder + file);
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
