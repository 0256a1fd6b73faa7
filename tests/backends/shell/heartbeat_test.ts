import { strictEqual } from "node:assert/strict";
import { withHeartbeat } from "../../../src/backends/shell/heartbeat.ts";
import { fakeClock } from "../../helpers/environment.ts";
import { openRemoteHost } from "../../helpers/remote_dir.ts";

Deno.test("A long operation writes heartbeats, a short one does not", async () => {
  await using host = openRemoteHost();
  const clock = fakeClock();
  const work = Promise.withResolvers<string>();
  const result = withHeartbeat({ ...host.remote, clock }, work.promise);
  await clock.advance(29_000);
  strictEqual(host.read("heartbeat"), "");
  await clock.advance(2_000);
  // The next is due 30 s after the answer to this one, which a real script gives.
  while (host.read("heartbeat").length < 2) await clock.advance(1_000);
  work.resolve("succeeded");
  strictEqual(await result, "succeeded");
  const beats = host.read("heartbeat");
  await clock.advance(100_000);
  strictEqual(host.read("heartbeat"), beats);
});
