import { deepStrictEqual, ok } from "node:assert/strict";
import { parseAnswers, readAnswer } from "../../src/backends/answers.ts";
import { shell } from "../../src/schedulers/shell.ts";
import type { Scheduler } from "../../src/schedulers/scheduler.ts";

/** Takes any number for an id, so that a piece of one would be one too. */
const numbers: Scheduler = {
  ...shell,
  answer: ({ code, stdout }) => {
    const id = stdout.match(/\d+/)?.[0];
    if (id !== undefined) return { outcome: "accepted", id };
    return { outcome: code === 0 ? "unsure" : "refused" };
  },
};

const block = (job: string, code: number, stdout: string, stderr = "") =>
  `\n= ${job} ${code}\n${stdout}\n- ${job}\n${stderr}\n. ${job}\n`;

const TEXT = block("d1", 0, "1234") + block("d12", 1, "", "no more\n= d9 0") +
  block("d2", 0, "line\n5678\n- d3\nmore") + block("d1", 0, "91011");

const TRUE = [
  { job: "d1", outcome: "accepted", id: "1234" },
  { job: "d12", outcome: "refused", saw: "no more" },
  { job: "d2", outcome: "accepted", id: "5678" },
  { job: "d1", outcome: "accepted", id: "91011" },
];

Deno.test("Answers are read back as they were written", () => {
  const text = TEXT.replace("\n= d9 0", "");
  deepStrictEqual(parseAnswers(numbers, text), TRUE);
});

Deno.test("However the file is torn, no answer is invented", () => {
  for (let length = 0; length <= TEXT.length; length++) {
    for (const answer of parseAnswers(numbers, TEXT.slice(0, length))) {
      ok(
        TRUE.some((known) => JSON.stringify(known) === JSON.stringify(answer)),
        `${length}: ${JSON.stringify(answer)}`,
      );
    }
  }
});

Deno.test("A block that was torn takes no later block with it, not even of the same job", () => {
  const first = block("d1", 0, "1234");
  for (let length = 0; length < first.length - 5; length++) {
    const text = first.slice(0, length) + block("d2", 0, "5678") +
      block("d1", 0, "91011");
    deepStrictEqual(parseAnswers(numbers, text), [TRUE[2], TRUE[3]]);
  }
});

const told = (job: string, text: string) =>
  readAnswer(numbers, {
    words: ["told", job],
    text,
    bytes: new Uint8Array(),
  });

Deno.test("An answer without a word says at least how the command ended", () => {
  deepStrictEqual(told("d1", block("d1", 3, " ", "\n")), {
    job: "d1",
    outcome: "refused",
    saw: "exit code 3 and no word",
  });
});

Deno.test("Of a job whose answer cannot be read nobody knows whether it was accepted", () => {
  const garbled = block("d1", 0, "= banner 5\n1234");
  deepStrictEqual(told("d1", garbled).outcome, "unsure");
  deepStrictEqual(told("d1", block("d2", 0, "1234")).outcome, "unsure");
});

Deno.test("A submit command that was killed says nothing about what it did before", () => {
  deepStrictEqual(parseAnswers(shell, block("d1", 137, "")), [
    { job: "d1", outcome: "lost", saw: "exit code 137 and no word" },
  ]);
  deepStrictEqual(parseAnswers(shell, block("d1", 127, "", "no bash")), [
    { job: "d1", outcome: "refused", saw: "no bash" },
  ]);
});
