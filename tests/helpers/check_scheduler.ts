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
export type PartialReply = string | Partial<Reply>;

/** The title of a case, the reply, and its meaning. */
export type Case<T> = readonly [says: string, said: PartialReply, means: T];

export interface Cases {
  readonly scheduler: Scheduler;
  readonly directives: readonly (readonly [
    says: string,
    resources: Partial<Resources>,
    lines: readonly string[],
  ])[];
  readonly submits: readonly Case<
    SubmitOutcome["outcome"] | { readonly id: string }
  >[];
  /** Every native state of the manual, as the listing has it, and what it means. */
  readonly nativeStates: Readonly<Record<string, QueueState>>;
  /** A complete listing of one job with this id and state. */
  listing(id: string, nativeState: string): string;
  readonly listings: readonly Case<{
    readonly known: Readonly<Record<string, Known>>;
    readonly complete: boolean;
  }>[];
  /** Null: the listing is not complete. */
  readonly found: readonly Case<Readonly<Record<string, string>> | null>[];
  readonly exitReasons: readonly Case<Readonly<Record<string, ExitReason>>>[];
}

type Known = QueueListing["entries"] extends ReadonlyMap<string, infer K> ? K
  : never;

export function checkScheduler(cases: Cases): void {
  checkDirectives(cases);
  checkReplies(cases);
  checkStates(cases);
  checkTexts(cases.scheduler);
}

/** Native states by their meaning: `{ queued: "PEND WAIT" }`. */
export function statesByMeaning(
  nativeStates: Readonly<Partial<Record<QueueState, string>>>,
): Cases["nativeStates"] {
  return Object.fromEntries(
    Object.entries(nativeStates).flatMap(([state, list]) =>
      list.split(" ").map((nativeState) => [nativeState, state as QueueState])
    ),
  );
}

export function resourcesOf(resources: Partial<Resources>): Resources {
  return configOf({ resources }).resources;
}

function checkDirectives({ scheduler, directives }: Cases): void {
  for (const [title, resources, lines] of directives) {
    Deno.test(`${scheduler.name}'s header ${title}`, () => {
      deepStrictEqual(scheduler.directives(resourcesOf(resources)), lines);
    });
  }
}

function checkReplies(cases: Cases): void {
  const { scheduler, submits, listings, found, exitReasons } = cases;
  for (const [title, reply, means] of submits) {
    Deno.test(`${scheduler.name}'s submit ${title}`, () => {
      const expected = typeof means === "string"
        ? { outcome: means }
        : { outcome: "accepted", ...means };
      deepStrictEqual(scheduler.parseSubmit(replyOf(reply)), expected);
    });
  }
  for (const [title, reply, { known, complete }] of listings) {
    Deno.test(`${scheduler.name}'s listing ${title}`, () => {
      const listing = scheduler.parsePoll(replyOf(reply));
      deepStrictEqual(Object.fromEntries(listing.entries), known);
      strictEqual(listing.isComplete, complete);
    });
  }
  for (const [title, reply, names] of found) {
    Deno.test(`${scheduler.name} finds by name ${title}`, () => {
      const map = scheduler.parseFound(replyOf(reply));
      deepStrictEqual(map && Object.fromEntries(map), names);
    });
  }
  for (const [title, reply, expected] of exitReasons) {
    Deno.test(`${scheduler.name} explains ${title}`, () => {
      const map = scheduler.parseAccounting(replyOf(reply));
      deepStrictEqual(Object.fromEntries(map), expected);
    });
  }
}

function replyOf(reply: PartialReply): Reply {
  const silent = { code: 0, stdout: "", stderr: "" };
  return typeof reply === "string"
    ? { ...silent, stdout: reply }
    : { ...silent, ...reply };
}

function checkStates({ scheduler, nativeStates, listing }: Cases): void {
  const { name, states, parsePoll } = scheduler;
  const nativeStateIn = (stdout: string) =>
    parsePoll(replyOf(stdout)).entries.get("123")?.nativeState;
  for (const [nativeState, state] of Object.entries(nativeStates)) {
    Deno.test(`${name}'s ${nativeState} is ${state}`, () => {
      strictEqual(
        states[nativeStateIn(listing("123", nativeState)) ?? ""],
        state,
      );
    });
  }
  Deno.test(`${name} has no state that never occurs in a listing`, () => {
    const given = Object.keys(nativeStates).map((nativeState) =>
      nativeStateIn(listing("123", nativeState))
    );
    deepStrictEqual(Object.keys(states).filter((w) => !given.includes(w)), []);
  });
  Deno.test(`${name} passes on a state that is in no manual`, () => {
    const shown = nativeStateIn(listing("123", "XQX"));
    ok(shown !== undefined && !Object.hasOwn(states, shown), shown);
  });
  Deno.test(`${name} parses a listing after a banner and between blank lines`, () => {
    const [nativeState = ""] = Object.keys(nativeStates);
    const plain = listing("123", nativeState);
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
      const reply = await runText("dash", text);
      ok(ids.every((id) => reply.includes(id)), reply);
    });
  }
  Deno.test(`${name} passes file, name and output unchanged`, async () => {
    const directory = await Deno.makeTempDir();
    const env = { file: `${directory}/${BAD}`, name: "d1a2", out: `/o/${BAD}` };
    try {
      await Deno.writeTextFile(env.file, "#!/bin/bash -l\n");
      const reply = await runText("dash", texts.submit, env);
      ok(reply.includes("d1a2>"), reply);
      ok(reply.includes(env.out), reply);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
  Deno.test(`${name} keeps the variables that name the batch system, and the user's defaults of options`, () => {
    const { leakedVariables, outputVariables } = scheduler;
    for (const variable of NEEDED_VARIABLES) {
      ok(!leakedVariables.some((leak) => variable.startsWith(leak)), variable);
      ok(!outputVariables.includes(variable), variable);
    }
  });
}

/** Variables that the clients need, or that users set for their jobs. */
const NEEDED_VARIABLES =
  "SLURM_CONF SLURM_CONF_SERVER PBS_SERVER PBS_CONF_FILE PBS_DEFAULT PBS_EXEC PBS_HOME SGE_ROOT SGE_CELL SGE_CLUSTER_NAME SGE_QMASTER_PORT SGE_EXECD_PORT LSF_ENVDIR LSF_BINDIR LSF_SERVERDIR LSF_LIBDIR LSB_SHAREDIR LSB_NTRIES LSB_DEFAULTQUEUE LSB_DEFAULTPROJECT PATH HOME USER PERL5LIB LANG PJM_LLIO_GFSCACHE PJM_COMMENT PJM_FSNAME PJM_APPNAME"
    .split(" ");
