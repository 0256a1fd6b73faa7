import { strictEqual } from "node:assert/strict";
import fc from "fast-check";
import * as v from "valibot";
import {
  duration,
  mebibytesOf,
  secondsOf,
  size,
} from "../../src/schema/quantities.ts";
import {
  clockTime,
  hoursAndMinutes,
} from "../../src/schedulers/shared/directives.ts";

const times: Readonly<Record<string, number | null>> = {
  "24:00:00": 86400,
  "2-00:00:00": 172800,
  "1-2:03:04": 93784,
  "100:00:00": 360000,
  "3600": 3600,
  "30:00": null,
  "1:60:00": null,
  "1:00:60": null,
  "1h": null,
  "-1:00:00": null,
  "": null,
};

for (const [text, seconds] of Object.entries(times)) {
  Deno.test(`a time of "${text}" is ${seconds ?? "none"}`, () => {
    strictEqual(secondsOf(text), seconds);
  });
}

const sizes: Readonly<Record<string, number | null>> = {
  "4GB": 4096,
  "4 GiB": 4096,
  "4g": 4096,
  "512MB": 512,
  "512": 512,
  "1.5G": 1536,
  "1T": 1048576,
  "1025k": 2,
  "4GBs": null,
  "GB": null,
  "-4GB": null,
  "": null,
};

for (const [text, mebibytes] of Object.entries(sizes)) {
  Deno.test(`a size of "${text}" is ${mebibytes ?? "none"} MiB`, () => {
    strictEqual(mebibytesOf(text), mebibytes);
  });
}

Deno.test("a time is read back as it is written to a batch system", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 10 ** 7 }), (seconds) => {
    strictEqual(secondsOf(clockTime(seconds)), seconds);
    const minutes = secondsOf(`${hoursAndMinutes(seconds)}:00`)!;
    strictEqual(minutes >= seconds && minutes < seconds + 60, true);
  }));
});

Deno.test("amounts are whole and above nothing", () => {
  for (const kind of [duration, size]) {
    for (const wrong of [0, "0", -1, 1.5, "x", true, null]) {
      strictEqual(v.is(kind.schema, wrong), false, String(wrong));
    }
    strictEqual(v.parse(kind.schema, 7), 7);
  }
});
