/** The fake OpenPBS against its manual pages and its own program text (README.md). */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { fake } from "./fake.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

const HEADER =
  "Job id            Name             User              Time Use S Queue\n" +
  "----------------  ---------------- ----------------  -------- - -----\n";

test("qstat cuts a name to 15 and an id to 16 characters and an asterisk", async () => {
  await using pbs = fake("pbs", {
    FAKE_SLOTS: "0",
    FAKE_FIRST_ID: "1234",
    FAKE_SERVER: "pbs-head-node.cluster.example.org",
  });
  const { out: id } = await pbs.sh("qsub -N abcdefghijklmnop -- true");
  strictEqual(id, "1234.pbs-head-node.cluster.example.org\n");
  const { out } = await pbs.sh("qstat");
  ok(out.startsWith(`${HEADER}1234.pbs-head-no* abcdefghijklmno* `), out);
  match(out, / {8}0 Q workq {11}\n$/);
});

test("qstat names each job that is no more, and exits as for the last of them", async () => {
  await using pbs = fake("pbs");
  await pbs.sh("qsub -N done -- true");
  await pbs.sh("qsub -h -N held -- true");
  await pbs.until("qstat -x 1", / F workq/);
  const answer = await pbs.sh("qstat 2 1 9");
  strictEqual(answer.code, 153);
  match(answer.out, /^Job id[^]*\n2\.server +held .* H workq/);
  strictEqual(
    answer.err,
    "qstat: 1.server Job has finished, use -x or -H to obtain historical job information\n" +
      "qstat: Unknown Job Id 9.server\n",
  );
  strictEqual((await pbs.sh("qstat 1.server")).code, 35);
});

test("qstat prints its heading only with the answer for the first id", async () => {
  await using pbs = fake("pbs", { FAKE_SLOTS: "0" });
  await pbs.sh("qsub -- true");
  match((await pbs.sh("qstat 9 1")).out, /^1\.server .*\n$/);
  strictEqual((await pbs.sh("qdel 1 && qstat")).out, "");
});

test("a job starts at home, in a clean environment, with the variables of the manual", async () => {
  await using pbs = fake("pbs");
  pbs.write("job.sh", "#!/bin/bash -l\n#PBS -v CHOSEN=1,TAKEN\npwd\nenv\n");
  const env = { TAKEN: "2", LEFT: "3", NAME: "x" };
  await pbs.sh("qsub -N envs -j oe job.sh", env);
  await pbs.until("qstat -x 1", / F workq/);
  const lines = pbs.read("envs.o1").split("\n");
  strictEqual(lines[0], pbs.home);
  for (
    const expected of [
      "PBS_ENVIRONMENT=PBS_BATCH",
      "PBS_JOBID=1.server",
      "PBS_JOBNAME=envs",
      "PBS_QUEUE=workq",
      `PBS_O_WORKDIR=${pbs.work}`,
      "CHOSEN=1",
      "TAKEN=2",
    ]
  ) ok(lines.includes(expected), expected);
  ok(!lines.includes("LEFT=3"));
  ok(!lines.some((text) => text.startsWith("FAKE_")));
});

test("directives end at the first command, and the later one counts", async () => {
  await using pbs = fake("pbs", { FAKE_SLOTS: "0" });
  pbs.write("job.sh", "#PBS -N one\n#PBS -N two\n\n:\n#PBS -N three\n");
  await pbs.sh("qsub job.sh");
  match((await pbs.sh("qstat")).out, / two /);
});

test("output comes to the submit folder, to -o, or joined into one file", async () => {
  await using pbs = fake("pbs");
  pbs.write("job.sh", "#!/bin/sh\necho out\necho err >&2\n");
  await pbs.sh("qsub job.sh; qsub -o here.out -e host:there.err job.sh");
  await pbs.sh("qsub -N both -j eo job.sh; mkdir d; qsub -o d -j oe job.sh");
  await pbs.until("qstat -x", /( F [^]*){4}/);
  deepStrictEqual(
    pbs.files(),
    [
      "both.e3",
      "d",
      "here.out",
      "job.sh",
      "job.sh.e1",
      "job.sh.o1",
      "there.err",
    ],
  );
  strictEqual(pbs.read("both.e3") + pbs.read("here.out"), "out\nerr\nout\n");
  strictEqual(pbs.read("d/4.server.OU"), "out\nerr\n");
});

test("qstat -f tells how a job ended: its code, a walltime, a qdel", async () => {
  await using pbs = fake("pbs");
  await pbs.sh("printf 'exit 7' | qsub");
  await pbs.sh("printf 'sleep 60' | qsub -N long -l walltime=0:01");
  await pbs.sh("printf 'sleep 60' | qsub");
  await pbs.until("qstat", /R workq[^]*3\.server.* R workq/);
  await pbs.sh("qdel 3.server");
  await pbs.until("qstat -x", /( F [^]*){3}/);
  const full = async (id: number) => (await pbs.sh(`qstat -xf ${id}`)).out;
  match(
    await full(1),
    /^Job Id: 1\.server\n {4}Job_Name = STDIN\n[^]*Exit_status = 7\n/,
  );
  match(await full(1), / {4}job_state = F\n/);
  match(await full(2), /walltime = 00:00:01\n[^]*Exit_status = -29\n/);
  match(await full(3), /Exit_status = 271\n/);
  match(
    pbs.read("long.e2"),
    /^=>> PBS: job killed: walltime 2 exceeded limit 1\n$/,
  );
  const again = await pbs.sh("qdel 3 8");
  strictEqual(again.code, 153);
  strictEqual(
    again.err,
    "qdel: Job has finished 3.server\nqdel: Unknown Job Id 8\n",
  );
});

test("qstat -F json has Jobs by their whole id, numbers unquoted, and no Jobs for none", async () => {
  await using pbs = fake("pbs", { FAKE_SLOTS: "0" });
  const empty = JSON.parse((await pbs.sh("qstat -f -F json")).out);
  deepStrictEqual(Object.keys(empty), [
    "timestamp",
    "pbs_version",
    "pbs_server",
  ]);
  await pbs.sh("qsub -N 42 -l select=2:ncpus=3 -l walltime=90 -- true");
  const job = JSON.parse((await pbs.sh("qstat -f -F json 1")).out)
    .Jobs["1.server"];
  strictEqual(job.Job_Name, 42);
  strictEqual(job.job_state, "Q");
  strictEqual(job.Resource_List.select, "2:ncpus=3");
  strictEqual(job.Resource_List.walltime, "00:01:30");
  strictEqual(job.Variable_List.PBS_O_WORKDIR, pbs.work);
  const lost = await pbs.sh("qstat -f -F json 1", { FAKE_TIMEOUTS: "1" });
  strictEqual(lost.code, 255);
  ok(!("Jobs" in JSON.parse(lost.out)));
  strictEqual((await pbs.sh("qstat -F json 1")).code, 2);
});

test("without job history qstat -x tells nothing, and exits 0", async () => {
  await using pbs = fake("pbs", { FAKE_SLOTS: "0", FAKE_HISTORY: "off" });
  await pbs.sh("qsub -- true");
  const { code, out, err } = await pbs.sh("qstat -x 1");
  strictEqual(`${code}${out}`, "0");
  match(err, /^qstat: PBS is not configured to maintain job history/);
  match((await pbs.sh("qstat 1")).out, / Q workq/);
});

test("bad values, resources, directives and scripts are refused", async () => {
  await using pbs = fake("pbs");
  pbs.write("bad.sh", "#PBS -q\n");
  const refused: readonly [line: string, code: number, text: RegExp][] = [
    ["qsub -N 'a b' -- true", 2, /^qsub: illegal -N value\nusage: qsub/],
    [
      "qsub -l walltime=soon -- true",
      166,
      /^qsub: Illegal attribute or resource value Resource_List\.walltime\n$/,
    ],
    ["qsub -l gold=1 -- true", 187, /^qsub: Unknown resource: gold\n$/],
    [
      "qsub bad.sh",
      1,
      /^qsub: option requires[^\n]*\nqsub: directive error: -q \n$/,
    ],
    ["qsub none.sh", 1, /^qsub: script file:: No such file or directory\n$/],
    ["qstat nosuch", 170, /^qstat: Unknown queue nosuch\n$/],
    ["qstat -Y", 2, /^qstat: invalid option -- 'Y'\nusage/],
    ["qdel", 2, /^usage:\n\tqdel/],
  ];
  for (const [line, code, text] of refused) {
    const answer = await pbs.sh(line);
    strictEqual(answer.code, code, line);
    match(answer.err, text);
  }
});

test("qstat -u has the alternate columns, and qselect ids by name", async () => {
  await using pbs = fake("pbs", { FAKE_SLOTS: "0" });
  await pbs.sh("qsub -N one -l walltime=3600 -- true; qsub -N two -- true");
  match(
    (await pbs.sh("qstat -u $(id -un)")).out,
    /^\nserver: \n[^]*\n1\.server +\S+ +workq +one +-- +1 +1 +-- +01:00 Q +-- *\n/,
  );
  strictEqual((await pbs.sh("qselect -x -N two")).out, "2.server\n");
});
