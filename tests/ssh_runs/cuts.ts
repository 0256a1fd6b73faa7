/** What must hold after a run over a connection that breaks. */
import { deepStrictEqual } from "node:assert/strict";
import type { Event } from "../../src/model/event.ts";
import { outcomeOf } from "../helpers/simulation/mod.ts";
import type { SshTestbed } from "../helpers/sshd.ts";
import { type TcpProxy, tcpProxy } from "../helpers/network/tcp_proxy.ts";
import { describeEvents, type PlayOptions, runEvents } from "./play.ts";
import { sshWork, taskNames, type Work, type WorkOptions } from "./work.ts";

export interface ProxiedWork {
  readonly proxy: TcpProxy;
  readonly work: Work;
}

/** A work whose remote host is reached through a TCP proxy. */
export async function withProxy<T>(
  testbed: SshTestbed,
  body: (proxied: ProxiedWork) => Promise<T>,
  options: Partial<WorkOptions> = {},
): Promise<T> {
  const { host: hostname, port } = testbed.servers.keys;
  await using proxy = await tcpProxy({ to: { hostname, port } });
  await using work = await sshWork(testbed, { port: proxy.port, ...options });
  return await body({ proxy, work });
}

/** A whole run, during which something happens to the connection. Returns its events and the number of logins. */
export function runWithFaults(
  testbed: SshTestbed,
  onEvent: (proxied: ProxiedWork, event: Event, n: number) => void,
  workOptions: Partial<WorkOptions> = {},
  options: PlayOptions = {},
): Promise<{ readonly events: readonly Event[]; readonly logins: number }> {
  return withProxy(testbed, async (proxied) => {
    const on = (event: Event, n: number) => onEvent(proxied, event, n);
    const events = await runEvents(proxied.work, { ...options, on });
    checkSuccess(proxied.work, events);
    return { events, logins: proxied.proxy.connections };
  }, workOptions);
}

/** Each task ran exactly once, each result is complete, and no file is left. */
export function checkSuccess(work: Work, events: readonly Event[]): void {
  const tasks = taskNames(6);
  deepStrictEqual(
    {
      ending: outcomeOf(events),
      ran: work.ran(),
      broken: tasks.filter((_, n) => !work.isComplete(n)),
      left: work.left(),
    },
    { ending: "succeeded", ran: tasks, broken: [], left: [] },
    describeEvents(events),
  );
}

/** Several run at once, because they wait most of the time. */
export async function sideBySide<T>(
  items: Iterable<T>,
  body: (item: T) => Promise<void>,
  atOnce = 8,
): Promise<void> {
  const left = Iterator.from(items);
  const worker = async () => {
    for (
      let { done, value } = left.next();
      !done;
      { done, value } = left.next()
    ) {
      await body(value!);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
