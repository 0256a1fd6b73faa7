import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { localFiles } from "../src/environment/local_files.ts";
import { parse } from "../src/pipeline/parse/mod.ts";
import { buildPlan } from "../src/pipeline/plan/mod.ts";
import { validate } from "../src/pipeline/validate/mod.ts";
import { memoryHashes } from "./helpers/hashes.ts";
import { runSteps } from "./helpers/spec.ts";
import { testsWith } from "./helpers/tools.ts";

const test = testsWith("python3");

const examples = `${import.meta.dirname}/../examples/`;

/** What each example leaves behind: files below its directory, and what is in them. */
const results: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "hello.py": { "log": "hello world!\n" },
  "sweep/sweep.py": {
    "runs/cold/energy.txt": "74.855\n",
    "runs/warm/energy.txt": "748.547\n",
    "runs/hot/energy.txt": "7485.471\n",
  },
  "copied/copied.py": {
    "case/total.txt": "9.14 m\n",
    "case/log": "30.0 feet\n",
  },
  "packed/packed.py": Object.fromEntries(
    [..."abcdef"].map((name) => [`${name}/greeting.txt`, `hello ${name}\n`]),
  ),
};

for (const [path, files] of Object.entries(results)) {
  test(`examples/${path} runs and leaves the results that it promises`, async () => {
    const [script, directory = ""] = path.split("/").reverse();
    const steps = ["check", "run"].map((command) => ({
      args: [command, script!],
      exit: 0,
    }));
    await runSteps(
      examples + directory,
      steps,
      (step, { exit, stderr }, dir) => {
        strictEqual(exit, step.exit, stderr);
        strictEqual(stderr.includes("warning"), false, stderr);
        if (step.args[0] !== "run") return;
        for (const [file, text] of Object.entries(files)) {
          strictEqual(Deno.readTextFileSync(`${dir}/${file}`), text, file);
        }
      },
    );
  });
}

test("every script of examples/ is run by a test", () => {
  deepStrictEqual(
    scriptsBelow(examples).toSorted(),
    Object.keys(results).toSorted(),
  );
});

function scriptsBelow(directory: string, prefix = ""): readonly string[] {
  return Array.from(Deno.readDirSync(directory)).flatMap(
    ({ name, isDirectory }) => {
      if (isDirectory) {
        return scriptsBelow(`${directory}/${name}`, `${prefix}${name}/`);
      }
      return name.endsWith(".py") ? [prefix + name] : [];
    },
  );
}

for (const path of Object.keys(results)) {
  Deno.test(`the plan of examples/${path} is the same after it was written and read as JSON`, async () => {
    const cwd = `${examples}${path}`.replace(/\/[^/]*$/, "");
    const document = parse(path, await Deno.readFile(`${examples}${path}`));
    if (!document.ok) throw new Error(JSON.stringify(document.error));
    const around = { files: localFiles, cwd };
    const validated = await validate(document.value.value, {
      ...{ ...around, allowRef: false },
    });
    if (!validated.ok) throw new Error(JSON.stringify(validated.error));
    const { config, locate } = validated.value;
    const hashCache = memoryHashes();
    const planned = buildPlan(config, { ...around, hashCache, locate });
    if (!planned.ok) throw new Error(JSON.stringify(planned.error));
    const plan = planned.value.value;
    deepStrictEqual(JSON.parse(JSON.stringify(plan)), plan);
  });
}
