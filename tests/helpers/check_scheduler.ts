/** What every batch system must do, with its own output as cases. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Resources } from "../../src/model/config.ts";
import type { QueueState } from "../../src/model/job.ts";
import type {
  QueueListing,
  Reply,
  Scheduler,
} from "../../src/schedulers/scheduler.ts";
import { configOf } from "./config.ts";
import { transcript } from "./transcript.ts";
import type { ExitReason } from "../../src/model/exit_reason.ts";
import type { SubmitOutcome } from "../../src/model/backend_messages.ts";

/** The reply of a command: stdout alone, or what differs from a success without output. */
export type Said = string | Partial<Reply>;

/** The title of a case, the reply, and its meaning. */
export type Case<T> = readonly [says: string, said: Said, means: T];

export interface Cases {
  readonly scheduler: Scheduler;
  readonly directives: readonly (readonly [
    says: string,
    resources: Partial<Resources>,
    lines: readonly string[],
  ])[];
  readonly answers: readonly Case<
    SubmitOutcome["outcome"] | { readonly id: string }
  >[];
  /** Every native state of the manual, as the listing has it, and what it means. */
  readonly words: Readonly<Record<string, QueueState>>;
  /** A complete listing of one job with this id and state. */
  listing(id: string, word: string): string;
  readonly listings: readonly Case<{
    readonly known: Readonly<Record<string, Known>>;
    readonly complete: boolean;
  }>[];
  /** Null: the listing is not complete. */
  readonly found: readonly Case<Readonly<Record<string, string>> | null>[];
  readonly causes: readonly Case<Readonly<Record<string, ExitReason>>>[];
}

type Known = QueueListing["entries"] extends ReadonlyMap<string, infer K> ? K
  : never;

export function checkScheduler(cases: Cases): void {
  checkDirectives(cases);
  checkReplies(cases);
  checkWords(cases);
  checkTexts(cases.scheduler);
}

/** Native states by their meaning: `{ queued: "PEND WAIT" }`. */
export function meaning(
  words: Readonly<Partial<Record<QueueState, string>>>,
): Cases["words"] {
  return Object.fromEntries(
    Object.entries(words).flatMap(([state, list]) =>
      list.split(" ").map((word) => [word, state as QueueState])
    ),
  );
}

export function resourcesOf(resources: Partial<Resources>): Resources {
  return configOf({ resources }).resources;
}

function checkDirectives({ scheduler, directives }: Cases): void {
  for (const [says, resources, lines] of directives) {
    Deno.test(`${scheduler.name}'s header ${says}`, () => {
      deepStrictEqual(scheduler.directives(resourcesOf(resources)), lines);
    });
  }
}

function checkReplies(cases: Cases): void {
  const { scheduler, answers, listings, found, causes } = cases;
  for (const [says, said, means] of answers) {
    Deno.test(`${scheduler.name}'s submit ${says}`, () => {
      const expected = typeof means === "string"
        ? { outcome: means }
        : { outcome: "accepted", ...means };
      deepStrictEqual(scheduler.parseSubmit(replyOf(said)), expected);
    });
  }
  for (const [says, said, { known, complete }] of listings) {
    Deno.test(`${scheduler.name}'s listing ${says}`, () => {
      const listing = scheduler.parsePoll(replyOf(said));
      deepStrictEqual(Object.fromEntries(listing.entries), known);
      strictEqual(listing.isComplete, complete);
    });
  }
  for (const [says, said, names] of found) {
    Deno.test(`${scheduler.name} finds by name ${says}`, () => {
      const map = scheduler.parseFound(replyOf(said));
      deepStrictEqual(map && Object.fromEntries(map), names);
    });
  }
  for (const [says, said, expected] of causes) {
    Deno.test(`${scheduler.name} explains ${says}`, () => {
      const map = scheduler.parseAccounting(replyOf(said));
      deepStrictEqual(Object.fromEntries(map), expected);
    });
  }
}

function replyOf(said: Said): Reply {
  const silent = { code: 0, stdout: "", stderr: "" };
  return typeof said === "string"
    ? { ...silent, stdout: said }
    : { ...silent, ...said };
}

function checkWords({ scheduler, words, listing }: Cases): void {
  const { name, states, parsePoll } = scheduler;
  const wordIn = (stdout: string) =>
    parsePoll(replyOf(stdout)).entries.get("123")?.nativeState;
  for (const [word, state] of Object.entries(words)) {
    Deno.test(`${name}'s ${word} is ${state}`, () => {
      strictEqual(states[wordIn(listing("123", word)) ?? ""], state);
    });
  }
  Deno.test(`${name} has no state that never occurs in a listing`, () => {
    const given = Object.keys(words).map((word) =>
      wordIn(listing("123", word))
    );
    deepStrictEqual(Object.keys(states).filter((w) => !given.includes(w)), []);
  });
  Deno.test(`${name} passes on a state that is in no manual`, () => {
    const shown = wordIn(listing("123", "XQX"));
    ok(shown !== undefined && !Object.hasOwn(states, shown), shown);
  });
  Deno.test(`${name} parses a listing after a banner and between blank lines`, () => {
    const [word = ""] = Object.keys(words);
    const plain = listing("123", word);
    const wrapped = `Welcome to node 7!\n* 2 jobs | 3 hosts *\n\n${plain}\n\n`;
    deepStrictEqual(parsePoll(replyOf(wrapped)), parsePoll(replyOf(plain)));
  });
  Deno.test(`${name} does not take a table in another layout for an empty queue`, () => {
    for (const foreign of FOREIGN_TABLES) {
      const { entries, isComplete } = parsePoll(replyOf(foreign));
      deepStrictEqual([entries.size, isComplete], [0, false], foreign);
      if (scheduler.findCommand === null) continue;
      strictEqual(scheduler.parseFound(replyOf(foreign)), null, foreign);
    }
  });
  Deno.test(`${name} lists nothing where a command does not exist`, () => {
    const reply = { code: 127, stdout: "", stderr: "sh: 1: qx: not found" };
    deepStrictEqual(parsePoll(reply), {
      entries: new Map(),
      isComplete: false,
    });
    deepStrictEqual(scheduler.parseSubmit(reply), { outcome: "unconfirmed" });
  });
}

/** What programs of other names, or a site's own, print. */
const FOREIGN_TABLES: readonly string[] = [
  "             JOBID PARTITION     NAME     USER ST       TIME\n               123      main     d1a2      ann  R       1:00\n",
  "Job id  Name  User  S\n------- ----- ----- -\n123.s   d1a2  ann   R\n",
  transcript("pjstat-public-wisteria").stdout,
];

/** The worst text that an id or a path may contain. */
const BAD = `it's "$(echo no)" \`echo no\` \\ * é -`;

const PROGRAMS =
  "sbatch squeue sacct scontrol scancel qsub qstat qselect qacct qdel bsub bjobs bhist bkill jsub jjobs jhist jctrl pjsub pjstat pjdel";

/** Each program prints its arguments, and those that read stdin their input. */
const STUBS = PROGRAMS.split(" ").map((program) =>
  `${program}() { printf '%s:' ${program}; printf ' <%s>' "$@"; echo; ${
    program === "jsub" ? "cat; " : ""
  }}`
).join("\n");

/** The commands that a text runs, under the shell. */
export async function runText(
  shell: string,
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(shell, {
    args: [
      "-c",
      `${STUBS}\nquestion() {\n${text}\n}\nsaid=$(question)\nprintf '%s\\n' "$said"`,
    ],
    env: { PATH: "/usr/bin:/bin", ...env },
    clearEnv: true,
  }).output();
  const decoder = new TextDecoder();
  strictEqual(decoder.decode(stderr), "");
  return decoder.decode(stdout);
}

function checkTexts(scheduler: Scheduler): void {
  const { name, poll, account, cancel, submit, findCommand } = scheduler;
  const ids = ["123", BAD];
  const texts = {
    poll: poll(ids),
    account: account(ids),
    cancel: cancel(ids),
    find: findCommand,
    submit: submit(resourcesOf({})),
  };
  for (const [what, text] of Object.entries(texts)) {
    if (text === null) continue;
    for (const shell of ["dash", "bash"]) {
      Deno.test(`${name}'s text for ${what} is valid in ${shell}`, async () => {
        const { code, stderr } = await new Deno.Command(shell, {
          args: ["-n", "-c", `question() {\n${text}\n}`],
        }).output();
        deepStrictEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
      });
    }
  }
  for (const what of ["account", "cancel"] as const) {
    const text = texts[what];
    if (text === null) continue;
    Deno.test(`${name} passes ids to ${what} unchanged`, async () => {
      const said = await runText("dash", text);
      ok(ids.every((id) => said.includes(id)), said);
    });
  }
  Deno.test(`${name} passes file, name and output unchanged`, async () => {
    const folder = await Deno.makeTempDir();
    const env = { file: `${folder}/${BAD}`, name: "d1a2", out: `/o/${BAD}` };
    try {
      await Deno.writeTextFile(env.file, "#!/bin/bash -l\n");
      const said = await runText("dash", texts.submit, env);
      ok(said.includes("d1a2>"), said);
      ok(said.includes(env.out), said);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
  Deno.test(`${name} keeps the variables that name the batch system, and the user's defaults of options`, () => {
    const { leakedVariables, outputVariables } = scheduler;
    for (const kept of KEPT) {
      ok(!leakedVariables.some((leak) => kept.startsWith(leak)), kept);
      ok(!outputVariables.includes(kept), kept);
    }
  });
}

/** Variables that the clients need, or that users set for their jobs. */
const KEPT =
  "SLURM_CONF SLURM_CONF_SERVER PBS_SERVER PBS_CONF_FILE PBS_DEFAULT PBS_EXEC PBS_HOME SGE_ROOT SGE_CELL SGE_CLUSTER_NAME SGE_QMASTER_PORT SGE_EXECD_PORT LSF_ENVDIR LSF_BINDIR LSF_SERVERDIR LSF_LIBDIR LSB_SHAREDIR LSB_NTRIES LSB_DEFAULTQUEUE LSB_DEFAULTPROJECT PATH HOME USER PERL5LIB LANG PJM_LLIO_GFSCACHE PJM_COMMENT PJM_FSNAME PJM_APPNAME"
    .split(" ");
