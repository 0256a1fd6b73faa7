import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { callRemote } from "../../../src/backends/shell/call_remote.ts";
import type { Failure, Result } from "../../../src/text/result.ts";
import { saying } from "../../helpers/scripted_shell.ts";
import type { Shell } from "../../../src/contexts/shell.ts";
import type { ByteStream } from "../../helpers/remote_dir.ts";
import {
  type FakeClock,
  fakeClock,
  settled,
} from "../../helpers/environment.ts";

const ERRAND = { purpose: "try", body: "body" };

async function failureOf(answer: Promise<Result<unknown>>): Promise<Failure> {
  const result = await answer;
  ok(!result.ok);
  return result.error;
}

Deno.test("A reply that comes to its end is its sections", async () => {
  const answer = await callRemote(
    saying({ stdout: "\n@@n a 1\nx\n@@n end\n" }),
    ERRAND,
  );
  ok(answer.ok);
  deepStrictEqual(answer.value.map(({ header, text }) => [header, text]), [
    [["a", "1"], "x"],
    [["end"], ""],
  ]);
});

Deno.test("A reply that does not is a failure with the far side's words, and may pass", async () => {
  const cut = saying({ stdout: "\n@@n a\nx", stderr: "no memory\n", code: 2 });
  deepStrictEqual(await failureOf(callRemote(cut, ERRAND)), {
    kind: "connection",
    summary: "Cannot try",
    detail: "no memory",
    isRetryable: true,
  });
  const mute = await failureOf(
    callRemote(saying({ stdout: "", code: 137 }), ERRAND),
  );
  ok(mute.detail.includes("137"), mute.detail);
});

Deno.test("A line that broke is told as such, though the reply seems whole", async () => {
  const lost = saying({ stdout: "\n@@n end\n", lost: true });
  strictEqual((await failureOf(callRemote(lost, ERRAND))).detail, "cut");
});

Deno.test("What the script itself says of its failure is told", async () => {
  const said = (words: string) =>
    saying({ stdout: `\n@@n ${words}\n\n@@n end\n`, stderr: "disk full\n" });
  const failed = await failureOf(callRemote(said("failed"), ERRAND));
  deepStrictEqual([failed.kind, failed.detail, failed.isRetryable], [
    "transfer",
    "disk full",
    false,
  ]);
  strictEqual(
    (await failureOf(callRemote(said("lease_taken"), ERRAND))).kind,
    "connection",
  );
  const otherRun = await failureOf(callRemote(said("other_run abc"), ERRAND));
  ok(otherRun.detail.includes("abc"));
});

Deno.test("Data that cannot be read here is the cause, whatever the far side made of it", async () => {
  const broken = (): ByteStream =>
    new ReadableStream({
      pull: (controller) => controller.error(new Error("no such file: /b/in")),
    });
  for (const word of ["end", "failed"]) {
    const far = saying({
      stdout: `\n@@n ${word}\n\n@@n end\n`,
      stderr: "tar: EOF",
    });
    const failure = await failureOf(
      callRemote(far, { ...ERRAND, stdin: broken() }),
    );
    deepStrictEqual(failure, {
      kind: "transfer",
      summary: "Cannot try",
      detail: "no such file: /b/in",
      isRetryable: false,
    });
  }
});

Deno.test("Of a flood on stderr the end is told", async () => {
  const stderr = "noise\n".repeat(100_000) + "the reason";
  const failure = await failureOf(
    callRemote(saying({ stdout: "", stderr }), ERRAND),
  );
  ok(failure.detail.length <= 4000 && failure.detail.endsWith("the reason"));
});

/** A far side that says so much, and then goes on as `more` does, for ever. */
function stalling(
  first: string,
  more: { readonly stdout?: string; readonly stderr?: string } = {},
) {
  const clock = fakeClock();
  const left = { isLeft: false };
  const endless = (first: string, more = ""): ByteStream => {
    const given = { first: false };
    return new ReadableStream({
      async pull(controller) {
        if (given.first) await clock.sleep(10_000);
        if (given.first && more === "") return new Promise(() => {});
        const text = given.first ? more : first;
        given.first = true;
        if (text !== "") controller.enqueue(new TextEncoder().encode(text));
      },
    }, { highWaterMark: 0 });
  };
  const shell: Shell = {
    local: false,
    open(_script, io) {
      io?.signal?.addEventListener("abort", () => left.isLeft = true);
      return Promise.resolve({
        ok: true,
        value: {
          stdout: endless(first, more.stdout),
          stderr: endless("last words", more.stderr),
          exit: new Promise(() => {}),
        },
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { far: { ...saying({ stdout: "" }), shell, clock }, clock, left };
}

/** How an answer stands after so many seconds. */
async function after(
  seconds: number,
  clock: FakeClock,
  answer: Promise<Result<unknown>>,
): Promise<Result<unknown> | "open"> {
  for (let s = 0; s < seconds; s += 10) await clock.advance(10_000);
  return await Promise.race([answer, settled().then(() => "open" as const)]);
}

Deno.test("Silence has a limit, and what was waited for and last said is told", async () => {
  for (const first of ["", "\n@@n a\nhalf"]) {
    const { far, clock, left } = stalling(first);
    const answer = callRemote(far, ERRAND);
    strictEqual(await after(110, clock, answer), "open");
    const end = await after(60, clock, answer);
    ok(end !== "open" && !end.ok);
    const { kind, summary, detail, isRetryable } = end.error as Failure;
    deepStrictEqual([kind, summary, isRetryable], [
      "connection",
      "Cannot try",
      true,
    ]);
    strictEqual(
      detail,
      "no output of the script for 120 s; its last output: last words",
    );
    ok(left.isLeft);
  }
});

Deno.test("Words on stderr without end are no progress", async () => {
  const { far, clock } = stalling("\n@@n a\n", { stderr: "x".repeat(10_000) });
  const end = await after(200, clock, callRemote(far, ERRAND));
  ok(end !== "open" && !end.ok);
});

Deno.test("Whoever says a word now and then is listened to", async () => {
  const { far, clock } = stalling("\n@@n a\n", { stdout: "." });
  strictEqual(await after(1_000, clock, callRemote(far, ERRAND)), "open");
});

Deno.test("A script that came to its end is believed, though something of it stays behind", async () => {
  const { far, clock } = stalling("\n@@n a\nx\n@@n end\n");
  const end = await after(200, clock, callRemote(far, ERRAND));
  ok(end !== "open" && end.ok);
});

Deno.test("What goes there is progress too", async () => {
  const { far, clock } = stalling("");
  const stdin: ByteStream = new ReadableStream({
    async pull(controller) {
      await clock.sleep(10_000);
      controller.enqueue(new Uint8Array(1));
    },
  }, { highWaterMark: 0 });
  const shell: Shell = {
    ...far.shell,
    open(script, io) {
      void new Response(io!.stdin).arrayBuffer().catch(() => {});
      return far.shell.open(script, io);
    },
  };
  const answer = callRemote({ ...far, shell }, { ...ERRAND, stdin });
  strictEqual(await after(1_000, clock, answer), "open");
});

Deno.test("An archive where none was asked for, and a section by a word of the language, are no answers", async () => {
  const raw = saying({ stdout: "\n@@n raw\nxxx\n@@n end\n" });
  const { kind, detail } = await failureOf(callRemote(raw, ERRAND));
  strictEqual(kind, "connection");
  ok(detail.startsWith("the reply cannot be understood"), detail);
  for (const word of ["__proto__", "constructor"]) {
    ok(
      (await callRemote(
        saying({ stdout: `\n@@n ${word}\n\n@@n end\n` }),
        ERRAND,
      )).ok,
    );
  }
});
