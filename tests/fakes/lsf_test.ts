/** The fake LSF against its command reference (README.md). */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { fake } from "./fake.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");

test("bjobs -o has the requested fields, complete or cut, and a dash for none", async () => {
  await using lsf = fake("lsf");
  await lsf.sh("echo 'exit 3' | bsub -q short -J a-long-name");
  await lsf.sh("echo 'sleep 60' | bsub -J other");
  await lsf.until("bjobs 1 2", /EXIT[^]*RUN/);
  strictEqual(
    (await lsf.sh("bjobs -noheader -o 'jobid stat exit_code' 1 2")).out,
    "1 EXIT 3\n2 RUN -\n",
  );
  strictEqual(
    (await lsf.sh(`bjobs -o "jobid:5 stat:-6 job_name: queue" 1`)).out,
    "JOBID   STAT JOB_NAME   QUEUE\n1       EXIT *long-name short\n",
  );
  strictEqual(
    (await lsf.sh(`bjobs -noheader -o "id name delimiter='|'" 1`)).out,
    "1|a-long-name\n",
  );
  strictEqual((await lsf.sh("bjobs -o nonsense 1")).code, 255);
});

test("bjobs shows the ids it has and names the others", async () => {
  await using lsf = fake("lsf", { FAKE_SLOTS: "0" });
  await lsf.sh("echo true | bsub; echo true | bsub");
  const { code, out, err } = await lsf.sh("bjobs 2 7 1");
  strictEqual(code, 255);
  strictEqual(err, "Job <7> is not found\n");
  match(out, /^JOBID {3}USER {4}STAT {2}QUEUE[^]*\n1 [^]*\n2 /);
  const json = await lsf.sh("bjobs -json -o 'jobid stat' 1 7");
  deepStrictEqual(JSON.parse(json.out), {
    COMMAND: "bjobs",
    JOBS: 2,
    RECORDS: [
      { JOBID: "1", STAT: "PEND" },
      { JOBID: "7", ERROR: "Job <7> is not found" },
    ],
  });
});

test("without ids only unfinished jobs are shown; -a adds the ended, -J picks a name", async () => {
  await using lsf = fake("lsf");
  const none = await lsf.sh("bjobs");
  strictEqual(
    `${none.code}${none.out}${none.err}`,
    "255No unfinished job found\n",
  );
  await lsf.sh("echo true | bsub -J ended; echo true | bsub -H -J held");
  await lsf.until("bjobs 1", /DONE/);
  match((await lsf.sh("bjobs")).out, /^[^\n]*\n2 .* PSUSP .*\n$/);
  match((await lsf.sh("bjobs -a")).out, / DONE .*\n2 .* PSUSP /);
  match((await lsf.sh("bjobs -a -J end*")).out, /^[^\n]*\n1 [^\n]*\n$/);
  strictEqual((await lsf.sh("bjobs -J no")).err, "Job <no> is not found\n");
});

test("bhist still has what bjobs no longer shows", async () => {
  await using lsf = fake("lsf");
  await lsf.sh("echo 'exit 2' | bsub -J gone");
  await lsf.until("bjobs 1", /EXIT/);
  match((await lsf.sh("bjobs 1", { FAKE_KEEP: "0" })).err, /not found/);
  match(
    (await lsf.sh("bhist -l 1", { FAKE_KEEP: "0" })).out,
    /^\nJob <1>, Job Name <gone>, [^]*Exited with exit code 2\.[^]*in various states/,
  );
  const unknown = await lsf.sh("bhist 9");
  strictEqual(`${unknown.code}${unknown.err}`, "255No matching job found\n");
});

test("a job keeps the submitter's environment and directory, and has LSF's variables", async () => {
  await using lsf = fake("lsf");
  lsf.write("job.sh", "#BSUB -o %J.out\n:\n#BSUB -n 2\npwd\nenv\n");
  await lsf.sh("bsub -J vars < job.sh", { MINE: "1" });
  await lsf.until("bjobs 1", /DONE/);
  const lines = lsf.read("1.out").split("\n");
  for (
    const expected of [
      lsf.work,
      "MINE=1",
      "LSB_JOBID=1",
      "LSB_JOBNAME=vars",
      "LSB_QUEUE=normal",
      "LSB_DJOB_NUMPROC=2",
    ]
  ) ok(lines.includes(expected), expected);
});

test("the output file begins with a report and is appended to; -e is separate", async () => {
  await using lsf = fake("lsf");
  lsf.write("job.sh", "#!/bin/sh\necho out\necho err >&2\n");
  await lsf.sh("bsub -J same -o o -e e < job.sh");
  await lsf.until("bjobs 1", /DONE/);
  await lsf.sh("bsub -J same -o o < job.sh; bsub -J same < job.sh");
  await lsf.until("bjobs -a", /(DONE[^]*){3}/);
  match(
    lsf.read("o"),
    /^Sender: LSF System [^]*Successfully completed\.[^]*follows:\n\nout\nSender: [^]*follows:\n\nout\nerr\n$/,
  );
  strictEqual(lsf.read("e"), "err\n");
  deepStrictEqual(lsf.files(), ["e", "job.sh", "o"]);
});

test("bkill and the run limit end a job with their signals and reasons", async () => {
  await using lsf = fake("lsf", { FAKE_MINUTE: "0.5" });
  await lsf.sh("bsub -W 1 'sleep 60'; bsub -o o 'sleep 60'");
  await lsf.until("bjobs 2", /RUN/);
  const killed = await lsf.sh("bkill 2 9");
  strictEqual(killed.code, 255);
  strictEqual(killed.out, "Job <2> is being terminated\n");
  strictEqual(killed.err, "Job <9>: No matching job found\n");
  await lsf.until("bjobs 1 2", /EXIT[^]*EXIT/);
  strictEqual(
    (await lsf.sh("bjobs -noheader -o 'exit_code exit_reason' 1 2")).out,
    "140 TERM_RUNLIMIT: job killed after reaching LSF run time limit\n" +
      "130 TERM_OWNER: job killed by owner\n",
  );
  match(lsf.read("o"), /\nTERM_OWNER: job killed by owner\.\nExited with exit/);
  match((await lsf.sh("bkill 2")).err, /^Job <2>: Job has already finished\n/);
});

test("bstop and bresume work on waiting and on running jobs", async () => {
  await using lsf = fake("lsf", { FAKE_SLOTS: "1" });
  await lsf.sh("bsub 'sleep 60'; bsub 'sleep 60'");
  await lsf.until("bjobs 1", /RUN/);
  strictEqual(
    (await lsf.sh("bstop 1 2")).out,
    "Job <1> is being stopped\nJob <2> is being stopped\n",
  );
  match((await lsf.sh("bjobs")).out, / USUSP [^]* PSUSP /);
  await lsf.sh("bresume 0");
  match((await lsf.sh("bjobs")).out, / RUN [^]* PEND /);
});

test("a script on the command line is a command: its directives are comments", async () => {
  await using lsf = fake("lsf", { FAKE_SLOTS: "0" });
  lsf.write("job.sh", "#BSUB -q short\n:\n");
  const { out } = await lsf.sh("bsub sh job.sh; bsub < job.sh; bsub");
  match(out, /^Job <1> .* default queue <normal>\.\nJob <2> .* queue <short>/);
  match((await lsf.sh("bsub -W soon true")).err, /^soon: Bad RUNLIMIT/);
});
