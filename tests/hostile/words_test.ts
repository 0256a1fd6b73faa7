/** No value becomes a line of a job script or an option of its own. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { schedulers } from "../../src/schedulers/mod.ts";
import { allRows, type FieldRow } from "../../src/schema/all_fields.ts";
import { text, texts } from "../../src/schema/text_types.ts";
import { runCheck, scriptWith } from "../helpers/checked.ts";
import type { FieldType } from "../../src/schema/field.ts";

const batchTypes = schedulers.map(({ name }) => name);

const machineOf = (batchType: string): string =>
  `batch_type = "${batchType}"\ncontext_type = "LazyLocalContext"\nlocal_root = "./"`;

async function messagesOf(
  command: readonly string[],
  script: string,
  files: Readonly<Record<string, string>> = {},
) {
  const directory = await Deno.makeTempDir({ prefix: "dpdisp-words-" });
  try {
    await Deno.writeTextFile(`${directory}/run.py`, script);
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeTextFile(`${directory}/${name}`, content);
    }
    return await runCheck(directory, ...command, "run.py");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Fields of `resources` that hold text, or a list of it, which is not shell text. */
function textRows(batchType: string): readonly FieldRow[] {
  return allRows().filter(({ table, when, field: { kind } }) =>
    table[0] === "resources" && (when === null || when === batchType) &&
    kind.form === "value" && holdsText(kind) && kind !== text && kind !== texts
  );
}

function holdsText(kind: FieldType): boolean {
  return kind.form === "value" && /string/.test(kind.expected) ||
    kind.form === "value" && /time such|size such/.test(kind.expected);
}

/** The value, in the field's place. */
function withValue({ key, table, field }: FieldRow, value: string): string {
  const { kind } = field;
  const quoted = JSON.stringify(value).replaceAll(
    /[\x7f-\x9f]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const toml = kind.form === "value" && kind.expected === "an array of strings"
    ? `[${quoted}]`
    : quoted;
  return [...table.slice(1), key].join(".") + ` = ${toml}`;
}

for (const batchType of batchTypes) {
  Deno.test(`${batchType}: a control character is an error in every value that is not shell text`, async () => {
    const rows = textRows(batchType);
    strictEqual(rows.length > 8, true);
    for (const row of rows) {
      for (const sign of ["\n", "\r", "\x1b", "\x7f", "\x9b", "\0"]) {
        if (row.key.endsWith("_file") && sign !== "\0") continue; // a path
        const value = `x${sign}touch here`;
        const script = scriptWith({
          machine: machineOf(batchType),
          resources: withValue(row, value),
        });
        const { code, output } = await messagesOf(["check"], script);
        const shown = `${row.key} ${JSON.stringify(value)}: ${output}`;
        strictEqual(code, 2, shown);
        match(
          output,
          new RegExp(
            `^run\\.py:10:\\d+  (each element of )?${row.key} must be`,
            "m",
          ),
          shown,
        );
      }
    }
  });

  Deno.test(`${batchType}: queue_name, account and qos are one word each, and the header has no more for them`, async () => {
    for (const key of ["queue_name", "account", "qos"]) {
      for (
        const value of ["debug --exclusive", "--exclusive", 'a" -x', "a\\", "'"]
      ) {
        const resources = `${key} = ${JSON.stringify(value)}`;
        const script = scriptWith({ machine: machineOf(batchType), resources });
        const { code, output } = await messagesOf(["check"], script);
        strictEqual(code, 2, output);
        match(
          output,
          new RegExp(`^run\\.py:10:\\d+  ${key} must be one word`, "m"),
        );
      }
    }
  });
}

/** What users write on real batch systems, and the line that it becomes. */
const legitimate: readonly (readonly [string, string, RegExp])[] = [
  ["Slurm", 'queue_name = "short,long"', /^#SBATCH --partition short,long$/m],
  ["Slurm", 'account = "proj/a_b-c.d"', /^#SBATCH --account proj\/a_b-c\.d$/m],
  ["Slurm", 'qos = "high+x"', /^#SBATCH --qos high\+x$/m],
  [
    "Slurm",
    'kwargs = { custom_gpu_line = "#SBATCH --gres=gpu:a100:2 --gpu-bind=closest" }',
    /^#SBATCH --gres=gpu:a100:2 --gpu-bind=closest$/m,
  ],
  [
    "Slurm",
    `custom_flags = ['#SBATCH --constraint="[skylake&ib|rack1*2]"', "#SBATCH --time=1:00:00"]`,
    /^#SBATCH --constraint="\[skylake&ib\|rack1\*2\]"$/m,
  ],
  [
    "Slurm",
    'custom_flags = ["#SBATCH --x\\n#SBATCH --y\\n# mine"]',
    /^#SBATCH --x\n#SBATCH --y\n# mine$/m,
  ],
  ["PBS", 'queue_name = "workq@server2"', /^#PBS -q workq@server2$/m],
  [
    "PBS",
    'custom_flags = ["#PBS -l select=2:ncpus=4:mem=4gb+1:ncpus=1,place=scatter"]',
    /^#PBS -l select=2:ncpus=4:mem=4gb\+1:ncpus=1,place=scatter$/m,
  ],
  ["Torque", 'queue_name = "@server"', /^#PBS -q @server$/m],
  [
    "SGE",
    'queue_name = "all.q@@hosts,long.q@n1"',
    /^#\$ -q all\.q@@hosts,long\.q@n1$/m,
  ],
  ["SGE", 'kwargs = { pe_name = "mpi_16*" }', /^#\$ -pe mpi_16\* 1$/m],
  [
    "LSF",
    `custom_flags = ['#BSUB -R "select[mem>4000 && type==any] rusage[mem=4000]"', '#BSUB -q "short normal"']`,
    /^#BSUB -R "select\[mem>4000 && type==any\] rusage\[mem=4000\]"\n#BSUB -q "short normal"$/m,
  ],
  ["Fugaku", 'queue_name = "small-s1"', /^#PJM -L "rscgrp=small-s1"$/m],
  [
    "Slurm",
    'module_list = ["gcc/12.2 openmpi/4.1", "cuda"]',
    /^module load gcc\/12\.2 openmpi\/4\.1\nmodule load cuda$/m,
  ],
  [
    "Slurm",
    'source_list = ["/opt/intel/setvars.sh --force intel64"]',
    /setvars\.sh --force intel64/,
  ],
  [
    "Slurm",
    'prepend_script = ["""\nfor i in 1 2\n#\n# do\n# echo $i\n# done"""]',
    /echo \$i/,
  ],
  ["Slurm", 'envs = { A = "two\\nlines" }', /^export A="two\nlines"$/m],
];

for (const [batchType, resources, becomes] of legitimate) {
  Deno.test(`${batchType} takes ${resources.split("\n")[0]}`, async () => {
    const script = scriptWith({ machine: machineOf(batchType), resources });
    const { code, output } = await messagesOf(["plan", "--scripts"], script);
    strictEqual(code, 0, output);
    match(output.replaceAll(/^ +\|? ?/gm, ""), becomes);
  });
}

Deno.test("a comma begins another limit for Fugaku, and no queue_name has one", async () => {
  const resources = 'queue_name = "small,node=1000"';
  const machine = machineOf("Fugaku");
  const { code, output } = await messagesOf(
    ["check"],
    scriptWith({ machine, resources }),
  );
  strictEqual(code, 2);
  match(output, /^run\.py:10:16 {2}queue_name must be one resource group/m);
});

Deno.test("what a header template is filled with cannot be more lines than the template has", async () => {
  const template = "#SBATCH -p {queue_name} -A {account}\n";
  const strategy =
    'strategy = { customized_script_header_template_file = "head" }';
  const resources = (queue: string) =>
    `queue_name = ${JSON.stringify(queue)}\naccount = "a"\n${strategy}`;
  const machine = machineOf("Slurm");
  const files = { head: template };
  const fine = await messagesOf(
    ["plan"],
    scriptWith({ machine, resources: resources("q") }),
    files,
  );
  match(fine.output, /#SBATCH -p q -A a\n/);
  const hostile = await messagesOf(
    ["plan"],
    scriptWith({ machine, resources: resources("q\ntouch here") }),
    files,
  );
  deepStrictEqual([
    hostile.code,
    /touch here/.test(hostile.output.split("got")[0]!),
  ], [
    2,
    false,
  ]);
});

Deno.test("a word that stands before another cannot be empty", async () => {
  for (const key of ["pe_name", "job_name"]) {
    const resources = `kwargs = { ${key} = "" }`;
    const machine = machineOf("SGE");
    const { code, output } = await messagesOf(
      ["check"],
      scriptWith({ machine, resources }),
    );
    strictEqual(code, 2);
    match(
      output,
      new RegExp(`^run\\.py:10:\\d+  ${key} must be one word`, "m"),
    );
  }
});

Deno.test("what ssh is handed is never an option", async () => {
  for (const key of ["hostname", "username"]) {
    for (const value of ["-oProxyCommand=touch here", "a\nb", ""]) {
      const machine = `batch_type = "Shell"
context_type = "SSHContext"
local_root = "./"
remote_root = "/r"
remote_profile = { ${key} = ${JSON.stringify(value)}${
        key === "username" ? ', hostname = "h"' : ""
      } }`;
      const { code, output } = await messagesOf(
        ["check"],
        scriptWith({ machine }),
      );
      strictEqual(code, 2);
      match(
        output,
        new RegExp(`^run\\.py:9:\\d+  ${key} must be one line`, "m"),
      );
    }
  }
});
