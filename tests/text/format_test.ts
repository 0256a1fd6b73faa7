import { strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { describeExitCode } from "../../src/cli/wording/exits.ts";
import { formatBytes, formatDuration } from "../../src/text/format.ts";

Deno.test("durations read as people write them, without 60 s or 60 min", () => {
  const seen = [
    0,
    940,
    9_949,
    9_960,
    59_400,
    59_960,
    60_000,
    3_599_400,
    3_600_000,
    90_000_000,
  ].map(formatDuration);
  const expected = [
    "0.0 s",
    "0.9 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 0 s",
    "1 min 0 s",
    "59 min 59 s",
    "1 h 0 min",
    "1 d 1 h",
  ];
  seen.forEach((text, at) => strictEqual(text, expected[at]));
});

Deno.test("bytes have at most three digits before the point", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (bytes) => {
    const [, digits] = /^(\d+)(?:\.\d)? (?:bytes?|[kMGTP]B)$/.exec(
      formatBytes(bytes),
    )!;
    return digits!.length <= 3;
  }));
  strictEqual(formatBytes(1), "1 byte");
  strictEqual(formatBytes(999_960), "1.0 MB");
});

Deno.test("exit codes are described as the shell defines them", () => {
  const expected: Record<number, string> = {
    1: "exit 1",
    124: "exit 124: timed out",
    127: "exit 127: command not found",
    128: "exit 128",
    139: "exit 139: segmentation fault (signal 11)",
    165: "exit 165: ended (signal 37)",
    255: "exit 255",
  };
  for (const [code, words] of Object.entries(expected)) {
    strictEqual(describeExitCode(Number(code)), words);
  }
});
