import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { callRemote } from "../../src/backends/shell/call_remote.ts";
import { shellBackend } from "../../src/backends/shell/mod.ts";
import { shell as scheduler } from "../../src/schedulers/shell.ts";
import {
  namesIn,
  openRemoteHost,
  sectionTexts,
  SHELLS,
  withShell,
} from "../helpers/remote_dir.ts";
import { remoteScripts } from "../helpers/remote_scripts.ts";
import { leaseHolder, planFor } from "../helpers/submission.ts";
import { fakeEnvironment } from "../helpers/environment.ts";
import { toolOf, toolTest } from "../helpers/tools.ts";
import { localShell } from "../../src/contexts/local/mod.ts";
import { claimLease } from "../../src/script/lease_script.ts";

for (const words of SHELLS) {
  toolTest(
    toolOf(words),
    `A run works from staging to cleaning under ${words.join(" ")}`,
    async () => {
      const top = await Deno.makeTempDir();
      const plan = planFor({ root: `${top}/far 'side'`, base: `${top}/base` });
      await Deno.mkdir(plan.localDir);
      const backend = shellBackend({
        plan,
        session: leaseHolder(),
        shell: withShell(words, localShell(null)),
        scheduler,
        canCompress: false,
        environment: fakeEnvironment(),
      });
      const remote = await backend.lease!.acquire(null);
      ok(remote.ok);
      ok((await backend.stage(plan.tasks, "run1", remote.value)).ok);
      const job = { name: "d1", tasks: ["t0"], supersedes: [] };
      const room = { slots: 1, running: [] };
      const answers = await Array.fromAsync(
        backend.submit([job], room, remote.value),
      );
      const [replies] = answers;
      ok(
        replies?.ok && replies.value.outcome === "accepted",
        JSON.stringify(answers),
      );
      const watched = {
        job: "d1",
        id: replies.value.id,
        tasks: 1,
        rereadRecord: false,
      };
      const records: string[] = [];
      const deadline = Date.now() + 20_000;
      while (Date.now() < deadline) {
        const polled = await backend.poll([watched]);
        ok(polled.ok);
        records.push(...polled.value.records.map(({ type }) => type));
        const word = polled.value.queue.get(watched.id)?.nativeState;
        ok(word === "running" || word === "ended", word);
        if (word === "ended" && records.includes("jobEnded")) break;
      }
      deepStrictEqual(records, [
        "jobStarted",
        "taskStarted",
        "taskExited",
        "jobEnded",
      ]);
      const settled = await backend.reconcile(
        ["d1", "d2"].map((job) => ({ job, tasks: 1 })),
      );
      ok(settled.ok);
      deepStrictEqual([...settled.value.found.keys()], ["d1"]);
      deepStrictEqual(settled.value.fenced, ["d2"]);
      const wanted = [{ dir: ".", required: ["o?t"], optional: [] }];
      const collected = await backend.collect(wanted, remote.value);
      ok(collected.ok);
      strictEqual(await Deno.readTextFile(`${plan.localDir}/out`), "result\n");
      const inspected = await backend.inspect();
      ok(inspected.ok);
      deepStrictEqual(inspected.value.plannedJobs, [job]);
      strictEqual(inspected.value.submitReplies.size, 1);
      ok((await backend.cancel([watched.id])).ok);
      ok((await backend.lease!.release()).ok);
      ok((await backend.lease!.acquire(null)).ok);
      ok((await backend.clean()).ok);
      deepStrictEqual(namesIn(top), [
        "base",
      ]);
    },
  );
}

toolTest(
  "shellcheck",
  "shellcheck finds no fault in the remote scripts",
  () => {
    const directory = Deno.makeTempDirSync();
    const files = Object.entries(remoteScripts()).map(([name, script]) => {
      const file = `${directory}/${name.replaceAll(" ", "-")}.sh`;
      Deno.writeTextFileSync(file, script);
      return file;
    });
    // Quoted text is data (2016, 2088); not every script uses all that the prelude has (2034, 2154, 2317, 2329);
    // a pattern's matches become arguments of a function that knows no options (2035).
    const excluded = "SC2016,SC2088,SC2034,SC2154,SC2317,SC2329,SC2035";
    const faults = (files: readonly string[], excluded: string) => {
      const { stdout } = new Deno.Command("shellcheck", {
        args: ["-s", "sh", "-f", "gcc", "-e", excluded, ...files],
      }).outputSync();
      return new TextDecoder().decode(stdout);
    };
    const isFind = (file: string) => file.endsWith("-find.sh");
    strictEqual(faults(files.filter((file) => !isFind(file)), excluded), "");
    // The arguments of a queue command may be a list of ids.
    strictEqual(faults(files.filter(isFind), `${excluded},SC2086`), "");
  },
);

Deno.test("A root may be relative to the home directory or to the login directory, or absolute", async () => {
  const roots = ["~", "~/a b", "$HOME/a", "${HOME}/a", "a/b", "/a~", "~a"];
  const shell = localShell(null);
  const found = await Promise.all(roots.map(async (root) => {
    await using host = openRemoteHost({ shell });
    const sandbox = { ...host.remote, site: { ...host.site, root } };
    const answer = await callRemote(sandbox, {
      purpose: "try",
      body: `section at; printf %s "$R"`,
      checksOwner: true,
    });
    return answer.ok ? sectionTexts(answer.value).at : null;
  }));
  const collected = Deno.env.get("HOME")!;
  const here = Deno.cwd();
  deepStrictEqual(found, [
    collected,
    `${collected}/a b`,
    `${collected}/a`,
    `${collected}/a`,
    `${here}/a/b`,
    "/a~",
    `${here}/~a`,
  ]);
});

/** Claims the lease, where the holder `leaseToTakeOver` is known to have ended. */
function claim(leaseToTakeOver: string | null): string {
  return `${claimLease(leaseToTakeOver)}
if claim_lease; then section got; else section lost "$holder"; fi`;
}

Deno.test("Of many processes that claim a free lease at once one gets it", async () => {
  await using host = openRemoteHost();
  await Deno.remove(`${host.runDir}/lease`);
  const tokens = Array.from({ length: 12 }, (_, i) => `s${i}`);
  const answers = await Promise.all(
    tokens.map((token) => host.ask(claim(null), token)),
  );
  const got = tokens.filter((_, i) => answers[i]![0]!.header[0] === "got");
  strictEqual(got.length, 1);
  strictEqual(await Deno.readLink(`${host.runDir}/lease`), `lease.${got[0]}`);
  for (const answer of answers) {
    const [word, holder] = answer[0]!.header;
    if (word === "lost") strictEqual(holder, got[0]);
  }
});

Deno.test("Of many processes that take a lease over one gets it", async () => {
  for (let round = 0; round < 5; round++) {
    await using host = openRemoteHost();
    const tokens = Array.from({ length: 8 }, (_, i) => `s${i}`);
    const answers = await Promise.all(
      tokens.map((token) => host.ask(claim("me"), token)),
    );
    const got = tokens.filter((_, i) => answers[i]![0]!.header[0] === "got");
    strictEqual(got.length, 1);
    strictEqual(await Deno.readLink(`${host.runDir}/lease`), `lease.${got[0]}`);
    deepStrictEqual(
      namesIn(host.runDir)
        .filter((name) => name.startsWith("lease")).sort(),
      ["lease", `lease.${got[0]}`],
    );
  }
});

Deno.test("A lease is not taken over from a holder that is not known to have ended, and kept by its holder", async () => {
  await using host = openRemoteHost();
  strictEqual((await host.ask(claim(null), "other"))[0]!.header[0], "lost");
  strictEqual((await host.ask(claim("third"), "other"))[0]!.header[0], "lost");
  strictEqual((await host.ask(claim(null), "me"))[0]!.header[0], "got");
});

Deno.test("A lease whose file a loss of power emptied can be taken over", async () => {
  await using host = openRemoteHost();
  host.write("lease.me", "");
  deepStrictEqual((await host.ask(claim(null), "other"))[0]!.header, [
    "lost",
    "me",
  ]);
  strictEqual((await host.ask(claim("me"), "other"))[0]!.header[0], "got");
});

Deno.test("A holder that claims again never seems to have lost the lease in between", async () => {
  await using host = openRemoteHost();
  const watch = host.ask(
    `section lost; i=0; while [ $i -lt 20000 ]; do has_lease || printf x; i=$((i + 1)); done`,
  );
  for (let i = 0; i < 10; i++) await host.ask(claim(null));
  strictEqual((await watch)[0]!.text, "");
});

Deno.test("A process that took the lease over and ended before it wrote so can be taken over itself", async () => {
  await using host = openRemoteHost();
  await Deno.symlink("second", `${host.runDir}/next_holder.me`);
  deepStrictEqual((await host.ask(claim("me"), "third"))[0]!.header, [
    "lost",
    "second",
  ]);
  strictEqual((await host.ask(claim("second"), "third"))[0]!.header[0], "got");
  strictEqual(
    (await host.ask("has_lease && section held", "third"))[0]!.header[0],
    "held",
  );
});

Deno.test("A process that was interrupted while it took the lease over continues", async () => {
  await using host = openRemoteHost();
  await Deno.symlink("second", `${host.runDir}/next_holder.me`);
  strictEqual((await host.ask(claim("me"), "second"))[0]!.header[0], "got");
  strictEqual(
    (await host.ask("has_lease && section held", "second"))[0]!.header[0],
    "held",
  );
});
