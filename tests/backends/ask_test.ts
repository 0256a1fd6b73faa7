import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { ask } from "../../src/backends/ask.ts";
import type { Failure, Result } from "../../src/result.ts";
import { saying } from "../helpers/scripted_shell.ts";
import type { ByteStream } from "../helpers/far_side.ts";

const ERRAND = { purpose: "try", body: "body" };

async function failureOf(answer: Promise<Result<unknown>>): Promise<Failure> {
  const result = await answer;
  ok(!result.ok);
  return result.error;
}

Deno.test("A reply that comes to its end is its sections", async () => {
  const answer = await ask(
    saying({ stdout: "\n@@n a 1\nx\n@@n end\n" }),
    ERRAND,
  );
  ok(answer.ok);
  deepStrictEqual(answer.value.map(({ words, text }) => [words, text]), [
    [["a", "1"], "x"],
    [["end"], ""],
  ]);
});

Deno.test("A reply that does not is a failure with the far side's words, and may pass", async () => {
  const cut = saying({ stdout: "\n@@n a\nx", stderr: "no memory\n", code: 2 });
  deepStrictEqual(await failureOf(ask(cut, ERRAND)), {
    kind: "connection",
    tried: "Cannot try",
    saw: "no memory",
    again: true,
  });
  const mute = await failureOf(ask(saying({ stdout: "", code: 137 }), ERRAND));
  ok(mute.saw.includes("137"), mute.saw);
});

Deno.test("A line that broke is told as such, though the reply seems whole", async () => {
  const lost = saying({ stdout: "\n@@n end\n", lost: true });
  strictEqual((await failureOf(ask(lost, ERRAND))).saw, "cut");
});

Deno.test("What the script itself says of its failure is told", async () => {
  const said = (words: string) =>
    saying({ stdout: `\n@@n ${words}\n\n@@n end\n`, stderr: "disk full\n" });
  const failed = await failureOf(ask(said("failed"), ERRAND));
  deepStrictEqual([failed.kind, failed.saw, failed.again], [
    "transfer",
    "disk full",
    false,
  ]);
  strictEqual((await failureOf(ask(said("held"), ERRAND))).kind, "connection");
  const foreign = await failureOf(ask(said("foreign abc"), ERRAND));
  ok(foreign.saw.includes("abc"));
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
    const failure = await failureOf(ask(far, { ...ERRAND, stdin: broken() }));
    deepStrictEqual(failure, {
      kind: "transfer",
      tried: "Cannot try",
      saw: "no such file: /b/in",
      again: false,
    });
  }
});

Deno.test("Of a flood on stderr the end is told", async () => {
  const stderr = "noise\n".repeat(100_000) + "the reason";
  const failure = await failureOf(ask(saying({ stdout: "", stderr }), ERRAND));
  ok(failure.saw.length <= 4000 && failure.saw.endsWith("the reason"));
});
