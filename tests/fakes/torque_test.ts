/** The fake Torque against its manual pages and its own program text (README.md). */
import { match, ok, strictEqual } from "node:assert/strict";
import { fake } from "./fake.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

test("a completed job stays, as C, in plain qstat", async () => {
  await using torque = fake("torque");
  await torque.sh("echo 'exit 4' | qsub -N four");
  await torque.until("qstat 1.server", / C batch/);
  strictEqual(
    (await torque.sh("qstat")).out.split("\n").slice(0, 2).join("\n"),
    "Job ID                    Name             User            Time Use S Queue\n" +
      "------------------------- ---------------- --------------- -------- - -----",
  );
  match(
    (await torque.sh("qstat -f 1")).out,
    /^Job Id: 1\.server\n {4}Job_Name = four\n[^]*exit_status = 4\n/,
  );
});

test("qstat -x is XML on one line, times in seconds", async () => {
  await using torque = fake("torque", { FAKE_SLOTS: "0" });
  await torque.sh("echo true | qsub -N xml");
  match(
    (await torque.sh("qstat -x")).out,
    /^<\?xml version="1\.0"\?>\n<Data><Job><Job_Id>1\.server<\/Job_Id><Job_Name>xml<.*<job_state>Q<.*<qtime>\d+<.*<\/Data>\n$/,
  );
});

test("qstat exits as for an unknown id, wherever it stands", async () => {
  await using torque = fake("torque", { FAKE_SLOTS: "0" });
  await torque.sh("echo true | qsub");
  const first = await torque.sh("qstat 9 1");
  strictEqual(first.code, 153);
  strictEqual(first.err, "qstat: Unknown Job Id Error 9.server\n");
  match(first.out, /^Job ID[^]*1\.server/);
  strictEqual((await torque.sh("qstat 1 9")).code, 153);
});

test("a script gives its name, of which qstat shows the end; digits in front and colons are accepted", async () => {
  await using torque = fake("torque", { FAKE_SLOTS: "0" });
  await torque.sh("echo true > a-script-of-a-long-name; qsub a-scr*");
  match((await torque.sh("qstat")).out, /^1\.server +\.\.\.f-a-long-name /m);
  for (const name of ["abcdefghijklmnop", "1abc", "a:b"]) {
    strictEqual((await torque.sh(`echo true | qsub -N ${name}`)).code, 0);
  }
  const { code, err } = await torque.sh("echo true | qsub -N 'a b'");
  strictEqual(code, 2);
  match(err, /^qsub: illegal -N value\n/);
});

test("a walltime and a qdel are told by exit_status, and the walltime in the error file", async () => {
  await using torque = fake("torque");
  await torque.sh("echo 'sleep 60' | qsub -N long -l nodes=1:ppn=1,walltime=1");
  await torque.sh("echo 'sleep 60' | qsub");
  await torque.until("qstat 2", / R batch/);
  await torque.sh("qdel 2");
  await torque.until("qstat", /C batch[^]*C batch/);
  match((await torque.sh("qstat -f 1")).out, /exit_status = -11\n/);
  match((await torque.sh("qstat -f 2")).out, /exit_status = 271\n/);
  match(torque.read("long.e1"), /^=>> PBS: job killed: walltime \d+ exceeded/);
  const again = await torque.sh("qdel 2");
  strictEqual(again.code, 170);
  match(again.err, /^qdel: Request invalid for state of job MSG=.*COMPLETE 2/);
});

test("-d says where a job starts; else it is the home folder", async () => {
  await using torque = fake("torque");
  await torque.sh(
    "echo 'pwd; env' | qsub -N home; echo pwd | qsub -N there -d /",
  );
  await torque.until("qstat", /C batch[^]*C batch/);
  const lines = torque.read("home.o1").split("\n");
  strictEqual(lines[0], torque.home);
  ok(lines.includes("PBS_NUM_PPN=1"));
  strictEqual(torque.read("there.o2"), "/\n");
});
