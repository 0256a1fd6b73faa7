import { deepStrictEqual, ok } from "node:assert/strict";
import { cpuUsage } from "node:process";
import {
  parseSubmitReplies,
  readSubmitReply,
} from "../../../src/backends/shell/submit_replies.ts";
import { sge } from "../../../src/schedulers/sge/mod.ts";
import { shell } from "../../../src/schedulers/shell.ts";
import type { Scheduler } from "../../../src/schedulers/scheduler.ts";
import type { SubmitReply } from "../../../src/model/backend_messages.ts";

/** Takes any number for an id, so that a piece of one would be one too. */
const numbers: Scheduler = {
  ...shell,
  parseSubmit: ({ code, stdout }) => {
    const id = stdout.match(/\d+/)?.[0];
    if (id !== undefined) return { outcome: "accepted", id };
    return { outcome: code === 0 ? "unconfirmed" : "rejected" };
  },
};

const block = (job: string, code: number, stdout: string, stderr = "") =>
  `\n= ${job} ${code}\n${stdout}\n- ${job}\n${stderr}\n. ${job}\n`;

const begun = (job: string) => `\n? ${job}\n`;

const TEXT = begun("d1") + block("d1", 0, "1234") + begun("d12") + begun("d2") +
  block("d12", 1, "", "no more\n= d9 0") +
  block("d2", 0, "line\n5678\n- d3\nmore");

const TRUE: readonly (readonly [string, SubmitReply | null])[] = [
  ["d1", { job: "d1", outcome: "accepted", id: "1234" }],
  ["d12", { job: "d12", outcome: "rejected", message: "no more" }],
  ["d2", { job: "d2", outcome: "accepted", id: "5678" }],
];

Deno.test("Replies are read as they were written", () => {
  const text = TEXT.replace("\n= d9 0", "");
  deepStrictEqual([...parseSubmitReplies(numbers, text)], TRUE);
});

Deno.test("However the file is cut, no reply is invented, and no attempt forgotten", () => {
  for (let length = 0; length <= TEXT.length; length++) {
    const text = TEXT.slice(0, length);
    const submitReplies = parseSubmitReplies(numbers, text);
    for (const [job, answer] of submitReplies) {
      const known = TRUE.find(([name]) => name === job)?.[1];
      if (answer !== null) deepStrictEqual(answer, known, `${length}`);
    }
    for (const [job] of TRUE) {
      if (text.includes(`? ${job}\n`)) {
        ok(submitReplies.has(job), `${length}: ${job}`);
      }
    }
  }
});

Deno.test("A block that was cut takes no later block with it, not even one of the same job", () => {
  const first = begun("d1") + block("d1", 0, "1234");
  const after = begun("d2") + block("d2", 0, "5678") + begun("d1") +
    block("d1", 0, "91011");
  for (let length = begun("d1").length; length < first.length - 5; length++) {
    deepStrictEqual(
      Object.fromEntries(
        parseSubmitReplies(numbers, first.slice(0, length) + after),
      ),
      { d1: { ...TRUE[0]![1], id: "91011" }, d2: TRUE[2]![1] },
    );
  }
});

Deno.test("The reply to an earlier attempt says nothing about the attempt without a reply", () => {
  const full = begun("d1") + block("d1", 1, "", "full");
  deepStrictEqual(
    parseSubmitReplies(numbers, full).get("d1")?.outcome,
    "rejected",
  );
  deepStrictEqual(
    parseSubmitReplies(numbers, full + begun("d1")).get("d1"),
    null,
  );
});

const told = (job: string, text: string) =>
  readSubmitReply(numbers, job, {
    header: ["submit_reply", job],
    text,
    bytes: new Uint8Array(),
  });

Deno.test("An empty reply still says how the command ended", () => {
  deepStrictEqual(told("d1", block("d1", 3, " ", "\n")), {
    job: "d1",
    outcome: "rejected",
    message: "exit code 3 and no output",
  });
});

Deno.test("A job whose reply cannot be read is unconfirmed", () => {
  const garbled = block("d1", 0, "= banner 5\n1234");
  deepStrictEqual(told("d1", garbled).outcome, "unconfirmed");
  deepStrictEqual(told("d1", block("d2", 0, "1234")).outcome, "unconfirmed");
});

Deno.test("A reply made to be parsed again and again is parsed once", () => {
  const began = cpuUsage().user;
  const blocks = "\n- d1\n".repeat(200_000);
  deepStrictEqual([...parseSubmitReplies(numbers, `= d1 0\n${blocks}`)], []);
  const wordy = "exceeds ".repeat(100_000);
  const { outcome } = parseSubmitReplies(sge, block("d1", 1, "", wordy)).get(
    "d1",
  )!;
  deepStrictEqual(outcome, "unconfirmed");
  ok(cpuUsage().user - began < 1e6);
});

Deno.test("A submit command that was killed says nothing about what it did before", () => {
  deepStrictEqual(parseSubmitReplies(shell, block("d1", 137, "")).get("d1"), {
    job: "d1",
    outcome: "unreachable",
    message: "exit code 137 and no output",
  });
  deepStrictEqual(
    parseSubmitReplies(shell, block("d1", 127, "", "no bash")).get("d1"),
    {
      job: "d1",
      outcome: "rejected",
      message: "no bash",
    },
  );
});
