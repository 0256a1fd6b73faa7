/** The fake JH UniScheduler against its command manual, V6.0 to V6.6 (README.md). */
import { match, ok, strictEqual } from "node:assert/strict";
import { fake } from "./fake.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

test("jjobs has the state in its third column and a waiting job's place in its last", async () => {
  await using jh = fake("jh", { FAKE_SLOTS: "1" });
  await jh.sh("jsub -J one 'sleep 60'; jsub -J two true; jsub -J three true");
  await jh.until("jjobs 1", / RUN /);
  const { out } = await jh.sh("jjobs 3 1 2");
  const rows = out.trim().split("\n").map((row) => row.split(/\s+/));
  strictEqual(rows.map((row) => row[2]).join(), "STAT,RUN,PEND,PEND");
  strictEqual(rows.map((row) => row.at(-1)).join(), "ORDER,-,1,2");
});

test("of a repeated option the first counts, and the others are reported", async () => {
  await using jh = fake("jh", { FAKE_SLOTS: "0" });
  jh.write(
    "job.sh",
    "#!/bin/sh\n#JSUB -J inside\n:\n#JSUB -q short\n#BSUB -q long\n",
  );
  const line = await jh.sh("jsub -J outside -q gpu < job.sh");
  match(
    line.out,
    /^Repeated argument <-J inside> in script, ignored\n[^]*Job <1> is submitted to queue <gpu>\.\n$/,
  );
  match((await jh.sh("jsub job.sh")).out, /queue <short>/);
});

test("a script of more than 4096 bytes is not submitted", async () => {
  await using jh = fake("jh", { FAKE_SLOTS: "0" });
  jh.write("fits.sh", "#".repeat(4096));
  jh.write("long.sh", "#".repeat(4097));
  strictEqual((await jh.sh("jsub < fits.sh")).code, 0);
  strictEqual((await jh.sh("jsub < long.sh")).code, 255);
  strictEqual(
    (await jh.sh("jsub < long.sh", { FAKE_SCRIPT_LIMIT: "0" })).code,
    0,
  );
});

test("a job has JH's variables, and its summary can be left out", async () => {
  await using jh = fake("jh");
  jh.write("job.sh", "#!/bin/sh\n#JSUB -o %J.log\n#JSUB -gpgpu 1\npwd\nenv\n");
  await jh.sh("jsub < job.sh", { JH_JOB_NO_SUMMARY_OUT: "Y", MINE: "1" });
  await jh.until("jjobs 1", / DONE /);
  const lines = jh.read("1.log").split("\n");
  strictEqual(lines[0], jh.work);
  for (const expected of ["JH_JOBID=1", "JH_QUEUE=normal", "MINE=1"]) {
    ok(lines.includes(expected), expected);
  }
  await jh.sh("jsub < job.sh");
  await jh.until("jjobs 2", / DONE /);
  match(jh.read("2.log"), /^Sender: /);
});

test("jctrl stops, resumes, kills and cleans", async () => {
  await using jh = fake("jh");
  await jh.sh("jsub 'sleep 60'; jsub -H true");
  await jh.until("jjobs 1", / RUN /);
  await jh.sh("jctrl stop 1; jctrl start 2");
  match((await jh.sh("jjobs 1")).out, / USUSP /);
  await jh.until("jjobs 2", / DONE /);
  strictEqual(
    (await jh.sh("jctrl kill 1")).out,
    "Job <1> is being terminated\n",
  );
  await jh.until("jjobs 1", / EXIT /);
  const none = await jh.sh("jctrl kill -u all 0");
  strictEqual(`${none.code}${none.out}`, "0No unfinished job found\n");
  await jh.sh("jctrl clean 1");
  strictEqual((await jh.sh("jjobs 1")).err, "Job <1> is not found\n");
  match((await jh.sh("jhist -l 1")).out, /^\nJob <1>, User /);
});

test("jjobs takes no -noheader, and -o as LSF does", async () => {
  await using jh = fake("jh", { FAKE_SLOTS: "0" });
  await jh.sh("jsub -J one true");
  strictEqual((await jh.sh("jjobs -noheader")).code, 255);
  strictEqual(
    (await jh.sh(`jjobs -o "jobid:4 stat:-10 job_name delimiter=';'"`)).out,
    "JOBID;STAT;JOB_NAME\n1;PEND;one\n",
  );
});
