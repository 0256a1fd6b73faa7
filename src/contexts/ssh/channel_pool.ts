/** Channels of a connection, as many as the host allows (MaxSessions of sshd_config(5)). */
import { openChannel } from "./channel.ts";
import { restAfter } from "../../text/retry.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Client, ClientChannel } from "./ssh2.ts";

export interface Sessions {
  /** A channel for a script that is there. Where the host opens no more, one that is idle is taken or one at work waited for. */
  now(): Promise<ClientChannel>;
  /** A channel that is idle until it is claimed; rejects where the host opens no more. */
  ahead(): Promise<ClientChannel>;
  isIdle(channel: ClientChannel): boolean;
  claim(channel: ClientChannel): void;
  /** Closes it, if it is idle: else it may be another's by now. */
  dismiss(channel: ClientChannel): void;
}

/** Times (ms) after which a full host is asked again, whatever is heard of it; that often where no channel is open. */
const AGAIN = { restsMs: [20, 40, 80, 160, 320, 640, 2_000] };

export function sessionsOf(
  client: Client,
  { clock }: Pick<Environment, "clock">,
): Sessions {
  const channels = channelsOf(client);
  const { idle } = channels;
  return {
    async now() {
      for (let times = 0, alone = 0;; times++) {
        const [spare] = idle;
        if (spare && idle.delete(spare)) return spare;
        try {
          return await channels.begin();
        } catch (error) {
          alone = channels.anyOpen() ? 0 : alone + 1;
          const isHopeless = !isFull(error) || alone >= AGAIN.restsMs.length;
          if (isHopeless) throw error;
        }
        // It may have closed one, and not yet cleared up behind it.
        await channels.change((signal) =>
          clock.sleep(restAfter(AGAIN, times + 1), signal)
        );
      }
    },
    async ahead() {
      const channel = await channels.begin();
      idle.add(channel);
      channels.wakeOne();
      return channel;
    },
    isIdle: (channel) => idle.has(channel),
    claim: (channel) => void idle.delete(channel),
    dismiss: (channel) => void (idle.delete(channel) && channel.destroy()),
  };
}

/** The channels of a connection, and who waits for one. */
function channelsOf(client: Client) {
  const open = new Set<ClientChannel>();
  const idle = new Set<ClientChannel>();
  const asked = { count: 0 };
  const waiting = new Set<AbortController>();
  const wakeOne = () => waiting.values().next().value?.abort();
  client.once("close", () => {
    open.clear();
    idle.clear();
    waiting.forEach((each) => each.abort());
  });
  return {
    idle,
    wakeOne,
    anyOpen: () => open.size + asked.count > 0,
    async begin(): Promise<ClientChannel> {
      asked.count++;
      const channel = await openChannel(client).finally(() => asked.count--);
      open.add(channel);
      // Told at once, where "close" waits until all that was said is read.
      channel.once("exit", () => idle.delete(channel));
      channel.once("close", () => {
        open.delete(channel);
        idle.delete(channel);
        wakeOne();
      });
      return channel;
    },
    /** Waits for one that may be had, or as long as `most` does. */
    async change(most: (signal: AbortSignal) => Promise<void>): Promise<void> {
      const over = new AbortController();
      waiting.add(over);
      over.signal.addEventListener("abort", () => waiting.delete(over));
      await most(over.signal);
      over.abort();
    },
  };
}

/** As ssh2 says it of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, 5.1). */
function isFull(error: unknown): boolean {
  return error instanceof Error && "reason" in error;
}
