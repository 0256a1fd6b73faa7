import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  REMOVE_REDEFINITIONS,
  RUNNER,
  RUNNER_NAME,
} from "../../src/script/runner/mod.ts";
import {
  type JobSandbox,
  type JobSpec,
  openJobSandbox,
  scriptOf,
} from "../helpers/job_sandbox.ts";
import { toolOf, toolTest } from "../helpers/tools.ts";

const full: JobSpec = {
  name: "j2",
  supersedes: ["j0", "j1"],
  directives: ["#SBATCH --nodes 1", "#SBATCH --array=0-1"],
  array: { index: "${SLURM_ARRAY_TASK_ID}", size: 2 },
  tasks: ["python -u", {
    dir: "a b",
    command: "uv run",
    stdoutFile: "it's",
    stderrFile: null,
  }, "x=$HOME sh"],
  resources: {
    modulePurge: true,
    moduleUnload: ["gcc"],
    moduleLoad: ["gcc/12", "a b"],
    sources: ["env.sh", "~/env.sh -x", "my (env)"],
    envs: [["A", "1"], ["B", "a b"], ["C", "$A"]],
    queue: "long queue",
    prepend: ["set -eu", 'echo "it\'s $HOME"'],
    append: ["echo $DPDISP_FAILED"],
    tasksAtOnce: 2,
    gpusPerNode: 2,
    strategy: { gpuPerTask: true, unfinishedRatio: 0, headerTemplate: null },
  },
};

Deno.test("A job script is small: header, its job, setup, a line for each task, end", () => {
  strictEqual(
    scriptOf(full, "/home/me/my work"),
    `#!/bin/bash -l
#SBATCH --nodes 1
#SBATCH --array=0-1
# shellcheck disable=SC1090,SC1091,SC2016,SC2088,SC2034,SC2154 # sourced files are not available; quoted text is data
${REMOVE_REDEFINITIONS.trim()}
export REMOTE_ROOT='/home/me/my work'
dpdisp_dir='/home/me/my work/.dpdisp/0123abcd-4567cdef'
dpdisp_seconds=0
while [[ ! -d $dpdisp_dir && ! -d $REMOTE_ROOT && $dpdisp_seconds -lt \${dpdisp_patience:-60} ]]; do
  command sleep 1
  dpdisp_seconds=$((dpdisp_seconds + 1))
done
[[ -d $dpdisp_dir ]] || exit 0
dpdisp_runner=$dpdisp_dir/${RUNNER_NAME}
if [[ -L $dpdisp_dir || ! -O $dpdisp_dir || (-e $dpdisp_runner && ! -O $dpdisp_runner) ]]; then
  if ! command mkdir "$dpdisp_dir/own.$$" || [[ -O $dpdisp_dir/own.$$ ]]; then
    builtin printf 'dpdisp: %s belongs to another user: nothing is run from it\\n' "$dpdisp_dir" >&2
    exit 75
  fi
  command rmdir "$dpdisp_dir/own.$$"
fi
. "$dpdisp_runner" || exit 75
dpdisp_begin "$REMOTE_ROOT" "$dpdisp_dir" j2 "\${JOB_ID}" 3 2 script_1.py "\${SLURM_ARRAY_TASK_ID}" 2
dpdisp_supersede j0 j1
dpdisp_require_module
module purge
module unload gcc
module load gcc/12
module load a b
dpdisp_source env.sh
\\. "\${dpdisp_file[@]}"
dpdisp_source '~/env.sh -x' ~/env.sh -x
\\. "\${dpdisp_file[@]}"
dpdisp_source 'my (env)'
\\. "\${dpdisp_file[@]}"
dpdisp_remove_redefinitions
export DPDISPATCHER_NUMBER_NODE=1
export DPDISPATCHER_CPU_PER_NODE=1
export DPDISPATCHER_GPU_PER_NODE=2
export DPDISPATCHER_QUEUE_NAME='long queue'
export DPDISPATCHER_GROUP_SIZE=0
export A=1
export B="a b"
export C=$A
dpdisp_open_lines prepend_script
\\eval 'set -eu
echo "it'\\''s $HOME"

dpdisp_close_lines'
dpdisp_start_tasks adopt
dpdisp_share_gpus 2
dpdisp_task t0 . 'python -u' log err
dpdisp_task t1 'a b' 'uv run' 'it'\\''s' ''
dpdisp_task t2 . 'x=$HOME sh' log err
dpdisp_wait_for_tasks
dpdisp_open_lines append_script
\\eval 'echo $DPDISP_FAILED

dpdisp_close_lines'
dpdisp_finish
`,
  );
});

Deno.test("The same job gives the same script every time", () => {
  strictEqual(scriptOf(full, "/r"), scriptOf(full, "/r"));
});

for (
  const [program, ...args] of [["bash", "-n"], [
    "shellcheck",
    "-s",
    "bash",
    "-",
  ]]
) {
  toolTest(
    toolOf(program!),
    `${program} finds no fault in job scripts and the runner`,
    async () => {
      const scripts = [
        RUNNER,
        scriptOf(full, "/r"),
        scriptOf({ tasks: [] }, "/a b"),
        scriptOf({ tasks: ["python"] }, "/r"),
      ];
      for (const script of scripts) {
        strictEqual(await complaints(program!, args, script), "");
      }
    },
  );
}

async function complaints(
  program: string,
  args: readonly string[],
  script: string,
): Promise<string> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([script]).stream().pipeTo(child.stdin);
  const { stdout, stderr } = await output;
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

/** Features that bash got after 3.2, from its NEWS file. */
const later = {
  "wait -n, wait -f": /\bwait -[nfp]/,
  "mapfile, readarray, coproc": /\b(mapfile|readarray|coproc)\b/,
  "associative arrays, name references, declare -g":
    /\b(declare|local|typeset) -\w*[Ang]/,
  "transformations": /\$\{[^}]*@[A-Za-z]\}/,
  "case conversion": /\$\{\w+(\^|,)/,
  "lengths from the end": /\$\{\w+:[^}]*:-/,
  "negative subscripts": /\[-\d/,
  "printf's clock": /%\([^)]*\)T/,
  "|& and &>>": /\|&|&>>/,
  ";& and ;;&": /;;?&/,
  "variables for file descriptors": /\{\w+\}[<>]/,
  "BASHPID and its like": /\b(BASHPID|EPOCHSECONDS|SRANDOM|BASH_ARGV0)\b/,
  "fractions of seconds to read": /read [^\n]*-t *\d*\./,
  "[[ -v": /-v \w+ \]|\btest -v/,
  "globstar, lastpipe, inherit_errexit": /globstar|lastpipe|inherit_errexit/,
  "time without a fallback": /EPOCHREALTIME(?!-)/,
};

Deno.test("The runner and job scripts use only what bash 3.2 supports", () => {
  const text = [RUNNER, scriptOf(full, "/r")].join("\n")
    .replace(/^ *#.*$/gm, "")
    // An older bash refuses to turn off what it does not have, and nothing else depends on it.
    .replaceAll(
      /case [^\n]*shopt -u inherit_errexit 2>\/dev\/null \|\| : ;; esac/g,
      "",
    );
  const found = Object.entries(later).filter(([, pattern]) =>
    pattern.test(text)
  );
  deepStrictEqual(found.map(([what]) => what), []);
});

Deno.test("The runner's name depends on its content", () => {
  match(RUNNER_NAME, /^run-[0-9a-f]{8}\.sh$/);
});

const sign = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ..."ab -'\"$`\\\n\t*?[]{}()<>|&;#!~=%é木\u{1f600}",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "$(touch oops)",
      "`touch oops`",
      "--",
      "-n",
      "${HOME}",
      "\\n",
    ),
  },
);
const fileName = fc.array(sign, { minLength: 1, maxLength: 8 }).map((signs) =>
  signs.join("")
);

Deno.test("Whatever the names of directories and files, each task runs once in its own and is recorded", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.record({
          dir: fileName,
          out: fc.option(fileName),
          err: fc.option(fileName),
        }),
        {
          minLength: 1,
          maxLength: 4,
          selector: ({ dir }) => dir,
        },
      ),
      fc.integer({ min: 1, max: 3 }),
      async (rows, tasksAtOnce) => {
        await using sandbox = openJobSandbox();
        for (const { dir } of rows) await Deno.mkdir(`${sandbox.root}/${dir}`);
        await sandbox.run({
          script: "echo out; echo err >&2; pwd >>.ran",
          tasks: rows.map(({ dir, out, err }) => ({
            ...{ dir, stdoutFile: out, stderrFile: err },
            command: "sh",
          })),
          resources: { tasksAtOnce },
        });
        for (const { dir, out, err } of rows) {
          strictEqual(sandbox.read(`${dir}/.ran`), `${sandbox.root}/${dir}\n`);
          if (out !== null && out !== err) {
            strictEqual(sandbox.read(`${dir}/${out}`), "out\n");
          }
          if (err !== null && out !== err) {
            strictEqual(sandbox.read(`${dir}/${err}`), "err\n");
          }
          const made = new Set([
            ".ran",
            ...[out, err].filter((name) => name !== null),
          ]);
          strictEqual(
            sandbox.list(dir).length,
            made.size,
          );
        }
        const records = sandbox.records("j1");
        strictEqual(records.at(-1), "jobEnded 0");
        rows.forEach((_, at) => ok(records.includes(`taskExited t${at} 0`)));
        strictEqual(records.length, 2 + 2 * rows.length);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("A root may have any name too", async () => {
  const parent = await Deno.makeTempDir();
  const name = "$(touch oops) 'it''s\"\n*-";
  await Deno.mkdir(`${parent}/${name}`);
  const text = scriptOf({ tasks: ["echo ran #"] }, `${parent}/${name}`);
  const directory = `${parent}/${name}/.dpdisp/0123abcd-4567cdef`;
  for (const part of ["locks", "records", "superseded"]) {
    await Deno.mkdir(`${directory}/${part}`, { recursive: true });
  }
  await Deno.writeTextFile(`${directory}/${RUNNER_NAME}`, RUNNER);
  const { code } = await new Deno.Command("bash", {
    args: ["-c", text],
    env: { JOB_ID: "1" },
    cwd: parent,
  }).output();
  strictEqual(code, 0);
  strictEqual(await Deno.readTextFile(`${parent}/${name}/log`), "ran\n");
  await Deno.remove(parent, { recursive: true });
});

Deno.test({
  name:
    "A job runs nothing from a directory that another user made in place of its own, or through a link",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    const owners: readonly ((sandbox: JobSandbox) => void)[] = [
      ({ runDir: directory }) => Deno.chownSync(directory, 12345, 12345),
      ({ runDir: directory }) =>
        Deno.chownSync(`${directory}/${RUNNER_NAME}`, 12345, 12345),
      ({ runDir: directory }) => {
        Deno.renameSync(directory, `${directory}.real`);
        Deno.symlinkSync(`${directory}.real`, directory);
      },
    ];
    for (const give of owners) {
      await using sandbox = openJobSandbox();
      const spec = { tasks: ["touch ran #"] };
      sandbox.write(spec);
      give(sandbox);
      const { code, stderr } = await sandbox.run(spec);
      strictEqual(code, 75);
      match(stderr, /belongs to another user: nothing is run from it/);
      ok(!sandbox.list(".").includes("ran"));
      deepStrictEqual(sandbox.list(".dpdisp/0123abcd-4567cdef/records"), []);
    }
  },
});
