import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { RUNNER, RUNNER_NAME } from "../../src/script/runner/mod.ts";
import { openRemoteHost, run } from "../helpers/remote_dir.ts";
import { scriptOf } from "../helpers/job_sandbox.ts";
import { fenceScript } from "../../src/script/fence_script.ts";

const JOBS = Array.from({ length: 200 }, (_, i) => `d${i}`);

Deno.test("A job that starts while it is fenced either runs or is fenced, never both and never neither", async () => {
  await using host = openRemoteHost();
  host.write(RUNNER_NAME, RUNNER);
  for (const name of JOBS) {
    const spec = { name, tasks: ["true"] };
    host.write(`jobs/${name}.sh`, scriptOf(spec, host.root));
  }
  // The jobs start with the first and the fence with the last, so that they meet.
  const start = run([
    "bash",
    "-c",
    `
cd "$1/jobs"
for i in {0..199}; do
  JOB_ID=id$i bash d$i.sh </dev/null &
  [ $((i % 4)) -ne 3 ] || wait
done
wait`,
    "bash",
    host.runDir,
  ]);
  const fences = async () => {
    const replies: string[] = [];
    for (let last = JOBS.length; last > 0; last -= 8) {
      const jobs = JOBS.slice(last - 8, last).reverse();
      const script = fenceScript(jobs.map((job) => ({ job, elements: 0 })));
      for (const { header } of await host.ask(script)) {
        if (header[0] !== "end") replies.push(header.join(" "));
      }
    }
    return replies;
  };
  const [replies] = await Promise.all([fences(), start]);
  strictEqual(replies.length, JOBS.length);
  const fenced = replies.filter((line) => line.startsWith("fenced"));
  ok(fenced.length > 0 && fenced.length < JOBS.length, `${fenced.length}`);
  for (const name of JOBS) {
    const i = name.slice(1);
    const output = /^d\d+ jobEnded 0 /m.test(host.read(`records/${name}`));
    const left = / jobStopped fenced /.test(
      host.read(`records/${name}.id${i}`),
    );
    const isFenced = fenced.includes(`fenced ${name}`);
    deepStrictEqual(
      { ran: output, left },
      { ran: !isFenced, left: isFenced },
      name,
    );
  }
});
