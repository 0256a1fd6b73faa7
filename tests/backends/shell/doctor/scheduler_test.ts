import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Scheduler } from "../../../../src/schedulers/scheduler.ts";
import { lsf } from "../../../../src/schedulers/lsf/mod.ts";
import { pbs } from "../../../../src/schedulers/pbs/mod.ts";
import { sge } from "../../../../src/schedulers/sge/mod.ts";
import { slurm } from "../../../../src/schedulers/slurm/mod.ts";
import { slurmJobArray } from "../../../../src/schedulers/slurm/job_array.ts";
import { quote } from "../../../../src/script/quote.ts";
import {
  type DoctorRun,
  type DoctorSetup,
  runDoctor,
} from "../../../helpers/doctor_fixture.ts";
import { namesIn } from "../../../helpers/remote_dir.ts";
import { transcript } from "../../../helpers/transcript.ts";
import type { DoctorCheck } from "../../../../src/model/backend_messages.ts";

/** Slurm 22.05.8, where two partitions are. */
const SLURM: Record<string, string> = {
  sbatch: 'echo "slurm-wlm 22.05.8"',
  squeue:
    `printf '%s\\n' '12|d1|PENDING|Priority' '13|other name|RUNNING|None'`,
  sinfo: `case $* in
*%R*) printf '%s\\n' debug brief ;;
*) printf '%s' ${quote(transcript("sinfo-22.05.8-limits-brief").stdout)} ;;
esac`,
  sacct: ":",
  scancel: ":",
  scontrol: `printf '%s' ${
    quote(transcript("scontrol-22.05.8-limits").stdout)
  }`,
};

function onSlurm(
  programs: Record<string, string> = {},
  more: DoctorSetup = {},
): Promise<DoctorRun> {
  return runDoctor({
    programs: { ...SLURM, ...programs },
    scheduler: slurm,
    ...more,
  });
}

function inQueue(queue: string): DoctorSetup {
  return { config: { resources: { queue } } };
}

function lines({ checks }: DoctorRun): readonly string[] {
  return checks.filter(({ kind }) => kind === "scheduler").map(
    ({ name, state, detail }) => `${state} ${name}: ${detail}`,
  );
}

function only({ checks }: DoctorRun, name: string): DoctorCheck {
  const found = checks.filter((check) => check.name === name);
  strictEqual(found.length, 1, JSON.stringify(checks));
  return found[0]!;
}

Deno.test("A Slurm that replies: programs, version, queue, partition, arrays", async () => {
  const seen = await onSlurm({}, {
    scheduler: slurmJobArray,
    ...inQueue("brief"),
  });
  const [programs, ...rest] = lines(seen);
  match(
    programs!,
    /^ok programs: \/.*: sbatch, squeue, sacct, scancel, scontrol$/,
  );
  deepStrictEqual(rest, [
    "ok version: slurm-wlm 22.05.8",
    "ok queue: replies; it lists 2 of your jobs",
    "ok queue_name: brief",
    "ok limits: walltime 1 minute, 64 GB a node, 8 CPUs a node, 4 GPUs a node, 1 node",
    "ok arrays: up to 1001 elements",
  ]);
  // Its CPUs are those of the login node.
  deepStrictEqual(seen.named("cpus"), []);
});

Deno.test("A partition that does not exist is an error that names the most similar one", async () => {
  const typo = only(await onSlurm({}, inQueue("debgu")), "queue_name");
  strictEqual(typo.state, "error");
  match(typo.detail, /no queue debgu; there are debug, brief/);
  match(typo.hint!, /Did you mean debug\?/);
  const one = only(await onSlurm({}, inQueue("debug,zzz")), "queue_name");
  match(one.detail, /no queue zzz;/);
  strictEqual(
    only(await onSlurm({}, inQueue("debug,brief")), "queue_name").state,
    "ok",
  );
  deepStrictEqual((await onSlurm()).named("queue_name"), []);
});

Deno.test("A batch system that does not reply is reported once, with its own message", async () => {
  const down =
    'echo "squeue: error: Unable to contact slurm controller" >&2; exit 1';
  const seen = await onSlurm(
    { squeue: down, sinfo: down, sbatch: down, scontrol: down },
    { scheduler: slurmJobArray, ...inQueue("debug") },
  );
  deepStrictEqual(lines(seen).slice(1), [
    "error queue: squeue: error: Unable to contact slurm controller",
  ]);
  match(only(seen, "queue").hint!, /sh -c squeue/);
});

Deno.test("An empty listing with words on stderr is no reply of the queue", async () => {
  const { stderr } = transcript("qselect-23.06.06-no-history");
  const mute = `printf '%s' ${quote(stderr)} >&2`;
  const seen = await runDoctor({
    scheduler: pbs,
    programs: { qsub: ":", qdel: ":", qstat: mute, qselect: mute },
  });
  const { state, detail } = only(seen, "queue");
  deepStrictEqual([state, detail], ["error", stderr.trim()]);
});

Deno.test("A version or a list of queues that cannot be read is a warning", async () => {
  const mute = 'echo "unknown option" >&2; exit 96';
  const seen = await onSlurm({ sbatch: mute, sinfo: mute }, inQueue("debug"));
  deepStrictEqual(seen.notOk, ["version", "queue_name"]);
  match(
    only(seen, "queue_name").detail,
    /unknown whether.*debug: unknown option/,
  );
});

/** A PATH with nothing of a batch system on it. */
async function bareSite(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  for (const directory of ["/usr/bin", "/bin"]) {
    for (const name of namesIn(directory)) {
      if (/^(s(batch|queue|acct|cancel|control|info)|q\w+)$/.test(name)) {
        continue;
      }
      await Deno.symlink(`${directory}/${name}`, `${path}/${name}`).catch(
        () => {},
      );
    }
  }
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

Deno.test("A program that only a login shell finds is reported with its path", async () => {
  await using site = await bareSite();
  const reply = await Deno.makeTempDir();
  await Deno.mkdir(`${reply}/slurm`);
  for (const name of Object.keys(SLURM)) {
    if (name === "sacct") continue;
    await Deno.writeTextFile(`${reply}/slurm/${name}`, "#!/bin/sh\n", {
      mode: 0o755,
    });
  }
  await Deno.writeTextFile(
    `${reply}/.bash_profile`,
    `echo Welcome\nPATH=${reply}/slurm:${site.path}\n`,
  );
  const seen = await runDoctor({
    scheduler: slurm,
    config: { machine: { scheduler: "Slurm" } },
    first: `PATH=${site.path} HOME=${reply}; export PATH HOME`,
  });
  const missing = seen.named("programs");
  deepStrictEqual(missing.map(({ state, detail }) => `${state} ${detail}`), [
    "error sbatch: not found on the PATH of scripts",
    "error squeue: not found on the PATH of scripts",
    "warn sacct: not found on the PATH of scripts",
    "error scancel: not found on the PATH of scripts",
    "warn scontrol: not found on the PATH of scripts",
  ]);
  const hints = missing.map(({ hint }) => hint!);
  match(
    hints[0]!,
    new RegExp(`machine\\.commands\\.submit = "${reply}/slurm/sbatch"`),
  );
  match(hints[2]!, /without it/);
  // Nothing was asked of what is not there.
  deepStrictEqual(lines(seen).length, 5);
  await Deno.remove(reply, { recursive: true });
});

Deno.test("The command that a site uses instead is looked for and called", async () => {
  const commands = {
    submit: "no-such-sbatch -M far",
    poll: "fsqueue -M far",
    account: null,
    cancel: null,
    capacity: null,
  };
  const config = { machine: { commands } };
  const seen = await onSlurm({ fsqueue: 'echo "$2|$1" >&2; exit 3' }, {
    config,
  });
  const bad = seen.named("programs").filter(({ state }) => state === "error");
  deepStrictEqual(bad.map(({ detail }) => detail), [
    "no-such-sbatch: not found on the PATH of scripts",
  ]);
  const asked = await onSlurm(
    { fsqueue: 'echo "$2|$1" >&2; exit 3' },
    { config: { machine: { commands: { ...commands, submit: null } } } },
  );
  strictEqual(only(asked, "queue").detail, "far|-M");
});

/** What the programs of other batch systems print: qstat(1), qconf(1); qstat(1B); bsub, bqueues of LSF 10.1. */
const OTHERS:
  readonly (readonly [Scheduler, string, Record<string, string>, string])[] = [
    [sge, "SGE 8.1.9", {
      qsub: ":",
      qdel: ":",
      qacct: ":",
      qstat: `case $1 in
-help) printf 'SGE 8.1.9\\nusage: qstat [options]\\n' ;;
*) printf '%s' ${quote(transcript("qstat-8.1.9-empty-xml").stdout)} ;;
esac`,
      qconf: `case $1 in
-sql) echo main.q ;;
*) printf '%s' ${quote(transcript("qconf-8.1.9-limits-some").stdout)} ;;
esac`,
    }, "walltime 1 day, 4 GB a CPU, 32 CPUs a node, 20 jobs a user"],
    [pbs, "pbs_version = 22.05.11", {
      qsub: ":",
      qdel: ":",
      qselect: ":",
      qstat: `case $* in
--version) echo "pbs_version = 22.05.11" ;;
"-Q -f") printf 'Queue: %s\\n    queue_type = Execution\\n    total_jobs = 0\\n\\n' main.q other ;;
"-Q -f main.q@node1") printf 'Queue: main.q\\n    resources_max.walltime = 48:00:00\\n' ;;
*) exit 1 ;;
esac`,
    }, "walltime 2 days"],
    [lsf, "IBM Spectrum LSF 10.1.0.12, Jun 10 2021", {
      bsub: 'echo "IBM Spectrum LSF 10.1.0.12, Jun 10 2021" >&2',
      bjobs: 'echo "No job found" >&2; exit 255',
      bhist: ":",
      bkill: ":",
      bqueues: `[ "$1" = -w ] || { echo 'QUEUE: main.q'; exit; }
printf '%s\\n' \\
'QUEUE_NAME      PRIO STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN  SUSP' \\
'main.q           30  Open:Active       -    -    -    -     0     0     0     0'`,
    }, "the queue reports none"],
  ];

for (const [scheduler, version, programs, limits] of OTHERS) {
  Deno.test(`${scheduler.name} reports its version, its queues and their limits`, async () => {
    const ask = (queue: string) =>
      runDoctor({ programs, scheduler, ...inQueue(queue) });
    deepStrictEqual(lines(await ask("main.q@node1")).slice(1), [
      `ok version: ${version}`,
      "ok queue: replies; it lists 0 of your jobs",
      "ok queue_name: main.q@node1",
      `ok limits: ${limits}`,
    ]);
    const unknown = only(await ask("min.q"), "queue_name");
    match(unknown.detail, /no queue min\.q; there are main\.q(, other)?$/);
    match(unknown.hint!, /Did you mean main\.q/);
  });
}
