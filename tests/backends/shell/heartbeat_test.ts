import { strictEqual } from "node:assert/strict";
import { withHeartbeat } from "../../../src/backends/shell/heartbeat.ts";
import { fakeClock } from "../../helpers/environment.ts";
import { farSide } from "../../helpers/remote_dir.ts";

Deno.test("The far side hears from a dpdisp that is at something long, and not of what is soon over", async () => {
  await using side = farSide();
  const clock = fakeClock();
  const work = Promise.withResolvers<string>();
  const result = withHeartbeat({ ...side.far, clock }, work.promise);
  await clock.advance(29_000);
  strictEqual(side.read("heartbeat"), "");
  await clock.advance(2_000);
  // The next is due 30 s after the answer to this one, which a real script gives.
  while (side.read("heartbeat").length < 2) await clock.advance(1_000);
  work.resolve("succeeded");
  strictEqual(await result, "succeeded");
  const beats = side.read("heartbeat");
  await clock.advance(100_000);
  strictEqual(side.read("heartbeat"), beats);
});
