/** The page "Coming from DPDispatcher": each line of its tables, tried. */
import {
  deepStrictEqual,
  doesNotMatch,
  match,
  ok,
  strictEqual,
} from "node:assert/strict";
import { explain } from "../src/schema/explain.ts";
import { queueNameOfJob } from "../src/pipeline/submit.ts";
import { schedulers } from "../src/schedulers/mod.ts";
import { resourcesOf } from "./helpers/check_scheduler.ts";
import { checkText } from "./helpers/check_text.ts";
import { openJobSandbox } from "./helpers/job_sandbox.ts";
import { plainRun, type Ran, stagedRun } from "./helpers/migration_runs.ts";
import { planOf } from "./helpers/plan_of.ts";
import { toolTest } from "./helpers/tools.ts";

type Body = () => Promise<void>;

/** A test, or the test file that is about the line. */
type Line = Body | { readonly file: string };

/** What `check` reports of a Slurm script with these lines in its tables. */
async function reported(
  { top = "", machine = "", resources = "", task = "", batch = "Slurm" },
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const directory = `${await Deno.makeTempDir()}/`;
  const lines = `[tool.dpdispatcher]
${top}
[tool.dpdispatcher.machine]
batch_type = "${batch}"
context_type = "LazyLocalContext"
local_root = "./"
${machine}
[tool.dpdispatcher.resources]
group_size = 1
${resources}
[[tool.dpdispatcher.task_list]]
task_work_path = "./"
${task}`;
  const block = lines.split("\n").map((line) => `# ${line}`.trimEnd());
  await Deno.writeTextFile(
    `${directory}s.py`,
    `# /// script\n${block.join("\n")}\n# ///\n`,
  );
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${directory}${name}`, text);
  }
  const before = Deno.cwd();
  try {
    Deno.chdir(directory);
    return await checkText("s.py", directory, false);
  } finally {
    Deno.chdir(before);
    await Deno.remove(directory, { recursive: true });
  }
}

/** No word about it, and `explain` says that it has no effect. */
function accepted(given: Parameters<typeof reported>[0], key: string): Body {
  return async () => {
    strictEqual(await reported(given), "");
    const said = explain(key);
    ok(said.ok && /without effect/.test(said.value), key);
  };
}

async function staged(): Promise<Ran> {
  return await stagedRun();
}

const same: Readonly<Record<string, Line>> = {
  "a result that is a symlink": async () => {
    const { local, output } = await staged();
    const { isSymlink } = await Deno.lstat(`${local}/t0/latest`);
    strictEqual(isSymlink, false);
    strictEqual(await Deno.readTextFile(`${local}/t0/latest`), "weights");
    match(output, /t2\/loop/);
  },
  "a `log` or `err` of your own": async () => {
    const { local, output } = await staged();
    strictEqual(await Deno.readTextFile(`${local}/t0/log`), "my own\n");
    const [, saved] = /(\S*log\.\S+)/.exec(output) ?? [];
    ok(saved, output);
  },
  "`if_cuda_multi_devices` with `para_deg`": {
    file: "script/runner/gpu_test.ts",
  },
  "batch type `Shell` on this machine": async () => {
    const env = { VIRTUAL_ENV: "/venv", name: "n", D: "/data", host: "h" };
    const { variables, given } = await plainRun(env);
    // What bash itself sets.
    const own = ["_", "OLDPWD", "PWD", "SHLVL"];
    const changed = Object.entries(variables).filter(([key, value]) =>
      given[key] !== value && !own.includes(key)
    );
    const added = changed.map(([key]) => key).toSorted();
    deepStrictEqual(added, [
      "DPDISPATCHER_CPU_PER_NODE",
      "DPDISPATCHER_GPU_PER_NODE",
      "DPDISPATCHER_GROUP_SIZE",
      "DPDISPATCHER_NUMBER_NODE",
      "DPDISPATCHER_QUEUE_NAME",
      "REMOTE_ROOT",
    ]);
    const lost = Object.keys(given).filter((key) => !(key in variables));
    deepStrictEqual(lost, []);
  },
  "header template": async () => {
    const template = `--nodes={number_node:02d} --qos={kwargs[qos]}
{custom_flags[0]} {envs[A]} {queue_name!r}`;
    const resources = `queue_name = "short"
custom_flags = ["#SBATCH --mem=4G"]
envs = { A = "x" }
kwargs = { qos = "fast" }
strategy.customized_script_header_template_file = "t"`;
    strictEqual(await reported({ resources }, { t: template }), "");
    const wrong = await reported({ resources }, { t: "{kwargs[qosx]}" });
    match(wrong, /^t:1:1 {2}\{kwargs\[qosx\]\} in the template has no value/);
  },
  "no GPUs, no queue": () => {
    const options = { gpuUsage: true, gpuNewSyntax: true, gpuExclusive: true };
    for (const scheduler of schedulers) {
      const lines = scheduler.directives(resourcesOf({ options, queue: "" }));
      doesNotMatch(
        lines.join("\n"),
        /gpu|gres|-q\b|partition|rscgrp/i,
        scheduler.name,
      );
    }
    return Promise.resolve();
  },
  "a job name of your own": () => {
    for (const scheduler of schedulers) {
      if (scheduler.naming === null) continue;
      const plan = planOf({ tasks: [{ ...TASK, name: "water" }] }, {});
      const tasks = plan.tasks.map(({ key }) => key);
      const job = { name: "dabcdefgh0", tasks, supersedes: [] };
      match(queueNameOfJob(job, plan, scheduler), /^wate(r|)-dabcdefgh0$/);
    }
    return Promise.resolve();
  },
};

const TASK = {
  ...{ command: "python", dir: "./", name: null, inputs: [], outputs: [] },
  ...{ out: "log", err: "err" },
};

const withoutEffect: Readonly<Record<string, Line>> = {
  "`continue_on_failure`": accepted(
    { top: "continue_on_failure = true" },
    "continue_on_failure",
  ),
  "`machine.create_remote_root`": accepted(
    { machine: "create_remote_root = true" },
    "create_remote_root",
  ),
  "`remote_profile.archive_chunk_size`": async () => {
    const machine = `context_type = "SSHContext"
remote_root = "/r"
remote_profile = { hostname = "h", archive_chunk_size = 8 }`;
    const said = await reported({ machine });
    doesNotMatch(said, /archive_chunk_size/);
    ok(explain("archive_chunk_size").ok);
  },
  "`previous_submission_hash`": accepted(
    { top: 'previous_submission_hash = "0a"' },
    "previous_submission_hash",
  ),
  "`retry_count = -1`": async () => {
    strictEqual(await reported({ machine: "retry_count = -1" }), "");
    match(await reported({ machine: "retry_count = -2" }), /retry_count must/);
  },
  "`task_need_resources`": accepted(
    { task: "task_need_resources = { task_need_gpus = 1 }" },
    "task_need_resources",
  ),
};

/** The words that users of batch systems write. */
const COMMON: Readonly<Record<string, string>> = {
  ...{ queue: "queue_name", partition: "queue_name", nodes: "number_node" },
  ...{ cpus: "cpu_per_node", ncpus: "cpu_per_node", ntasks: "cpu_per_node" },
  ...{ gpus: "gpu_per_node", ngpus: "gpu_per_node", time: "walltime" },
  ...{ time_limit: "walltime", wall_time: "walltime", mem: "memory" },
  project: "account",
};

const reportedLines: Readonly<Record<string, Line>> = {
  "`envs` values with `$`, backtick or backslash": async () => {
    for (const value of ["price $5", "`date`", "C:\\\\dir"]) {
      const said = await reported({ resources: `envs = { A = "${value}" }` });
      match(said, /warning: the shell expands .* "A" of envs/, value);
    }
    for (const value of ["plain", "'price $5'"]) {
      strictEqual(
        await reported({ resources: `envs = { A = "${value}" }` }),
        "",
      );
    }
  },
  "common words for a field": async () => {
    for (const [word, key] of Object.entries(COMMON)) {
      const said = await reported({ resources: `${word} = 1` });
      ok(said.includes(`"${word}"`) && said.includes(`"${key}"?`), said);
    }
  },
  "a value without quotes": async () => {
    for (const value of ["2:30:00", "02:30:00", "1-00:00:00"]) {
      const said = await reported({ resources: `walltime = ${value}` });
      match(said, /^s\.py:11:\d+ /);
      ok(said.includes(`write walltime = "${value}", in quotes`), said);
    }
  },
  "a portable field that the batch system does not have": async () => {
    const resources = 'walltime = "2:30:00"';
    match(
      await reported({ resources, batch: "Shell" }),
      /^s\.py:11:\d+ {2}warning: walltime has no effect with batch_type "Shell"/,
    );
    strictEqual(await reported({ resources }), "");
  },
  "a `module` command that does not exist": async () => {
    const { output, code } = await plainRun({}, 'module_list = ["gcc"]');
    strictEqual(code, 0, output);
    strictEqual(output.match(/has no command `module`/g)?.length, 1, output);
  },
  "a `source_list` file that is missing": async () => {
    const { output, code } = await plainRun({}, 'source_list = ["no_such.sh"]');
    strictEqual(code, 1, output);
    match(output, /cannot source "no_such\.sh": no such file/);
  },
  "the same script after success": async () => {
    const { output, outputs } = await plainRun({}, "", 3);
    deepStrictEqual(
      outputs.map((each) => each.includes("--reuse")),
      [false, true, false],
      output,
    );
  },
};

const differs: Readonly<Record<string, Line>> = {
  "a failed task": async () => {
    const { local, code } = await staged();
    strictEqual(code, 1);
    for (const task of ["t0", "t2"]) await Deno.stat(`${local}/${task}/out`);
  },
  "killed while submitting": { file: "engine/crash_test.ts" },
  "your directory": async () => {
    const { left } = await plainRun({});
    deepStrictEqual(left, ["err", "log", "s.py", "variables"]);
  },
  "forwarded directories": async () => {
    const { local } = await staged();
    const seen = await Deno.readTextFile(`${local}/t0/out`);
    match(seen, /^data\/empty$/m);
  },
  "modification times": async () => {
    const { local } = await staged();
    match(await Deno.readTextFile(`${local}/t0/out`), /^in 981173106$/m);
    const { mtime } = await Deno.stat(`${local}/t0/old`);
    strictEqual(mtime?.getTime(), 981173106_000);
  },
  "host keys": { file: "contexts/ssh/host_keys/verify_host_test.ts" },
  "secrets": { file: "cli/canary_test.ts" },
  "jobs of batch type `Shell`": () => {
    for (const { name, limits } of schedulers) {
      const expected = name === "Shell" ? "cpus" : "none";
      strictEqual(limits.defaultMaxJobs, expected, name);
    }
    return Promise.resolve();
  },
  "a `backward_files` entry that matches nothing": async () => {
    const { output, code } = await plainRun(
      {},
      "",
      1,
      'backward_files = ["no_such"]',
    );
    strictEqual(code, 1, output);
    match(output, /no file matches backward_files.*no_such/);
  },
  "`append_script`": async () => {
    await using far = openJobSandbox();
    await far.run({
      tasks: ["false", "true"],
      resources: { append: ["echo $DPDISP_FAILED >>failed"] },
    });
    strictEqual(far.read("failed"), "1\n");
  },
  "`%J.out`, `%J.err` of LSF and JH UniScheduler": () => {
    for (const { name, submit } of schedulers) {
      if (name !== "LSF" && name !== "JH_UniScheduler") continue;
      match(submit(resourcesOf({})), /-o "\$out"/, name);
      doesNotMatch(
        submit(resourcesOf({ flags: ["#BSUB -o %J.out"] })),
        /-o "\$out"/,
        name,
      );
    }
    return Promise.resolve();
  },
};

const SECTIONS: Readonly<Record<string, Readonly<Record<string, Line>>>> = {
  "As in DPDispatcher": same,
  "Accepted, without effect": withoutEffect,
  "Reported, with what to do": reportedLines,
  "Differs on purpose": differs,
};

const page = Deno.readTextFileSync(
  new URL("../docs/from-dpdispatcher.md", import.meta.url),
);

/** The first cells of a section's table. */
function topicsOf(heading: string): readonly string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading));
  const rows = section?.match(/^\|.*$/gm) ?? [];
  return rows.slice(2).map((row) => row.split(/ *\| */)[1]!);
}

Deno.test("every line of the page has its test here, and every test its line", () => {
  deepStrictEqual(
    [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
    Object.keys(SECTIONS),
  );
  for (const [heading, lines] of Object.entries(SECTIONS)) {
    deepStrictEqual(topicsOf(heading), Object.keys(lines), heading);
  }
});

for (const [heading, lines] of Object.entries(SECTIONS)) {
  for (const [topic, line] of Object.entries(lines)) {
    toolTest("python3", `${heading}: ${topic}`, async () => {
      if (typeof line === "function") return await line();
      const file = new URL(line.file, import.meta.url);
      match(await Deno.readTextFile(file), /Deno\.test|[tT]est\(/);
    });
  }
}
