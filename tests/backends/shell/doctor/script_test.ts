import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { callRemote } from "../../../../src/backends/shell/call_remote.ts";
import type { Resources } from "../../../../src/model/config.ts";
import { schedulers } from "../../../../src/schedulers/mod.ts";
import { shell } from "../../../../src/schedulers/shell.ts";
import { collectScript } from "../../../../src/script/collect_script.ts";
import {
  doctorScript,
  PACK,
  UNPACK,
} from "../../../../src/backends/shell/doctor/script.ts";
import { remoteScript } from "../../../../src/script/remote_script.ts";
import { stageScript } from "../../../../src/script/stage_script.ts";
import { resourcesOf } from "../../../helpers/check_scheduler.ts";
import {
  namesIn,
  openRemoteHost,
  sectionTexts,
  SHELLS,
  withShell,
} from "../../../helpers/remote_dir.ts";
import { toolOf, toolTest } from "../../../helpers/tools.ts";
import { localShell } from "../../../../src/contexts/local/mod.ts";

const SCRIPT = doctorScript({
  scheduler: shell,
  resources: resourcesOf({}),
  jobShell: "bash -l",
  programs: [["submit", "sh -c"], ["poll", "no-such-program -x"]],
  commands: ["cd", "no-such-command"],
});

for (const words of SHELLS) {
  toolTest(
    toolOf(words),
    `The script of doctor checks everything and leaves no file under ${
      words.join(" ")
    }`,
    async () => {
      await using host = openRemoteHost({
        bare: true,
        shell: withShell(words, localShell(null)),
      });
      const before = host.root.slice(0, host.root.lastIndexOf("/"));
      const sections = sectionTexts(await host.ask(SCRIPT));
      const groups = Object.keys(sections).filter((name) =>
        /^seen /.test(name)
      );
      deepStrictEqual(groups, [
        "seen machine",
        "seen root",
        "seen tools",
        "seen commands",
        "seen scheduler",
      ]);
      strictEqual(sections.host, `${Deno.hostname()}\n`);
      strictEqual(sections.root, `${host.root}\n`);
      strictEqual(sections["near directory"], `${before}\n`);
      for (const tried of ["scratch 0", "link 0", "pack 0", "unpack 0"]) {
        ok(tried in sections, `${tried}: ${Object.keys(sections)}`);
      }
      strictEqual(sections.missing, "");
      strictEqual(sections["program submit"]!.split("\n")[0], "sh");
      ok(/^\/\S+\/sh$/.test(sections["program submit"]!.split("\n")[1]!));
      strictEqual(sections["program poll"], "no-such-program\n\n");
      ok(sections.login!.includes("=cd builtin"), sections.login);
      ok(!sections.login!.includes("no-such"), sections.login);
      deepStrictEqual(namesIn(before), []);
    },
  );
}

for (const word of ["near", "scratch", "link", "space", "pack"]) {
  Deno.test(`Nothing of a doctor stays where nobody listens any more after "${word}"`, async () => {
    await using host = openRemoteHost({ bare: true });
    const top = host.root.slice(0, host.root.lastIndexOf("/"));
    const script = remoteScript(host.site, "nonce", SCRIPT, {
      checksOwner: true,
    });
    const child = new Deno.Command("sh", {
      args: ["-c", script],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const sections = { text: "" };
    for await (const chunk of child.stdout) {
      sections.text += new TextDecoder().decode(chunk);
      if (sections.text.includes(`@@nonce ${word}`)) break;
    }
    await child.status;
    ok(!sections.text.includes("@@nonce end"));
    deepStrictEqual(namesIn(top), []);
  });
}

Deno.test("A program that a site calls by another name is looked for by that name", async () => {
  await using host = openRemoteHost({ bare: true });
  const commands = [{ program: "sbatch", instead: "no-such-program -M far" }];
  const remote = { ...host.remote, site: { ...host.site, commands } };
  const script = doctorScript({
    scheduler: shell,
    resources: resourcesOf({}),
    jobShell: "bash -l",
    programs: [["submit", "no-such-program -M far"], ["poll", "sbatch"]],
    commands: [],
  });
  const answer = await callRemote(remote, { purpose: "try", body: script });
  ok(answer.ok);
  const sections = sectionTexts(answer.value);
  strictEqual(sections["program submit"], "no-such-program\n\n");
  // The function that stands for it is no program.
  ok(
    !/^sbatch\nsbatch\n/.test(sections["program poll"]!),
    sections["program poll"],
  );
});

Deno.test("tar is checked with the options of staging and collecting", () => {
  const stage = stageScript({
    runId: "m",
    closedRunIds: [],
    copy: "c",
    compression: null,
  });
  ok(stage.includes(UNPACK), stage);
  ok(collectScript([], true).includes(PACK));
});

toolTest(
  "shellcheck",
  "shellcheck finds no fault in the scripts of doctor",
  async () => {
    const directory = await Deno.makeTempDir();
    const site = {
      root: "~/it's",
      key: "a1-b2",
      token: "me",
      holderName: "here 1",
      guarded: "root" as const,
      commands: [],
      commandLimit_s: 60,
    };
    const complaints = schedulers.flatMap((scheduler) =>
      // Without a queue's name another question is asked.
      ["", "it's"].map((queue) => ({ scheduler, queue }))
    );
    const files = await Promise.all(
      complaints.map(async ({ scheduler, queue }) => {
        const file = `${directory}/${scheduler.name}${
          queue ? "-queue" : ""
        }.sh`;
        const body = doctorScript({
          scheduler,
          resources: resourcesOf({ queue, options: optionsOf(scheduler.name) }),
          jobShell: "bash -l",
          programs: Object.entries(scheduler.programs),
          commands: ["python3"],
        });
        await Deno.writeTextFile(
          file,
          remoteScript(site, "nonce", body, { checksOwner: true }),
        );
        return file;
      }),
    );
    // As in remote_test.ts; a queue may be asked for a list of ids (2086), and tar reads from a pipe as it does in staging (2002).
    const excluded = "SC2016,SC2088,SC2034,SC2154,SC2317,SC2329,SC2086,SC2002";
    const { stdout } = await new Deno.Command("shellcheck", {
      args: ["-s", "sh", "-f", "gcc", "-e", excluded, ...files],
    }).output();
    strictEqual(new TextDecoder().decode(stdout), "");
    await Deno.remove(directory, { recursive: true });
  },
);

function optionsOf(name: string): Resources["options"] {
  return name === "SGE"
    ? { jobName: "wDPjob", parallelEnvironment: "mpi" }
    : {};
}
