/** What must hold after a run over a connection that breaks. */
import { deepStrictEqual } from "node:assert/strict";
import type { Event } from "../../src/model/event.ts";
import { endingOf } from "../helpers/simulation/mod.ts";
import type { SshBed } from "../helpers/sshd.ts";
import { type TcpProxy, tcpProxy } from "../helpers/network/tcp_proxy.ts";
import { type Play, play, story } from "./play.ts";
import { sshWork, upTo, type Wishes, type Work } from "./work.ts";

export interface Line {
  readonly proxy: TcpProxy;
  readonly work: Work;
}

/** A work whose remote host is reached through a TCP proxy. */
export async function onLine<T>(
  bed: SshBed,
  body: (line: Line) => Promise<T>,
  wishes: Partial<Wishes> = {},
): Promise<T> {
  const { host: hostname, port } = bed.servers.keys;
  await using proxy = await tcpProxy({ to: { hostname, port } });
  await using work = await sshWork(bed, { port: proxy.port, ...wishes });
  return await body({ proxy, work });
}

/** A whole run, during which something happens to the connection. Returns its events and the number of logins. */
export function troubled(
  bed: SshBed,
  befall: (line: Line, event: Event, n: number) => void,
  wishes: Partial<Wishes> = {},
  options: Play = {},
): Promise<{ readonly events: readonly Event[]; readonly logins: number }> {
  return onLine(bed, async (line) => {
    const on = (event: Event, n: number) => befall(line, event, n);
    const events = await play(line.work, { ...options, on });
    endedWell(line.work, events);
    return { events, logins: line.proxy.connections };
  }, wishes);
}

/** Each task ran exactly once, each result is complete, and no file is left. */
export function endedWell(work: Work, events: readonly Event[]): void {
  const tasks = upTo(6);
  deepStrictEqual(
    {
      ending: endingOf(events),
      ran: work.ran(),
      broken: tasks.filter((_, n) => !work.isWhole(n)),
      left: work.left(),
    },
    { ending: "succeeded", ran: tasks, broken: [], left: [] },
    story(events),
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
