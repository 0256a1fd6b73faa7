import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import {
  compress,
  decompress,
} from "../../../src/backends/files/compression.ts";
import { bytesOf, run, streamOf } from "../../helpers/remote_dir.ts";
import { toolTest } from "../../helpers/tools.ts";

const TEXT = new TextEncoder().encode("all alike\n".repeat(50_000));

for (const how of ["gzip", "zstd"] as const) {
  Deno.test(`Text that ${how} compressed is decompressed unchanged`, async () => {
    const small = await bytesOf(compress(streamOf(TEXT), how));
    ok(small.length < TEXT.length / 50, `${small.length} bytes`);
    deepStrictEqual(
      await bytesOf(decompress(streamOf(small), how, 1000)),
      TEXT,
    );
  });

  toolTest(
    how === "zstd" ? how : [],
    `The system's ${how} reads our output, and we read its output`,
    async () => {
      const small = await bytesOf(compress(streamOf(TEXT), how));
      const there = await run([how, "-d", "-c"], { stdin: small });
      deepStrictEqual(new TextEncoder().encode(there.stdout), TEXT);
      const file = await Deno.makeTempFile();
      await Deno.writeFile(file, TEXT);
      const { stdout } = await new Deno.Command(how, { args: ["-c", file] })
        .output();
      deepStrictEqual(
        await bytesOf(decompress(streamOf(stdout), how, 1000)),
        TEXT,
      );
    },
  );

  Deno.test(`Decompression that expands beyond all proportion (${how}) is stopped`, async () => {
    const small = await bytesOf(compress(streamOf(new Uint8Array(5e6)), how));
    await rejects(
      bytesOf(decompress(streamOf(small), how, 100, 1e6)),
      /100-fold/,
    );
    deepStrictEqual(
      (await bytesOf(decompress(streamOf(small), how, 100, 1e7))).length,
      5e6,
    );
  });
}

Deno.test("Gzip that is cut off or damaged breaks the stream", async () => {
  const small = await bytesOf(compress(streamOf(TEXT), "gzip"));
  for (const cut of [5, small.length >> 1, small.length - 1]) {
    await rejects(
      bytesOf(decompress(streamOf(small.slice(0, cut)), "gzip", 1000)),
    );
  }
  const damaged = small.slice();
  damaged[small.length >> 1]! ^= 0xff;
  await rejects(bytesOf(decompress(streamOf(damaged), "gzip", 1000)));
});

Deno.test("No more is read than is written, in both directions", async () => {
  const taken = { bytes: 0 };
  const noise = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        const bytes = crypto.getRandomValues(new Uint8Array(1 << 16));
        taken.bytes += bytes.length;
        controller.enqueue(bytes);
        if (taken.bytes > 5e7) controller.close();
      },
    });
  for (const how of ["gzip", "zstd"] as const) {
    for (
      const stream of [
        compress(noise(), how),
        decompress(compress(noise(), how), how, 1000),
      ]
    ) {
      taken.bytes = 0;
      const reader = stream.getReader();
      const read = { bytes: 0 };
      while (read.bytes < 5e6) {
        read.bytes += (await reader.read()).value!.length;
      }
      // Whoever takes in without end does so while the reader does nothing.
      await new Promise((resolve) => setTimeout(resolve, 50));
      ok(taken.bytes < 8e6, `${how}: ${taken.bytes} bytes`);
      await reader.cancel();
    }
  }
});
