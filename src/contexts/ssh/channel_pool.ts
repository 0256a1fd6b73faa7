/** Channels of a connection, as many as the host allows (MaxSessions of sshd_config(5)). */
import { openChannel } from "./channel.ts";
import { restAfter } from "../../text/retry.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Client, ClientChannel } from "./ssh2.ts";

export interface ChannelPool {
  /** A channel for a script. Where the host opens no more, takes an idle one or waits until one is closed. */
  acquire(): Promise<ClientChannel>;
  /** Opens a channel that is idle until it is claimed; rejects where the host opens no more. */
  openAhead(): Promise<ClientChannel>;
  isIdle(channel: ClientChannel): boolean;
  claim(channel: ClientChannel): void;
  /** Closes the channel if it is idle: otherwise another script may be using it. */
  closeIdle(channel: ClientChannel): void;
}

/** The pauses between attempts on a host that opens no more channels. Where no channel is open, it gives up after all of them. */
const RETRY = { restsMs: [20, 40, 80, 160, 320, 640, 2_000] };

export function channelPool(
  client: Client,
  { clock }: Pick<Environment, "clock">,
): ChannelPool {
  const channels = trackChannels(client, { clock });
  const { idle } = channels;
  return {
    async acquire() {
      for (let attempts = 0, withoutOpen = 0;; attempts++) {
        const [channel] = idle;
        if (channel && idle.delete(channel)) return channel;
        try {
          return await channels.open();
        } catch (error) {
          withoutOpen = channels.isAnyOpen() ? 0 : withoutOpen + 1;
          const isFinal = !isFull(error) ||
            withoutOpen >= RETRY.restsMs.length;
          if (isFinal) throw error;
        }
        // The host may need a moment after a channel was closed before it opens another.
        await channels.waitForChange((signal) =>
          clock.sleep(restAfter(RETRY, attempts + 1), signal)
        );
      }
    },
    async openAhead() {
      const channel = await channels.open();
      idle.add(channel);
      channels.wakeOne();
      return channel;
    },
    isIdle: (channel) => idle.has(channel),
    claim: (channel) => void idle.delete(channel),
    closeIdle: (channel) => void (idle.delete(channel) && channel.destroy()),
  };
}

/** The channels of a connection, and the callers that wait for one. */
function trackChannels(
  client: Client,
  environment: Pick<Environment, "clock">,
) {
  const opened = new Set<ClientChannel>();
  const idle = new Set<ClientChannel>();
  const opening = { count: 0 };
  const waiting = new Set<AbortController>();
  const wakeOne = () => waiting.values().next().value?.abort();
  client.once("close", () => {
    opened.clear();
    idle.clear();
    waiting.forEach((each) => each.abort());
  });
  return {
    idle,
    wakeOne,
    isAnyOpen: () => opened.size + opening.count > 0,
    async open(): Promise<ClientChannel> {
      opening.count++;
      const channel = await openChannel(client, environment)
        .finally(() => opening.count--);
      opened.add(channel);
      // "exit" comes at once, where "close" waits until all output is read.
      channel.once("exit", () => idle.delete(channel));
      channel.once("close", () => {
        opened.delete(channel);
        idle.delete(channel);
        wakeOne();
      });
      return channel;
    },
    /** Waits until a channel may be available, at most as long as `pause` does. */
    async waitForChange(
      pause: (signal: AbortSignal) => Promise<void>,
    ): Promise<void> {
      const change = new AbortController();
      waiting.add(change);
      change.signal.addEventListener("abort", () => waiting.delete(change));
      await pause(change.signal);
      change.abort();
    },
  };
}

/** The error of ssh2 for SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, 5.1). */
function isFull(error: unknown): boolean {
  return error instanceof Error && "reason" in error;
}
