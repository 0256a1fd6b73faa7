/** The remote root is away for a moment, as while a home directory is moved or its server restarts. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type JobSandbox, openJobSandbox } from "../../helpers/job_sandbox.ts";

/** Shell text that moves the root away, and back a second later. */
function leave({ root }: JobSandbox): string {
  return `mv '${root}' '${root}.away'; (sleep 1; mv '${root}.away' '${root}') >/dev/null 2>&1 &`;
}

const ranTwice = [
  "jobStarted 7",
  "taskStarted t0",
  "taskExited t0 0",
  "taskStarted t1",
  "taskExited t1 0",
  "jobEnded 0",
];

for (
  const [moment, spec] of [
    [
      "the job begins",
      (leaving: string) => ({ directives: [leaving], tasks: ["true", "true"] }),
    ],
    [
      "a task ends and another begins",
      (leaving: string) => ({ tasks: [`${leaving} :`, "true"] }),
    ],
    [
      "the last task ends",
      (leaving: string) => ({ tasks: ["true", `${leaving} :`] }),
    ],
  ] as const
) {
  Deno.test(`Nothing is lost where the remote root is away as ${moment}`, async () => {
    await using sandbox = openJobSandbox();
    const { code, stderr } = await sandbox.run(spec(leave(sandbox)));
    deepStrictEqual(sandbox.records("j1"), ranTwice, stderr);
    strictEqual(code, 0);
  });
}

Deno.test("A job does not wait for a run directory that was removed, nor longer than its patience for a root", async () => {
  await using sandbox = openJobSandbox();
  const { code } = await sandbox.run({
    directives: [`mv '${sandbox.root}' '${sandbox.root}.away'`],
    tasks: ["true"],
  }, { dpdisp_patience: "1" });
  strictEqual(code, 0);
  await Deno.rename(`${sandbox.root}.away`, sandbox.root);
  const begin = Date.now();
  await sandbox.run({ tasks: [`rm -r '${sandbox.runDir}'; true`, "true"] });
  ok(Date.now() - begin < 10_000);
});

Deno.test("The start of a task records how long its logs were", async () => {
  await using sandbox = openJobSandbox();
  await Deno.mkdir(`${sandbox.root}/a`);
  await Deno.writeTextFile(`${sandbox.root}/a/log`, "12345");
  await Deno.writeTextFile(`${sandbox.root}/both`, "123");
  await sandbox.run({
    tasks: [
      { dir: "a" },
      { stdoutFile: "both", stderrFile: "both" },
      { stdoutFile: null, stderrFile: `${sandbox.root}/a/log` },
    ],
  });
  const lengths = sandbox.read(".dpdisp/0123abcd-4567cdef/records/j1")
    .split("\n").filter((line) => line.includes("taskStarted"))
    .map((line) => line.split(" ").slice(4, 6).join(" "));
  deepStrictEqual(lengths, ["5 0", "3 3", "0 5"]);
});
