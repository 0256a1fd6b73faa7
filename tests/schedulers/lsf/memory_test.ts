import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { lsf } from "../../../src/schedulers/lsf/mod.ts";
import { resourcesOf } from "../../helpers/check_scheduler.ts";

interface Cluster {
  /** What `bsub -V` prints on stderr. */
  readonly version: string;
  /** What `badmin showconf mbd all` prints; absent: there is no badmin. */
  readonly configuration?: string;
  /** The text of lsf.conf; absent: there is no such file. */
  readonly file?: string;
}

/** The header's lines about memory as bsub reads them on such a cluster, in dash and in bash. */
async function linesOn(
  { version, configuration, file }: Cluster,
  resources: Parameters<typeof resourcesOf>[0],
): Promise<readonly string[]> {
  const dir = await Deno.makeTempDir();
  try {
    const all = resourcesOf(resources);
    const header = ["#!/bin/bash -l", ...lsf.directives(all), "true", ""];
    await Deno.writeTextFile(`${dir}/job.sh`, header.join("\n"));
    if (file !== undefined) await Deno.writeTextFile(`${dir}/lsf.conf`, file);
    const badmin = configuration === undefined
      ? ""
      : `badmin() { [ "$*" = "showconf mbd all" ] && printf '%s' "$configuration"; }`;
    const script = `
bsub() { if [ "$1" = -V ]; then printf '%s\\n' "$version" >&2; else grep -e mem -e '-M' || :; fi; }
${badmin}
header_edit=$(
${lsf.headerEdit!(all)}
)
${lsf.submit(all)}`;
    const seen = await Promise.all(["dash", "bash"].map(async (shell) => {
      const { stdout, stderr } = await new Deno.Command(shell, {
        args: ["-c", script],
        env: {
          PATH: "/usr/bin:/bin",
          LSF_ENVDIR: dir,
          file: `${dir}/job.sh`,
          ...{
            version,
            configuration: configuration ?? "",
            name: "d1",
            out: "/o",
          },
        },
        clearEnv: true,
      }).output();
      const text = new TextDecoder();
      strictEqual(text.decode(stderr), "");
      return text.decode(stdout).split("\n").filter(Boolean);
    }));
    deepStrictEqual(seen[0], seen[1]);
    return seen[0]!;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const LINES: readonly (readonly [
  says: string,
  cluster: Cluster,
  lines: readonly [reserved: string, limit: string],
])[] = [
  [
    "for each host since 10.1.0.9",
    { version: "IBM Spectrum LSF Standard 10.1.0.9, Oct 16 2019" },
    ["rusage[mem=1500MB/host]", "3000MB"],
  ],
  [
    "for each host since 10.1.0.9, whatever the edition is called",
    {
      version:
        "IBM Spectrum LSF 10.1.0.13, Jan 04 2023\nCopyright International Business Machines Corp. 1992, 2016.",
    },
    ["rusage[mem=1500MB/host]", "3000MB"],
  ],
  [
    "with units since 10.1.0.2",
    { version: "IBM Spectrum LSF Standard 10.1.0.6, Oct 10 2019" },
    ["rusage[mem=1500MB]", "3000MB"],
  ],
  [
    "as MB and KB before, where nothing else is configured",
    { version: "Platform LSF 9.1.3.0, Jul 04 2014", configuration: "" },
    ["rusage[mem=1500]", "3072000"],
  ],
  [
    "in the unit of the cluster before",
    {
      version: "IBM Spectrum LSF Standard 10.1.0.0, Jul 08 2016",
      configuration:
        "MBD configuration at Mon Nov  2 10:00:00 2026\n        LSB_DEBUG = \n        LSF_UNIT_FOR_LIMITS = GB\n",
    },
    ["rusage[mem=2]", "3"],
  ],
  [
    "in the unit of lsf.conf, where badmin does not exist",
    {
      version: "Platform LSF HPC 7 Update 6",
      file: '# LSF_UNIT_FOR_LIMITS=GB\nLSF_UNIT_FOR_LIMITS="MB"  # see help\n',
    },
    ["rusage[mem=1500]", "3000"],
  ],
  [
    "in KB, where the cluster says so",
    { version: "Platform LSF 8.0.1", file: "LSF_UNIT_FOR_LIMITS=K\n" },
    ["rusage[mem=1536000]", "3072000"],
  ],
  [
    "in TB, where the cluster says so",
    { version: "Platform LSF 8.0.1", file: "LSF_UNIT_FOR_LIMITS=TB\n" },
    ["rusage[mem=1]", "1"],
  ],
  // Its bsub refuses units: "Bad resource requirement syntax".
  [
    "as numbers for OpenLava",
    { version: "OpenLava 4.0dev4, Nov 27 2026" },
    ["rusage[mem=1500]", "3072000"],
  ],
];

for (const [title, cluster, [reserved, limit]] of LINES) {
  Deno.test(`LSF's memory is requested ${title}`, async () => {
    const lines = await linesOn(cluster, { memoryMib: 1500, nodes: 2 });
    deepStrictEqual(lines, [`#BSUB -R '${reserved}'`, `#BSUB -M ${limit}`]);
  });
}

Deno.test("the user's own memory limit is not set a second time", async () => {
  const own = ["#BSUB -W 10 -M 8GB"];
  const lines = await linesOn(LINES[0]![1], { memoryMib: 10, flags: own });
  deepStrictEqual(lines, ["#BSUB -R 'rusage[mem=10MB/host]'"]);
});

Deno.test("without memory LSF is not asked for its version", () => {
  strictEqual(lsf.headerEdit!(resourcesOf({})), null);
});
