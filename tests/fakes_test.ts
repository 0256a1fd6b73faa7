/** What all five fakes do alike; what only one does is tested in fakes/<system>_test.ts. */
import { match, ok, strictEqual } from "node:assert/strict";
import { type Dialect, dialects } from "./fakes/dialects.ts";
import { type Fake, fake, type System } from "./fakes/fake.ts";
import { testsWith } from "./helpers/tools.ts";

const test = testsWith("python3");

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

  test(`${system} runs a job under the id that it printed, and lists it to the end`, async () => {
    await using one = opened();
    const { out } = await one.sh(`${dialect.submit} quick.sh`);
    strictEqual(out, dialect.accepted(1));
    const last = line(dialect.listEnded, dialect);
    await one.until(last, cell(dialect.words.done));
    const startsAtHome = system === "pbs" || system === "torque";
    strictEqual(
      one.read(startsAtHome ? "../home/id" : "id"),
      `${dialect.id(1)}\n`,
    );
  });

  test(`${system} queues what exceeds its slots, and cancels queued and running jobs`, async () => {
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

  test(`${system} lets the command line win over the directives`, async () => {
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

  test(`${system} rejects an unknown option and an unknown queue`, async () => {
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

  test(`${system} removes an ended job after FAKE_KEEP, or at once`, async () => {
    await using one = opened();
    await one.sh(`${dialect.submit} quick.sh`);
    const last = line(dialect.listEnded, dialect);
    await one.until(last, cell(dialect.words.done));
    for (const env of [{ FAKE_KEEP: "0" }, { FAKE_VANISH: "1" }]) {
      const { out, err } = await one.sh(last, env);
      match(out + err, dialect.notFound);
    }
  });

  test(`${system} shows the quirks of real sites when they are switched on`, async () => {
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

  test(`${system} rejects submits when told to, and loses a reply`, async () => {
    await using one = opened({
      FAKE_REFUSE: "too many jobs of yours",
      FAKE_LOSE: "1",
      FAKE_SLOTS: "0",
    });
    one.write("../queue/refuse", "");
    const refused = await one.sh(`${dialect.submit} wait.sh`);
    strictEqual(refused.err, "too many jobs of yours\n");
    ok(refused.code !== 0);
    await Deno.remove(`${one.queue}/refuse`);
    const lost = await one.sh(`${dialect.submit} wait.sh`);
    strictEqual(`${lost.code}${lost.out}${lost.err}`, "1");
    match(
      (await one.sh(line(dialect.list, dialect))).out,
      cell(dialect.words.queued),
    );
    const reply = await one.sh(`${dialect.submit} wait.sh`);
    strictEqual(reply.out, dialect.accepted(2));
    strictEqual(one.read("../queue/calls").trim().split("\n").length, 4);
  });
}

test("a call with a newline in it is one line of `calls`", async () => {
  await using one = fake("pbs");
  await one.sh(`qstat "a\nb"`);
  strictEqual(one.read("../queue/calls"), "qstat 'a\\nb'\n");
});

test("a fake without FAKE_QUEUE_DIR reports that", async () => {
  await using one = fake("lsf");
  const { code, err } = await one.sh("bjobs", { FAKE_QUEUE_DIR: "" });
  strictEqual(code, 1);
  match(err, /FAKE_QUEUE_DIR/);
});
