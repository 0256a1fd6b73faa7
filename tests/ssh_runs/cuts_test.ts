/** A connection that breaks at every moment of a run. */
import { ok, strictEqual } from "node:assert/strict";
import type { Event } from "../../src/model/event.ts";
import { eventsOfType } from "../helpers/simulation/mod.ts";
import { waitUntil } from "../helpers/job_sandbox.ts";
import { sshTest } from "../helpers/sshd.ts";
import type { Counts } from "../helpers/network/tcp_proxy.ts";
import { type ProxiedWork, runWithFaults, sideBySide } from "./cuts.ts";
import { describeEvents } from "./play.ts";

sshTest(
  "A connection that is cut after any event of a run changes no result, is reported once, and costs one more login",
  async (testbed) => {
    const { events } = await runWithFaults(testbed, () => {});
    const unfelt: number[] = [];
    await sideBySide(events.keys(), async (k) => {
      const run = await runWithFaults(testbed, ({ proxy }, _, n) => {
        if (n === k) proxy.cut();
      });
      ok(
        run.logins <= 2,
        `${run.logins} logins: ${describeEvents(run.events)}`,
      );
      ok(
        eventsOfType(run.events, "warning").length <= 1,
        describeEvents(run.events),
      );
      if (run.logins === 1) unfelt.push(k);
    });
    // Before it is connected, and when all is done.
    ok(unfelt.length < 8, `of ${events.length} cuts ${unfelt} were not felt`);
  },
);

/** Does something once, at the first event of that type. */
function atFirst(type: Event["type"], act: (proxied: ProxiedWork) => void) {
  const seen = { it: false };
  return (proxied: ProxiedWork, event: Event) => {
    if (seen.it || event.type !== type) return;
    seen.it = true;
    act(proxied);
  };
}

/** Each run uploads 3 MB and downloads 3 MB. */
const noise = 500_000;

const byteCuts: readonly (readonly [Event["type"], Partial<Counts>])[] = [
  ...[1, 3_000, 60_000, 1_000_000, 2_900_000]
    .map((up) => ["remoteInspected", { up }] as const),
  ...[1, 400, 2_000, 6_000].map((up) => ["jobCreated", { up }] as const),
  ...[1, 900, 20_000, 200_000, 1_000_000, 2_500_000]
    .map((down) => ["jobStarted", { down }] as const),
];

sshTest(
  "A connection that is cut in the middle of a stream, at whatever byte, changes no result",
  async (testbed) => {
    await sideBySide(byteCuts, async ([type, bytes]) => {
      const befall = atFirst(type, ({ proxy }) => proxy.cutAfter(bytes));
      const { events, logins } = await runWithFaults(testbed, befall, {
        noise,
      });
      strictEqual(
        logins,
        2,
        `${type} ${JSON.stringify(bytes)}: ${describeEvents(events)}`,
      );
    });
  },
);

sshTest(
  "A connection that stops responding during a run changes no result",
  async (testbed) => {
    const befall = atFirst("jobSubmitted", ({ proxy }) => {
      const before = proxy.connections;
      proxy.freeze(true);
      waitUntil(() => proxy.connections > before).then(() =>
        proxy.freeze(false)
      );
    });
    const { events, logins } = await runWithFaults(testbed, befall);
    strictEqual(logins, 2, describeEvents(events));
  },
);
