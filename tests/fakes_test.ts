/** What all five fakes do alike; what only one does is tested in fakes/<system>_test.ts. */
import { match, ok, strictEqual } from "node:assert/strict";
import { type Fake, fake, type System } from "./fakes/fake.ts";

/** How a system says it. `{}` in a command is an id. */
interface Dialect {
  readonly submit: string;
  readonly option: string;
  readonly queueOption: string;
  readonly list: string;
  readonly listEnded: string;
  readonly cancel: string;
  readonly id: (number: number) => string;
  readonly accepted: (number: number) => string;
  readonly words: {
    readonly queued: string;
    readonly running: string;
    readonly done: string;
    readonly cancelled: string;
  };
  readonly absent: RegExp;
  readonly noOption: readonly [code: number, text: RegExp];
  readonly noQueue: readonly [code: number, text: RegExp];
  readonly unreachable: readonly [code: number, text: RegExp];
  readonly variable: string;
}

const lsf: Dialect = {
  submit: "bsub <",
  option: "-J",
  queueOption: "-q",
  list: "bjobs {}",
  listEnded: "bjobs {}",
  cancel: "bkill {}",
  id: String,
  accepted: (number) =>
    `Job <${number}> is submitted to default queue <normal>.\n`,
  words: { queued: "PEND", running: "RUN", done: "DONE", cancelled: "EXIT" },
  absent: /^Job <1> is not found$/m,
  noOption: [255, /Illegal option. Job not submitted\.\nUsage: bsub/],
  noQueue: [255, /^nosuch: No such queue\. Job not submitted\.\n$/],
  unreachable: [255, /^Failed in an LSF library call: /],
  variable: "LSB_JOBID",
};

const dialects: Readonly<Record<System, Dialect>> = {
  pbs: {
    submit: "qsub",
    option: "-N",
    queueOption: "-q",
    list: "qstat {}",
    listEnded: "qstat -x {}",
    cancel: "qdel {}",
    id: (number) => `${number}.server`,
    accepted: (number) => `${number}.server\n`,
    words: { queued: "Q", running: "R", done: "F", cancelled: "F" },
    absent: /^qstat: Unknown Job Id 1\.server$/m,
    noOption: [2, /^qsub: invalid option -- '\?'\nusage: qsub/],
    noQueue: [170, /^qsub: Unknown queue\n$/],
    unreachable: [255, /^qstat: cannot connect to server server \(errno=/m],
    variable: "PBS_JOBID",
  },
  torque: {
    submit: "qsub",
    option: "-N",
    queueOption: "-q",
    list: "qstat {}",
    listEnded: "qstat {}",
    cancel: "qdel {}",
    id: (number) => `${number}.server`,
    accepted: (number) => `${number}.server\n`,
    words: { queued: "Q", running: "R", done: "C", cancelled: "C" },
    absent: /^qstat: Unknown Job Id Error 1\.server$/m,
    noOption: [2, /^qsub: invalid option -- '\?'\nusage: qsub/],
    noQueue: [170, /^qsub: Unknown queue MSG=cannot locate queue\n$/],
    unreachable: [223, /^qstat: cannot connect to server server \(errno=/m],
    variable: "PBS_JOBID",
  },
  lsf,
  jh: {
    ...lsf,
    submit: "jsub <",
    list: "jjobs {}",
    listEnded: "jjobs {}",
    cancel: "jctrl kill {}",
    noOption: [255, /Illegal option. Job not submitted\.\nusage: jsub/],
    unreachable: [255, /^batch daemon not responding/],
    variable: "JH_JOBID",
  },
  fugaku: {
    submit: "pjsub",
    option: "-N",
    queueOption: "-L rscgrp=",
    list: "pjstat {}",
    listEnded: "pjstat -H {}",
    cancel: "pjdel {}",
    id: String,
    accepted: (number) => `[INFO] PJM 0000 pjsub Job ${number} submitted.\n`,
    words: { queued: "QUE", running: "RUN", done: "EXT", cancelled: "CCL" },
    // The heading alone.
    absent: /^JOB_ID.*\n$/,
    noOption: [1, /^\[ERR\.\] PJM 0001 pjsub Invalid option/],
    noQueue: [1, /^\[ERR\.\] PJM 0054 pjsub .*nosuch/],
    unreachable: [1, /^\[ERR\.\] PJM 0202 pjstat/],
    variable: "PJM_JOBID",
  },
};

const waits = "#!/bin/bash -l\nsleep 60\n";

function line(command: string, dialect: Dialect, number = 1): string {
  return command.replace("{}", dialect.id(number));
}

/** A word as a whole cell of the listing. */
function cell(word: string): RegExp {
  return new RegExp(`(^| )${word}( |$)`, "m");
}

for (const [system, dialect] of Object.entries(dialects)) {
  const opened = (env: Readonly<Record<string, string>> = {}): Fake => {
    const one = fake(system as System, env);
    one.write("wait.sh", waits);
    one.write("quick.sh", `#!/bin/bash -l\necho $${dialect.variable} > id\n`);
    return one;
  };

  Deno.test(`${system} runs a job under the id that it told, and shows it to the end`, async () => {
    await using one = opened();
    const { out } = await one.sh(`${dialect.submit} quick.sh`);
    strictEqual(out, dialect.accepted(1));
    const last = line(dialect.listEnded, dialect);
    await one.until(last, cell(dialect.words.done));
    const home = system === "pbs" || system === "torque" ? one.home : one.work;
    strictEqual(Deno.readTextFileSync(`${home}/id`), `${dialect.id(1)}\n`);
  });

  Deno.test(`${system} queues what its slots cannot hold and cancels it there and on the node`, async () => {
    await using one = opened({ FAKE_SLOTS: "1" });
    await one.sh(`${dialect.submit} wait.sh`);
    await one.sh(`${dialect.submit} wait.sh`);
    const { words } = dialect;
    await one.until(line(dialect.list, dialect, 1), cell(words.running));
    await one.until(line(dialect.list, dialect, 2), cell(words.queued));
    for (const number of [2, 1]) {
      strictEqual(
        (await one.sh(line(dialect.cancel, dialect, number))).code,
        0,
      );
      const last = line(dialect.listEnded, dialect, number);
      await one.until(last, cell(words.cancelled));
    }
    ok((await one.sh(line(dialect.cancel, dialect, 1))).code !== 0);
  });

  Deno.test(`${system} lets the command line win over the directives`, async () => {
    await using one = opened({ FAKE_SLOTS: "0" });
    const prefix = { pbs: "PBS", torque: "PBS", lsf: "BSUB", jh: "JSUB" };
    const word = prefix[system as keyof typeof prefix] ?? "PJM";
    one.write("named.sh", `#!/bin/sh\n#${word} ${dialect.option} inside\n:\n`);
    const lt = dialect.submit.endsWith("<") ? "<" : "";
    const command = dialect.submit.split(" ")[0];
    await one.sh(`${command} ${lt} named.sh`);
    await one.sh(`${command} ${dialect.option} outside ${lt} named.sh`);
    const listing = dialect.list.replace("{}", "");
    match((await one.sh(listing)).out, /1.* inside .*\n.*2.* outside /);
  });

  Deno.test(`${system} refuses an unknown option and an unknown queue`, async () => {
    await using one = opened();
    const [command, lt = ""] = dialect.submit.split(" ");
    const bad = await one.sh(`${command} -? ${lt} wait.sh`);
    strictEqual(bad.code, dialect.noOption[0]);
    match(bad.err, dialect.noOption[1]);
    const gap = dialect.queueOption.endsWith("=") ? "" : " ";
    const queue = await one.sh(
      `${command} ${dialect.queueOption}${gap}nosuch ${lt} wait.sh`,
    );
    strictEqual(queue.code, dialect.noQueue[0]);
    match(queue.err, dialect.noQueue[1]);
    strictEqual(bad.out + queue.out, "");
  });

  Deno.test(`${system} forgets an ended job after FAKE_KEEP, or at once`, async () => {
    await using one = opened();
    await one.sh(`${dialect.submit} quick.sh`);
    const last = line(dialect.listEnded, dialect);
    await one.until(last, cell(dialect.words.done));
    for (const env of [{ FAKE_KEEP: "0" }, { FAKE_VANISH: "1" }]) {
      const { out, err } = await one.sh(last, env);
      match(out + err, dialect.absent);
    }
  });

  Deno.test(`${system} does what sites do when it is told to`, async () => {
    await using one = opened();
    const dressed = await one.sh(`${dialect.submit} wait.sh`, {
      FAKE_BANNER: "1",
      FAKE_WRAPPER: "1",
    });
    ok(dressed.out.includes(`*\n${dialect.accepted(1)}[submit wrapper]`));
    const list = line(dialect.list, dialect);
    await one.until(list, cell(dialect.words.running));
    const slow = { FAKE_TIMEOUTS: "2" };
    for (const expected of [dialect.unreachable[0], dialect.unreachable[0]]) {
      const { code, err } = await one.sh(list, slow);
      strictEqual(code, expected);
      match(err, dialect.unreachable[1]);
    }
    strictEqual((await one.sh(list, slow)).code, 0);
    match((await one.sh(list, { FAKE_WORD: "Z" })).out, cell("Z"));
    match(
      (await one.sh(list, { FAKE_WORD: "Z" })).out,
      cell(dialect.words.running),
    );
  });

  Deno.test(`${system} refuses submits while it is told to, and loses an answer`, async () => {
    await using one = opened({
      FAKE_REFUSE: "too many jobs of yours",
      FAKE_LOSE: "1",
      FAKE_SLOTS: "0",
    });
    Deno.writeTextFileSync(`${one.queue}/refuse`, "");
    const refused = await one.sh(`${dialect.submit} wait.sh`);
    strictEqual(refused.err, "too many jobs of yours\n");
    ok(refused.code !== 0);
    Deno.removeSync(`${one.queue}/refuse`);
    const lost = await one.sh(`${dialect.submit} wait.sh`);
    strictEqual(`${lost.code}${lost.out}${lost.err}`, "1");
    match(
      (await one.sh(line(dialect.list, dialect))).out,
      cell(dialect.words.queued),
    );
    const heard = await one.sh(`${dialect.submit} wait.sh`);
    strictEqual(heard.out, dialect.accepted(2));
    const calls = Deno.readTextFileSync(`${one.queue}/calls`).trim();
    strictEqual(calls.split("\n").length, 4);
  });
}

Deno.test("a call with a newline in it is one line of `calls`", async () => {
  await using one = fake("pbs");
  await one.sh(`qstat "a\nb"`);
  strictEqual(Deno.readTextFileSync(`${one.queue}/calls`), "qstat 'a\\nb'\n");
});

Deno.test("a fake without FAKE_QUEUE_DIR says so", async () => {
  await using one = fake("lsf");
  const { code, err } = await one.sh("bjobs", { FAKE_QUEUE_DIR: "" });
  strictEqual(code, 1);
  match(err, /FAKE_QUEUE_DIR/);
});
