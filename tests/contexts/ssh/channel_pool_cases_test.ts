/** Which caller gets which channel of a connection, on a host with a limit. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { EventEmitter } from "node:events";
import { channelPool } from "../../../src/contexts/ssh/channel_pool.ts";
import type { Client, ClientChannel } from "../../../src/contexts/ssh/ssh2.ts";
import { fakeClock, nextTurn } from "../../helpers/environment.ts";

/** The error of ssh2 where a host opens no more channels. */
const FULL = Object.assign(new Error("open failed"), { reason: 1 });

function hostOf(most: number) {
  const open = new Set<ClientChannel>();
  const seen = { asked: 0, most };
  const client = Object.assign(new EventEmitter(), {
    exec(
      _command: string,
      then: (error: Error | undefined, channel: ClientChannel) => void,
    ) {
      seen.asked++;
      const channel = Object.assign(new EventEmitter(), {
        destroy() {
          open.delete(channel);
          channel.emit("close");
        },
      }) as unknown as ClientChannel;
      if (open.size >= seen.most) return then(FULL, channel);
      open.add(channel);
      then(undefined, channel);
    },
  }) as unknown as Client;
  const clock = fakeClock();
  return { open, seen, clock, channels: channelPool(client, { clock }) };
}

Deno.test("Where the host opens no more channels a script takes the idle one, for itself alone", async () => {
  const { open, channels } = hostOf(1);
  const spare = await channels.openAhead();
  strictEqual(channels.isIdle(spare), true);
  strictEqual(await channels.acquire(), spare);
  strictEqual(channels.isIdle(spare), false);
  channels.closeIdle(spare);
  strictEqual(open.has(spare), true);
});

Deno.test("closeIdle closes a channel that no script uses", async () => {
  const { open, channels } = hostOf(2);
  channels.closeIdle(await channels.openAhead());
  strictEqual(open.size, 0);
});

Deno.test("Waiting callers get closed channels in their order", async () => {
  const { seen, channels } = hostOf(1);
  const first = await channels.acquire();
  const got: string[] = [];
  const waiting = ["a", "b"].map(async (name) => {
    const channel = await channels.acquire();
    got.push(name);
    return channel;
  });
  await nextTurn();
  const questions = seen.asked;
  await nextTurn();
  // The host is not asked repeatedly meanwhile.
  strictEqual(seen.asked, questions);
  first.destroy();
  const next = await waiting[0]!;
  await nextTurn();
  strictEqual(seen.asked, questions + 1);
  next.destroy();
  await waiting[1];
  deepStrictEqual(got, ["a", "b"]);
});

Deno.test("A host that has a free channel without an event is asked again", async () => {
  const { seen, clock, channels } = hostOf(1);
  await channels.acquire();
  const second = channels.acquire();
  await nextTurn();
  seen.most = 2;
  await clock.advance(5_000);
  await second;
});

Deno.test("The pool gives up on a host that opens no channel although none is open", async () => {
  const { clock, channels } = hostOf(0);
  const none = rejects(channels.acquire(), FULL);
  await nextTurn();
  await clock.advance(10_000);
  await none;
  await rejects(channels.openAhead(), FULL);
});
