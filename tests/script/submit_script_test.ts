import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { parseSubmitReplies } from "../../src/backends/shell/submit_replies.ts";
import { parseRemoteState } from "../../src/backends/shell/parse_remote_state.ts";
import { packTar } from "../../src/backends/files/pack_tar.ts";
import type { BatchName } from "../../src/schema/names.ts";
import { schedulers } from "../../src/schedulers/mod.ts";
import { schedulerOf } from "../../src/schedulers/scheduler_of.ts";
import { shell as scheduler } from "../../src/schedulers/shell.ts";
import type { ReplySection } from "../../src/script/reply.ts";
import { submitScript } from "../../src/script/submit_script.ts";
import { configOf } from "../helpers/config.ts";
import { acquireScript } from "../../src/script/lease_script.ts";
import { inspectScript } from "../../src/script/inspect_script.ts";
import {
  bytesOf,
  namesIn,
  openRemoteHost,
  type RemoteHost,
  withShell,
} from "../helpers/remote_dir.ts";
import { waitUntil } from "../helpers/job_sandbox.ts";
import { toolTest } from "../helpers/tools.ts";
import { localShell } from "../../src/contexts/local/mod.ts";
import { fenceScript } from "../../src/script/fence_script.ts";
import {
  formatPlannedJob,
  parsePlannedJobs,
} from "../../src/script/planned_jobs.ts";

/** Launches as the real one: the job claims its lock, its id is printed. */
const LAUNCH = `printf '%s\\n' "$name" >>"$D/launched"
ln -s "run:h:b:1:$name" "$D/locks/$name" && echo "h:b:1:$name"`;

/** Always has a free slot: jobs are submitted one at a time. */
const GATE = "wait_for_slot() { :; }; add_running() { :; }";

interface Given {
  readonly submit?: string;
  readonly waitSeconds?: number;
  readonly slotGate?: string | null;
  readonly program?: string | null;
  /** Shell text before the script. */
  readonly first?: string;
  readonly side: RemoteHost;
}

async function submit(
  names: readonly string[],
  { first = "", side: host, ...given }: Given,
) {
  const tar = await archiveOf(names);
  return await host.tryAsk(`${first}\n${scriptOf(given)}`, "me", tar);
}

function archiveOf(names: readonly string[]) {
  const jobs = names.map((name) => ({ name, tasks: ["t"], supersedes: [] }));
  return bytesOf(packTar([
    ...names.map((name) => ({ to: `jobs/${name}.sh`, text: "" })),
    { to: "planned_jobs", text: `\n${jobs.map(formatPlannedJob).join("")}` },
    {
      to: "submit_order",
      text: names.map((name) => `${name} ${name}\n`).join(""),
    },
    { to: "complete", text: "" },
  ]));
}

function scriptOf(
  {
    submit = LAUNCH,
    waitSeconds = 0,
    slotGate = null,
    program = null,
  }: Omit<Given, "first" | "side">,
): string {
  return submitScript({
    submit,
    asked: slotGate === null ? "sbatch" : null,
    program,
    leakedVariables: [],
    slotGate,
    slots: 1,
    running: [],
    waitSeconds,
    compression: null,
  });
}

function toldJobs(sections: readonly ReplySection[]): readonly string[] {
  return sections.filter(({ header }) => header[0] === "submit_reply")
    .map(({ header }) => header[1]!);
}

function fence(names: readonly string[]): string {
  return fenceScript(names.map((job) => ({ job, elements: 0 })));
}

const launched = (host: RemoteHost) =>
  host.read("launched").split("\n").filter(Boolean);

Deno.test("What a killed script left behind is not submitted again by one whose archive was cut off", async () => {
  await using host = openRemoteHost();
  await Deno.mkdir(`${host.runDir}/submit.me/jobs`, { recursive: true });
  host.write("submit.me/submit_order", "d1 d1\n");
  host.write("submit.me/complete", "");
  host.write("submit.me/planned_jobs", "");
  host.write("submit.me/jobs/d1.sh", "");
  const whole = await archiveOf(["d2"]);
  // The first entry, to its last byte: tar accepts it as a complete archive.
  const cut = whole.slice(0, 512);
  const sent = await host.tryAsk(scriptOf({ submit: LAUNCH }), "me", cut);
  deepStrictEqual([sent.ok, launched(host)], [false, []]);
  strictEqual(sent.ok === false && sent.error.isRetryable, true);
  // No other session has to wait for a script that only read its input.
  strictEqual(host.read("submitter"), "");
});

Deno.test("Jobs are submitted in order, each reply on disk before it is printed", async () => {
  await using host = openRemoteHost();
  const check =
    `grep -q "^$name " "$D/planned_jobs" && grep -qx "? $name" "$D/submit_replies" || exit 9
case $name in
  d3) grep -q 'h:b:1:d1' "$D/submit_replies" || exit 8; echo 'no more' >&2; exit 127 ;;
esac
${LAUNCH}`;
  const answer = await submit(["d1", "d2", "d3", "d4"], {
    submit: check,
    side: host,
  });
  ok(answer.ok);
  deepStrictEqual(toldJobs(answer.value), ["d1", "d2", "d3", "d4"]);
  deepStrictEqual(
    [...parseSubmitReplies(scheduler, host.read("submit_replies")).values()],
    [
      { job: "d1", outcome: "accepted", id: "h:b:1:d1" },
      { job: "d2", outcome: "accepted", id: "h:b:1:d2" },
      { job: "d3", outcome: "rejected", message: "no more" },
      { job: "d4", outcome: "accepted", id: "h:b:1:d4" },
    ],
  );
  deepStrictEqual(
    parsePlannedJobs(host.read("planned_jobs")).map(({ name }) => name),
    [
      "d1",
      "d2",
      "d3",
      "d4",
    ],
  );
  strictEqual(host.read("submitter"), "");
  await waitUntil(() => !isAtWorkIn(`${host.runDir}/../..`));
});

/** A process has this directory as its working directory. */
function isAtWorkIn(directory: string): boolean {
  const real = Deno.realPathSync(directory);
  return Array.from(Deno.readDirSync("/proc")).some(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/${name}/cwd`) === real;
    } catch {
      return false;
    }
  });
}

Deno.test("A lease that is taken over stops the loop before the next submit; the reply of a concurrent submit is printed too", async () => {
  const taken = `${LAUNCH}
if [ "$name" = d2 ]; then echo other >"$D/lease.other"; ln -sfn lease.other "$D/lease"; fi`;
  for (const [slotGate, most] of [[GATE, 2], [null, 4]] as const) {
    await using host = openRemoteHost();
    const names = ["d1", "d2", "d3", "d4", "d5", "d6"];
    const answer = await submit(names, { submit: taken, slotGate, side: host });
    ok(answer.ok);
    const count = toldJobs(answer.value).length;
    ok(count >= 2 && count <= most, `${count}`);
    deepStrictEqual(toldJobs(answer.value), names.slice(0, count));
    deepStrictEqual(launched(host).toSorted(), names.slice(0, count));
    strictEqual((await submit(["d7"], { side: host })).ok, false);
    strictEqual(launched(host).length, count);
  }
});

Deno.test("Once one was accepted, submit commands run concurrently; their replies are printed in order", async () => {
  await using host = openRemoteHost();
  // d2 ends only when d3 has begun; nothing may begin beside d1.
  const meet = `case $name in
  d1) sleep 0.2; [ ! -s "$D/launched" ] || exit 9 ;;
  d2) n=0; until grep -q d3 "$D/launched" 2>/dev/null; do n=$((n + 1)); [ $n -lt 500 ] || exit 9; sleep 0.02; done ;;
esac
${LAUNCH}`;
  const names = ["d1", "d2", "d3"];
  const answer = await submit(names, { submit: meet, side: host });
  ok(answer.ok);
  deepStrictEqual(toldJobs(answer.value), names);
  deepStrictEqual(
    [...parseSubmitReplies(scheduler, host.read("submit_replies")).values()]
      .map((answer) => answer?.outcome),
    ["accepted", "accepted", "accepted"],
  );
});

Deno.test("The reader may disconnect: the replies of running submits are kept, and no further submit begins", async () => {
  await using host = openRemoteHost();
  const leaves = `mkfifo "$D/pipe"
sed '/submit_reply d1/q' <"$D/pipe" >/dev/null & reader=$!
exec >"$D/pipe"`;
  // By then the reader has disconnected.
  const late = `case $name in
  d2) while kill -0 "$reader" 2>/dev/null; do sleep 0.02; done ;;
  *) [ "$name" = d1 ] || sleep 0.2 ;;
esac
${LAUNCH}`;
  const names = ["d1", "d2", "d3", "d4"];
  const answer = await submit(names, {
    submit: late,
    first: leaves,
    side: host,
  });
  strictEqual(answer.ok, false);
  await waitUntil(() => host.read("submitter") === "");
  deepStrictEqual(
    [...parseSubmitReplies(scheduler, host.read("submit_replies"))]
      .map(([job, answer]) => `${job} ${answer?.outcome}`),
    ["d1 accepted", "d2 accepted", "d3 accepted"],
  );
});

Deno.test("Where the submit command does not exist, nothing is submitted, even if a function has its name", async () => {
  await using host = openRemoteHost();
  const program = "no_such_sbatch";
  const first = `${program}() { :; }`;
  const answer = await submit(["d1"], { first, program, side: host });
  ok(!answer.ok);
  deepStrictEqual([answer.error.kind, answer.error.isRetryable], [
    "scheduler",
    false,
  ]);
  ok(answer.error.detail.includes(program), answer.error.detail);
  deepStrictEqual([host.read("submit_replies"), host.read("planned_jobs")], [
    "",
    "",
  ]);
  const words = ["sh", "~/bin/x -x", `"$R/a b"`];
  await Deno.mkdir(`${host.root}/bin`);
  for (const name of ["bin/x", "a b"]) {
    await Deno.writeTextFile(`${host.root}/${name}`, "", { mode: 0o755 });
  }
  for (const [n, program] of words.entries()) {
    const found = await submit([`d${n}`], {
      first: "HOME=$R",
      program,
      side: host,
    });
    ok(found.ok, program);
  }
});

Deno.test("Where no reply could be written, nothing is submitted: an error of the shell is not one of the batch system", async () => {
  await using host = openRemoteHost();
  // The file for the first job's reply cannot be made.
  const first =
    `printf() { case $* in "") return 1 ;; esac; command printf "$@"; }`;
  const answer = await submit(["d1"], { first, side: host });
  ok(answer.ok);
  deepStrictEqual(toldJobs(answer.value), []);
  deepStrictEqual(launched(host), []);
});

Deno.test("After its time limit the script stops, and jobs that were not submitted are not reported", async () => {
  await using host = openRemoteHost();
  const names = Array.from({ length: 40 }, (_, i) => `d${i}`);
  // The time is over as soon as the second job is being submitted; a third may be by its side.
  const first =
    `sleep() { until [ -e "$D/first" ]; do command sleep 0.01; done; }`;
  const slow = `[ "$name" != d1 ] || : >"$D/first"
until [ -e "$D/stop.$T" ] || [ "$name" = d0 ]; do :; done
${LAUNCH}`;
  const answer = await submit(names, { submit: slow, first, side: host });
  ok(answer.ok);
  const count = toldJobs(answer.value).length;
  ok(count >= 2 && count <= 3, `${count}`);
  deepStrictEqual(launched(host).toSorted(), toldJobs(answer.value));
  strictEqual(host.read("stop.me"), "");
  // The next script has its full time limit.
  const again = await submit(["e1", "e2"], { side: host });
  ok(again.ok);
  deepStrictEqual(toldJobs(again.value), ["e1", "e2"]);
});

Deno.test("The next job is submitted after the time that the user set", async () => {
  await using host = openRemoteHost();
  const first =
    `sleep() { if [ "$1" = 30 ] || [ "$1" = 10 ]; then exec tail -f /dev/null; else echo "$1" >>"$D/slept"; fi; }`;
  const answer = await submit(["d1", "d2", "d3"], {
    waitSeconds: 1.5,
    first,
    side: host,
  });
  ok(answer.ok);
  strictEqual(host.read("slept"), "1.5\n1.5\n");
});

/** The submit command of each batch system, of which the program hangs for `d2`. */
const HANGS: Record<string, string> = Object.fromEntries(
  schedulers.filter(({ programs }) => "submit" in programs).map((
    { name, programs, submit },
  ) => [
    name,
    `${programs.submit}() { if [ "$job" = d2 ]; then sleep 300; else ${LAUNCH}; fi; }
${submit(configOf().resources)}`,
  ]),
);

for (const [name, submitText] of Object.entries(HANGS)) {
  Deno.test(`${name}: a submit command that hangs is ended, and its job may have been submitted`, async () => {
    await using host = openRemoteHost({ commandLimit_s: 0.3 });
    const names = ["d1", "d2", "d3"];
    const answer = await submit(names, {
      submit: submitText,
      side: host,
    });
    ok(answer.ok, JSON.stringify(answer));
    // The job behind it was submitted meanwhile.
    deepStrictEqual(toldJobs(answer.value), names);
    deepStrictEqual(launched(host), ["d1", "d3"]);
    const replies = parseSubmitReplies(
      schedulerOf(name as BatchName)!,
      host.read("submit_replies"),
    );
    const reply = replies.get("d2");
    strictEqual(reply?.outcome, "unreachable");
    match(reply.message, /^\w+ has not answered for 0.3 s and was given up$/m);
  });
}

toolTest(
  "pkill",
  "A submit that hangs shows as at work until it is dead",
  async () => {
    await using host = openRemoteHost();
    const hang = `[ "$name" != d2 ] || { echo $$ >"$D/pid"; kill -STOP $$; }
${LAUNCH}`;
    const answer = submit(["d1", "d2"], { submit: hang, side: host });
    await waitUntil(() => host.read("pid") !== "");
    const survey = async () => {
      const read = parseRemoteState(
        await host.ask(inspectScript()),
        scheduler,
        configOf().resources,
      );
      ok(read.ok);
      return read.value;
    };
    const during = await survey();
    strictEqual(during.isSubmitting, true);
    deepStrictEqual(during.plannedJobs.map(({ name }) => name), ["d1", "d2"]);
    deepStrictEqual(
      [...during.submitReplies].map(([job, answer]) => [job, !answer]),
      [
        ["d1", false],
        ["d2", true],
      ],
    );
    new Deno.Command("pkill", {
      args: ["-KILL", "-P", host.read("pid").trim()],
    }).outputSync();
    Deno.kill(Number(host.read("pid")), "SIGKILL");
    strictEqual((await answer).ok, false);
    strictEqual((await survey()).isSubmitting, false);
  },
);

Deno.test("Of a torn archive nothing is submitted", async () => {
  await using host = openRemoteHost();
  const tar = await bytesOf(packTar([
    { to: "jobs/d1.sh", text: "" },
    {
      to: "planned_jobs",
      text: formatPlannedJob({ name: "d1", tasks: ["t"], supersedes: [] }),
    },
    { to: "submit_order", text: "d1\n" },
    { to: "complete", text: "" },
  ]));
  const script = submitScript({
    submit: LAUNCH,
    asked: "sbatch",
    program: null,
    leakedVariables: [],
    slotGate: null,
    slots: 1,
    running: [],
    waitSeconds: 0,
    compression: null,
  });
  for (let bytes = 0; bytes < 2560; bytes += 256) {
    const answer = await host.tryAsk(script, "me", tar.slice(0, bytes));
    strictEqual(answer.ok, false);
    deepStrictEqual(launched(host), []);
  }
});

Deno.test("A fence takes the lock of a job that did not start, and names the one that has it", async () => {
  await using host = openRemoteHost();
  await Deno.symlink("run:h:b:1:2", `${host.runDir}/locks/d1`);
  const sections = await host.ask(fence(["d1", "d2"]));
  deepStrictEqual(
    sections.slice(0, 2).map(({ header, text }) => [header.join(" "), text]),
    [["started d1", "run:h:b:1:2"], ["fenced d2", ""]],
  );
  strictEqual(await Deno.readLink(`${host.runDir}/locks/d2`), "fenced:me");
  strictEqual((await host.tryAsk(fence(["d3"]), "other")).ok, false);
});

Deno.test("A fence that cannot be set is a failure, not a job without an id", async () => {
  await using host = openRemoteHost();
  await Deno.remove(`${host.runDir}/locks`, { recursive: true });
  strictEqual((await host.tryAsk(fence(["d1"]))).ok, false);
});

function isLocked({ runDir: directory }: RemoteHost, name: string): boolean {
  return namesIn(`${directory}/locks`).includes(name);
}

/** Ends the script without a message before its `count`-th command, in whichever subshell that is. */
function dieBefore(count: number): string {
  return `set -T; n=0
trap 'n=$((n + 1)); if [ "$n" -ge ${count} ]; then kill -9 $$; exit; fi' DEBUG`;
}

Deno.test("Wherever the script is killed, every launched job is found and no other can start", async () => {
  let wasCut = true;
  for (let count = 1; wasCut; count++) {
    const shell = withShell(["bash"], localShell(null));
    await using host = openRemoteHost({ shell });
    const names = ["d1", "d2"];
    const answer = await submit(names, { first: dieBefore(count), side: host });
    wasCut = !answer.ok;
    const sections = await host.ask(
      acquireScript("me") + inspectScript(),
      "next",
    );
    const { resources } = configOf();
    const read = parseRemoteState(sections, scheduler, resources);
    ok(read.ok);
    const { lease, submitReplies } = read.value;
    strictEqual(lease.holder, "self");
    const known = [...submitReplies].flatMap(([name, answer]) =>
      answer ? [name] : []
    );
    const before = names.filter((name) => isLocked(host, name));
    const open = names.filter((name) => submitReplies.get(name) === null);
    const settled = open.length > 0 ? await host.ask(fence(open), "next") : [];
    const started = settled.filter(({ header }) => header[0] === "started")
      .map(({ header }) => header[1]!);
    for (const name of before) {
      ok([...known, ...started].includes(name), `${count}: ${name} is lost`);
    }
    for (const name of names.filter((name) => !before.includes(name))) {
      ok(!known.includes(name) && !started.includes(name), `${count}: ${name}`);
    }
  }
});
