import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { parseRemoteState } from "../../src/backends/shell/parse_remote_state.ts";
import { shell } from "../../src/schedulers/shell.ts";
import { inspectScript } from "../../src/script/inspect_script.ts";
import { type FarSide, farSide } from "../helpers/remote_dir.ts";
import { configOf } from "../helpers/config.ts";
import { formatPlannedJob } from "../../src/script/planned_jobs.ts";

async function inspect(side: FarSide, token?: string) {
  const sections = await side.ask(inspectScript(), token);
  const read = parseRemoteState(sections, shell, configOf().resources);
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
}

Deno.test("Without a run directory the host is reported, and that nobody holds the lease", async () => {
  await using side = farSide({ bare: true });
  const { remoteDir, host, cpus, runId, lease, plannedJobs } = await inspect(
    side,
  );
  deepStrictEqual(
    { root: remoteDir, host, cpus, runId, lease, plannedJobs },
    {
      root: side.root,
      host: Deno.hostname(),
      cpus: navigator.hardwareConcurrency,
      runId: null,
      lease: { holder: "none" },
      plannedJobs: [],
    },
  );
});

Deno.test("Everything in the run directory is reported", async () => {
  await using side = farSide();
  const job = { name: "d1", tasks: ["t0", "t1"], supersedes: ["d0"] };
  const line = "d1 taskStarted t0 5";
  side.write("planned_jobs", `\n${formatPlannedJob(job)}`);
  side.write(
    "submit_replies",
    "\n? d1\n\n= d1 0\nh:b:1:2\n- d1\n\n. d1\n\n? d2\n",
  );
  side.write("closed", "");
  side.write("records/d1", `${line} #${line.length}\ntorn`);
  side.write("records/d2", `d2 jobEnded 0 7 #15\ntorn`);
  await Deno.symlink("run:h:b:1:2", `${side.folder}/locks/d1`);
  await Deno.symlink("fenced:me", `${side.folder}/locks/d2`);
  const found = await inspect(side);
  deepStrictEqual(found.runId, "run1");
  deepStrictEqual(found.isClosed, true);
  deepStrictEqual(found.plannedJobs, [job]);
  deepStrictEqual([...found.submitReplies], [
    ["d1", { job: "d1", outcome: "accepted", id: "h:b:1:2" }],
    ["d2", null],
  ]);
  deepStrictEqual(found.fenced, ["d2"]);
  deepStrictEqual(
    found.records.map(({ job, type }) => `${job} ${type}`).sort(),
    ["d1 taskStarted", "d2 jobEnded"],
  );
});

Deno.test("Nothing is concluded from replies that cannot be read", async () => {
  await using side = farSide();
  await Deno.mkdir(`${side.folder}/submit_replies`);
  const asked = await side.tryAsk(inspectScript(), "me");
  deepStrictEqual([asked.ok, !asked.ok && asked.error.kind], [
    false,
    "transfer",
  ]);
});

Deno.test("The token, the holder and the heartbeats of another process's lease are reported", async () => {
  await using side = farSide();
  side.write("heartbeat", "...");
  deepStrictEqual((await inspect(side, "other")).lease, {
    holder: "other",
    token: "me",
    holderName: "here 1",
    heartbeats: 3,
  });
});

Deno.test("A directory without a run id belongs to no run", async () => {
  await using side = farSide();
  await Deno.remove(`${side.folder}/run_id`);
  strictEqual((await inspect(side)).runId, null);
});

Deno.test("A submit script that has ended is not running; one on another host may be", async () => {
  await using side = farSide();
  const host = Deno.hostname();
  side.write("submitter", `${host} 4194399\n`);
  strictEqual((await inspect(side)).isSubmitting, false);
  side.write("submitter", `${host} ${Deno.pid}\n`);
  strictEqual((await inspect(side)).isSubmitting, true);
  side.write("submitter", "elsewhere 4194399\n");
  strictEqual((await inspect(side)).isSubmitting, true);
});
