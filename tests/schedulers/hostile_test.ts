/** Text that makes regular expressions backtrack. */
import { ok } from "node:assert/strict";
import { cpuUsage } from "node:process";
import { schedulers } from "../../src/schedulers/mod.ts";
import type { Reply, Scheduler } from "../../src/schedulers/scheduler.ts";

const MANY = 100_000;

/** The beginning of a pattern that never ends, many times, or followed by many blanks. */
const texts: readonly string[] = [
  ..."<job_list <job_info <job_info> |A| 1| 1_ 1\n 1|a| Job Job< Job<1>, = QUEUE:"
    .split(" "),
  ...["===== ", "jobnumber 1\n", "Job Id: 1\n", "\n\t", "1 A ", "1|A|B|"],
  ...[
    "    a = ",
    "qname \\\n",
    "Mon Nov 23 10:00:00: ",
    "gpu:",
    ",",
    "[",
    "\r",
  ],
  ...["\n", " ", "\t", "a", "9", "|", "<", "\u2028", "\ud800", "-"],
].flatMap((part) => [
  part.repeat(MANY),
  `1 a${part.repeat(MANY)}x`,
  `qname x\nQueue: x\nQUEUE: x\njobnumber 1${part.repeat(MANY)}x\n 1|2|3`,
]);

function readers(scheduler: Scheduler): readonly ((reply: Reply) => unknown)[] {
  const { queueLimits, array } = scheduler;
  return [
    (reply) => scheduler.parsePoll(reply),
    (reply) => scheduler.parseFound(reply),
    (reply) => scheduler.parseAccounting(reply),
    (reply) => queueLimits?.parseQueue(reply),
    (reply) => array?.mostElements(reply),
  ];
}

for (const scheduler of schedulers) {
  Deno.test(`Output of ${scheduler.name} is parsed in linear time, whatever it is`, () => {
    for (const text of texts) {
      for (const [i, read] of readers(scheduler).entries()) {
        const began = cpuUsage().user;
        for (const code of [0, 1]) read({ code, stdout: text, stderr: text });
        const took = (cpuUsage().user - began) / 1000;
        ok(
          took < 1_000,
          `${i}: ${JSON.stringify(text.slice(0, 50))}: ${took} ms`,
        );
      }
    }
  });
}
