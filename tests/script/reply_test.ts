import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { readReply } from "../../src/script/reply.ts";
import { type Bytes, bytesOf, type ByteStream } from "../helpers/remote_dir.ts";

const encode = (text: string): Bytes => new TextEncoder().encode(text);

/** The text in pieces of these lengths, again and again. */
function pieces(text: string | Bytes, lengths: readonly number[]): ByteStream {
  const bytes = typeof text === "string" ? encode(text) : text;
  let at = 0;
  let turn = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const length = lengths[turn++ % lengths.length]!;
      controller.enqueue(bytes.slice(at, at + length));
      at += length;
    },
  });
}

async function read(text: string, lengths: readonly number[] = [7]) {
  const parts: string[] = [];
  for await (const part of readReply(pieces(text, lengths), "n")) {
    if ("section" in part) {
      parts.push(`${part.section.header.join(" ")}|${part.section.text}`);
    } else {
      const raw = await bytesOf(part.raw);
      parts.push(`raw|${new TextDecoder().decode(raw)}`);
    }
  }
  return parts;
}

const body = fc.array(
  fc.constantFrom(
    "a",
    "\n",
    "\n\n",
    "@@",
    "\n@@",
    "\n@@m x\n",
    "@@n ",
    " ",
    "é",
  ),
).map((parts) => parts.join("")).filter((text) =>
  !`\n${text}`.includes("\n@@n ")
);

Deno.test("Sections are the text between sentinels, however the stream is divided", async () => {
  const sections = fc.array(fc.record({
    words: fc.constantFrom("a", "b 1", "raw", "c x y"),
    body,
  }));
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(
      body,
      sections,
      lengths,
      async (before, parts, lengths) => {
        const text = parts.map(({ words, body }) => `\n@@n ${words}\n${body}`);
        deepStrictEqual(
          await read(before + text.join(""), lengths),
          parts.map(({ words, body }) => `${words}|${body}`),
        );
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("A sentinel on the very first line is recognised", async () => {
  deepStrictEqual(await read("@@n a\nx"), ["a|x"]);
});

Deno.test("A sentinel with another nonce is text", async () => {
  deepStrictEqual(await read("\n@@n a\n\n@@m b\nx"), ["a|\n@@m b\nx"]);
});

Deno.test("Bytes that are not UTF-8 are unchanged", async () => {
  const noise = new Uint8Array(300_000).map((_, i) => (i * i) >> 5);
  const all = new Uint8Array([
    ...encode("\n@@n raw\n"),
    ...noise,
    ...encode("\n@@n end\n"),
  ]);
  for await (const part of readReply(pieces(all, [65536]), "n")) {
    if ("raw" in part) deepStrictEqual(await bytesOf(part.raw), noise);
    else strictEqual(part.section.header[0], "end");
  }
});

Deno.test("A section is yielded as soon as the next begins", async () => {
  const { readable, writable } = new TransformStream<Bytes, Bytes>();
  const writer = writable.getWriter();
  const parts = readReply(readable, "n");
  const first = parts.next();
  writer.write(encode("\n@@n a\nx\n@@n b\n"));
  const { value } = await first;
  ok(value && "section" in value);
  strictEqual(value.section.text, "x");
  await parts.return(undefined);
  await writer.abort().catch(() => {});
});

Deno.test("A raw part that is cancelled ends the reply", async () => {
  const replies: string[] = [];
  for await (
    const part of readReply(
      pieces(`\n@@n raw\n${"x".repeat(99)}\n@@n end\n`, [5]),
      "n",
    )
  ) {
    replies.push("raw" in part ? "raw" : part.section.header[0]!);
    if ("raw" in part) await part.raw.cancel();
  }
  deepStrictEqual(replies, ["raw"]);
});

for (
  const [where, first, most, rest = "x"] of [
    ["A reply", "\n@@n a\n", { section: 10_000, before: 100, all: 1e9 }],
    ["A banner", "Welcome\n", { section: 100, before: 10_000, all: 1e9 }],
    // Each is short, and about a hundred bytes are counted for itself.
    [
      "A row of sections",
      "\n@@n a\n",
      { section: 100, before: 100, all: 1e4 },
      "\n@@n b\n",
    ],
  ] as const
) {
  Deno.test(`${where} without end is not read for ever`, async () => {
    let given = 0;
    const endless: ByteStream = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(
          encode(given === 0 ? first : rest.repeat(1000 / rest.length)),
        );
        given += 1000;
      },
    });
    const replies: string[] = [];
    for await (const part of readReply(endless, "n", most)) {
      if ("section" in part) replies.push(part.section.header[0]!);
    }
    deepStrictEqual(replies.at(-1), "too_long");
    ok(replies.length < 200 && given < 20_000, `${replies.length}, ${given}`);
  });
}
