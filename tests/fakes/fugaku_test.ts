/** The fake Fujitsu TCS against the user guide of Fugaku (README.md). */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { fake } from "./fake.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

const HEADER =
  /^JOB_ID +JOB_NAME +MD ST +USER +START_DATE +ELAPSE_LIM +NODE_REQUIRE +VNODE +CORE V_MEM +\n/;

test("an ended job is listed under -H alone", async () => {
  await using tcs = fake("fugaku");
  await tcs.sh("echo true | pjsub -N a-long-name");
  const { out } = await tcs.until("pjstat -H 1", / EXT /);
  match(out, HEADER);
  match(out, /\n1 +a-long-nam NM EXT \S+ +\d\d\/\d\d \d\d:\d\d:\d\d {2}0001:/);
  match((await tcs.sh("pjstat 1")).out, new RegExp(`${HEADER.source}$`));
  match((await tcs.sh("pjstat --history day=3")).out, / EXT /);
});

test("pjstat -v and --choose show how a job ended", async () => {
  await using tcs = fake("fugaku");
  await tcs.sh("echo 'exit 5' | pjsub; echo 'sleep 60' | pjsub -L elapse=1");
  await tcs.sh("echo 'sleep 60' | pjsub");
  await tcs.until("pjstat 3", / RUN /);
  await tcs.sh("pjdel 3");
  await tcs.until("pjstat -H", /EXT[^]*EXT[^]*CCL/);
  strictEqual(
    (await tcs.sh("pjstat -H --choose jid,st,ec,pc,sn,ermsg")).out
      .replaceAll(/ +/g, " ").replaceAll(" \n", "\n"),
    "JOB_ID ST EC PC SN REASON\n1 EXT 5 0 0 -\n" +
      "2 EXT 152 11 24 ELAPSE LIMIT EXC\n3 CCL 143 1 15 -\n",
  );
  match(
    (await tcs.sh("pjstat -v -H 2")).out,
    /^JOB_ID .* EC +PC +SN +PRI ACCEPT +RSC_GRP +REASON +\n2 .* EXT .* 152 11 .* small +ELAPSE LIMIT EXC\n$/,
  );
});

test("pjdel replies for each id", async () => {
  await using tcs = fake("fugaku", { FAKE_SLOTS: "0" });
  await tcs.sh("echo true | pjsub");
  const { code, out, err } = await tcs.sh("pjdel 9 1");
  strictEqual(code, 1);
  strictEqual(out, "[INFO] PJM 0100 pjdel Accepted job 1.\n");
  match(err, /^\[ERR\.\] PJM \d{4} pjdel .* 9 /);
});

test("output goes to name.id.out and .err, or to -o and -e", async () => {
  await using tcs = fake("fugaku");
  tcs.write("job.sh", "#!/bin/sh\n#PJM -N two\necho out\necho err >&2\n");
  await tcs.sh("pjsub job.sh; pjsub -j -o %n-%j.log job.sh");
  await tcs.until("pjstat -H", /EXT[^]*EXT/);
  deepStrictEqual(
    tcs.files(),
    ["job.sh", "two-2.log", "two.1.err", "two.1.out"],
  );
  strictEqual(tcs.read("two-2.log"), "out\nerr\n");
  strictEqual(tcs.read("two.1.err"), "err\n");
});

test("a job has PJM's variables, and the submitter's only with -X or -x", async () => {
  await using tcs = fake("fugaku");
  tcs.write(
    "job.sh",
    `#!/bin/sh\n#PJM -L "rscgrp=small"\n#PJM -L "node=2"\n` +
      `#PJM --mpi "max-proc-per-node=4"\n#PJM -j\npwd\nenv\n#PJM -N late\n`,
  );
  const env = { MINE: "1" };
  await tcs.sh("pjsub job.sh; pjsub -X job.sh; pjsub -x YOURS=2 job.sh", env);
  await tcs.until("pjstat -H", /(EXT[^]*){3}/);
  const lines = [1, 2, 3].map((id) =>
    tcs.read(`job.sh.${id}.out`).split("\n").filter((line) => line !== "")
  );
  strictEqual(lines[0]![0], tcs.work);
  for (
    const expected of [
      "PJM_JOBID=1",
      "PJM_RSCGRP=small",
      "PJM_NODE=2",
      `PJM_O_WORKDIR=${tcs.work}`,
    ]
  ) ok(lines[0]!.includes(expected), expected);
  deepStrictEqual(lines.map((one) => one.includes("MINE=1")), [
    false,
    true,
    false,
  ]);
  ok(lines[2]!.includes("YOURS=2"));
});

test("bad ids, items, resources and elapse limits are rejected", async () => {
  await using tcs = fake("fugaku");
  const lines = [
    "pjstat r1",
    "pjstat --choose gold",
    "pjstat --nonsense",
    "pjdel",
    "echo true | pjsub -L gold=1",
    "echo true | pjsub -L elapse=soon",
    "pjsub none.sh",
  ];
  for (const line of lines) {
    const { code, out, err } = await tcs.sh(line);
    strictEqual(code, 1, line);
    match(out + err, /^\[ERR\.\] PJM \d{4} pj/, line);
  }
  strictEqual(
    (await tcs.sh("pjstat r1")).err,
    "[ERR.] PJM 0211 pjstat Invalid jobid: r1.\n",
  );
});
