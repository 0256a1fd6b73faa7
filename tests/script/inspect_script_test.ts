import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { parseRemoteState } from "../../src/backends/shell/parse_remote_state.ts";
import { shell } from "../../src/schedulers/shell.ts";
import { inspectScript } from "../../src/script/inspect_script.ts";
import { type FarSide, farSide } from "../helpers/remote_dir.ts";
import { formatPlannedJob } from "../../src/script/planned_jobs.ts";

async function survey(side: FarSide, token?: string) {
  const sections = await side.ask(inspectScript(null), token);
  const read = parseRemoteState(sections, shell);
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
}

Deno.test("Of nothing there is known the machine, and that it is nobody's", async () => {
  await using side = farSide({ bare: true });
  const { remoteDir, host, cpus, runId, lease, plannedJobs } = await survey(
    side,
  );
  deepStrictEqual(
    { root: remoteDir, host, cpus, mark: runId, lease, intents: plannedJobs },
    {
      root: side.root,
      host: Deno.hostname(),
      cpus: navigator.hardwareConcurrency,
      mark: null,
      lease: { holder: "self" },
      intents: [],
    },
  );
});

Deno.test("All that stands in the folder is told", async () => {
  await using side = farSide();
  const job = { name: "d1", tasks: ["t0", "t1"], supersedes: ["d0"] };
  const line = "d1 start t0 5";
  side.write("intents", `\n${formatPlannedJob(job)}`);
  side.write("ids", "\n? d1\n\n= d1 0\nh:b:1:2\n- d1\n\n. d1\n\n? d2\n");
  side.write("closed", "");
  side.write("records/d1", `${line} #${line.length}\ntorn`);
  side.write("records/d2", `d2 end 0 7 #10\ntorn`);
  await Deno.symlink("run:h:b:1:2", `${side.folder}/locks/d1`);
  await Deno.symlink("fenced:me", `${side.folder}/locks/d2`);
  const found = await survey(side);
  deepStrictEqual(found.runId, "mark");
  deepStrictEqual(found.isClosed, true);
  deepStrictEqual(found.plannedJobs, [job]);
  deepStrictEqual([...found.submitReplies], [
    ["d1", { job: "d1", outcome: "accepted", id: "h:b:1:2" }],
    ["d2", null],
  ]);
  deepStrictEqual(found.fenced, ["d2"]);
  deepStrictEqual(
    found.records.map(({ job, type }) => `${job} ${type}`).sort(),
    ["d1 start", "d2 end"],
  );
});

Deno.test("Nothing is concluded from answers that cannot be read", async () => {
  await using side = farSide();
  await Deno.mkdir(`${side.folder}/ids`);
  const asked = await side.tryAsk(inspectScript(null), "me");
  deepStrictEqual([asked.ok, !asked.ok && asked.error.kind], [
    false,
    "transfer",
  ]);
});

Deno.test("Of another's lease its token, who holds it and its beats are told", async () => {
  await using side = farSide();
  side.write("beats", "...");
  deepStrictEqual((await survey(side, "other")).lease, {
    holder: "other",
    token: "me",
    holderName: "here 1",
    heartbeats: 3,
  });
});

Deno.test("A folder that was never marked is no run's", async () => {
  await using side = farSide();
  await Deno.remove(`${side.folder}/mark`);
  strictEqual((await survey(side)).runId, null);
});

Deno.test("A submitter that is dead is at work no more; of another machine nobody knows", async () => {
  await using side = farSide();
  const host = Deno.hostname();
  side.write("submitter", `${host} 4194399\n`);
  strictEqual((await survey(side)).isSubmitting, false);
  side.write("submitter", `${host} ${Deno.pid}\n`);
  strictEqual((await survey(side)).isSubmitting, true);
  side.write("submitter", "elsewhere 4194399\n");
  strictEqual((await survey(side)).isSubmitting, true);
});
