import { strictEqual } from "node:assert/strict";
import { showTransfers } from "../../../src/cli/progress/status_line.ts";

const none = { up: null, down: null };

Deno.test("A long transfer is shown with its bytes and its rate", () => {
  const up = { bytes: 3_000_000, total: 12_000_000, since: 1_000 };
  strictEqual(
    showTransfers({ ...none, up }, 3_000),
    ", 3.0 MB of 12.0 MB uploaded, 1.5 MB/s",
  );
  const down = { bytes: 500, total: null, since: 1_000 };
  strictEqual(
    showTransfers({ ...none, down }, 2_000),
    ", 500 bytes downloaded, 500 bytes/s",
  );
});

Deno.test("A short transfer is not shown", () => {
  strictEqual(showTransfers(none, 1_000), "");
  const up = { bytes: 10, total: 10, since: 1_000 };
  strictEqual(showTransfers({ ...none, up }, 1_400), "");
});

Deno.test("The archive's own bytes are not counted as bytes of files", () => {
  const up = { bytes: 1_500, total: 1_000, since: 0 };
  strictEqual(
    showTransfers({ ...none, up }, 1_000),
    ", 1.0 kB of 1.0 kB uploaded, 1.5 kB/s",
  );
});
