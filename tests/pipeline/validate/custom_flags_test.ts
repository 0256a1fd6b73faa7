import {
  deepStrictEqual,
  match,
  ok,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { parse } from "../../../src/pipeline/parse/mod.ts";
import { validate } from "../../../src/pipeline/validate/mod.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";

/** What begins a line that the batch system reads: sbatch(1), qsub(1B), qsub(1), bsub(1), jsub, pjsub(1). */
const PREFIXES = {
  Slurm: "#SBATCH",
  SlurmJobArray: "#SBATCH",
  PBS: "#PBS",
  Torque: "#PBS",
  SGE: "#$",
  LSF: "#BSUB",
  JH_UniScheduler: "#JSUB",
  Fugaku: "#PJM",
};

/** The warnings about a script with these flags, each with its place. */
async function warningsOf(batchType: string, flags: readonly string[]) {
  const text = `# /// script
# [tool.dpdispatcher]
# work_base = "./"
# [tool.dpdispatcher.machine]
# batch_type = "${batchType}"
# context_type = "LazyLocalContext"
# local_root = "./"
# [tool.dpdispatcher.resources]
# group_size = 1
# custom_flags = [
${flags.map((flag) => `#   ${JSON.stringify(flag)},\n`).join("")}# ]
# [[tool.dpdispatcher.task_list]]
# command = "python"
# task_work_path = "./"
# ///
`;
  const document = parse("run.py", new TextEncoder().encode(text));
  ok(document.ok);
  const files = memoryFiles({});
  const given = { files, allowRef: false, cwd: "/work" };
  const config = await validate(document.value.value, given);
  ok(config.ok, JSON.stringify(config));
  return config.value.warnings;
}

for (const [batchType, prefix] of Object.entries(PREFIXES)) {
  Deno.test(`a flag for ${batchType} without ${prefix} is reported at its location, with what to write`, async () => {
    const warnings = await warningsOf(batchType, [
      `${prefix} -x 1`,
      "-y 2",
      "ulimit -s unlimited",
    ]);
    deepStrictEqual(warnings.map(({ location }) => location), [
      { file: "run.py", line: 12, column: 5 },
      { file: "run.py", line: 13, column: 5 },
    ]);
    strictEqual(
      warnings[0]!.message,
      `"-y 2" does not begin with ${prefix}: ${batchType} ignores it, and jobs run it as a command; write "${prefix} -y 2"`,
    );
    match(warnings[1]!.message, /"ulimit -s unlimited" .* prepend_script$/);
  });
}

Deno.test("comments and blank lines among the flags are accepted, a command below a flag is an error", async () => {
  const fine = ["", "  ", "# of mine", "##SBATCH --off", "\n#SBATCH --x\n"];
  deepStrictEqual(await warningsOf("Slurm", fine), []);
  await rejects(
    warningsOf("Slurm", ["#SBATCH --x\n--y"]),
    /each element of custom_flags must be one line without control characters, or lines that each begin with #, got/,
  );
});

Deno.test("options that the batch system does not read as users expect are reported", async () => {
  const messages = async (batchType: string, flags: readonly string[]) =>
    (await warningsOf(batchType, flags)).map(({ message }) => message);
  // jsub's manual, "script submission"; pjsub(1), "-z".
  deepStrictEqual(
    await messages("JH_UniScheduler", [
      "#JSUB -W 10",
      "#JSUB -q gpu -nnode 2",
      "#BSUB -M 100",
      "#JSUB -cwd /tmp -Ep true",
      "#JSUB -R 'select[a] -W'",
    ]),
    [
      '"#JSUB -W 10": jsub ignores -W in a script; set resources.walltime',
      '"#JSUB -q gpu -nnode 2": jsub ignores -nnode in a script; remove it',
      '"#BSUB -M 100": jsub ignores -M in a script; remove it',
    ],
  );
  deepStrictEqual(await messages("LSF", ["#BSUB -W 10 -M 100"]), []);
  const [jid, ...others] = await messages("Fugaku", [
    "#PJM -z jid",
    '#PJM -L "freq=2200" -z jid',
    '#PJM -L "node=1"',
  ]);
  match(jid!, /^"#PJM -z jid": pjsub then prints a bare number/);
  strictEqual(others.length, 1);
});

Deno.test("where no scheduler reads the header, every line is a command, and none a slip", async () => {
  deepStrictEqual(await warningsOf("Shell", ["ulimit -s unlimited"]), []);
});
