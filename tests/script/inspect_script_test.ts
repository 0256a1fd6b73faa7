import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { parseRemoteState } from "../../src/backends/shell/parse_remote_state.ts";
import { shell } from "../../src/schedulers/shell.ts";
import { inspectScript } from "../../src/script/inspect_script.ts";
import { openRemoteHost, type RemoteHost } from "../helpers/remote_dir.ts";
import { configOf } from "../helpers/config.ts";
import { formatPlannedJob } from "../../src/script/planned_jobs.ts";

async function inspect(host: RemoteHost, token?: string) {
  const sections = await host.ask(inspectScript(), token);
  const read = parseRemoteState(sections, shell, configOf().resources);
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
}

Deno.test("Without a run directory the host is reported, and that nobody holds the lease", async () => {
  await using remote = openRemoteHost({ bare: true });
  const { remoteDir, host, cpus, runId, lease, plannedJobs } = await inspect(
    remote,
  );
  deepStrictEqual(
    { root: remoteDir, host, cpus, runId, lease, plannedJobs },
    {
      root: remote.root,
      host: Deno.hostname(),
      cpus: navigator.hardwareConcurrency,
      runId: null,
      lease: { holder: "none" },
      plannedJobs: [],
    },
  );
});

Deno.test("Everything in the run directory is reported", async () => {
  await using host = openRemoteHost();
  const job = { name: "d1", tasks: ["t0", "t1"], supersedes: ["d0"] };
  const line = "d1 taskStarted t0 5";
  host.write("planned_jobs", `\n${formatPlannedJob(job)}`);
  host.write(
    "submit_replies",
    "\n? d1\n\n= d1 0\nh:b:1:2\n- d1\n\n. d1\n\n? d2\n",
  );
  host.write("closed", "");
  host.write("records/d1", `${line} #${line.length}\ntorn`);
  host.write("records/d2", `d2 jobEnded 0 7 #15\ntorn`);
  await Deno.symlink("run:h:b:1:2", `${host.runDir}/locks/d1`);
  await Deno.symlink("fenced:me", `${host.runDir}/locks/d2`);
  const found = await inspect(host);
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
  await using host = openRemoteHost();
  await Deno.mkdir(`${host.runDir}/submit_replies`);
  const asked = await host.tryAsk(inspectScript(), "me");
  deepStrictEqual([asked.ok, !asked.ok && asked.error.kind], [
    false,
    "transfer",
  ]);
});

Deno.test("The token, the holder and the heartbeats of another process's lease are reported", async () => {
  await using host = openRemoteHost();
  host.write("heartbeat", "...");
  deepStrictEqual((await inspect(host, "other")).lease, {
    holder: "other",
    token: "me",
    holderName: "here 1",
    heartbeats: 3,
  });
});

Deno.test("A directory without a run id belongs to no run", async () => {
  await using host = openRemoteHost();
  await Deno.remove(`${host.runDir}/run_id`);
  strictEqual((await inspect(host)).runId, null);
});

Deno.test("A submit script that has ended is not running; one on another host may be", async () => {
  await using remote = openRemoteHost();
  const host = Deno.hostname();
  remote.write("submitter", `${host} 4194399\n`);
  strictEqual((await inspect(remote)).isSubmitting, false);
  remote.write("submitter", `${host} ${Deno.pid}\n`);
  strictEqual((await inspect(remote)).isSubmitting, true);
  remote.write("submitter", "elsewhere 4194399\n");
  strictEqual((await inspect(remote)).isSubmitting, true);
});
