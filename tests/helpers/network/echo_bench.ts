/** A TCP proxy before a server that answers each byte with itself. */
import { deepStrictEqual } from "node:assert/strict";
import { type ProxyOptions, type TcpProxy, tcpProxy } from "./tcp_proxy.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Bench extends AsyncDisposable {
  readonly proxy: TcpProxy;
  /** What the servers' connections have received, in order of their coming. */
  readonly received: readonly { bytes: number; ended: "" | "end" | "reset" }[];
  connect(): Promise<Deno.TcpConn>;
}

/** A proxy before a server that answers each byte with itself, two together (`pairs`), or never reads. */
export async function bench(
  { server = "echo", ...options }:
    & { readonly server?: "echo" | "pairs" | "deaf" }
    & Omit<ProxyOptions, "to"> = {},
): Promise<Bench> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const received: Bench["received"][number][] = [];
  const open = new Set<Deno.Conn>();
  const serving = (async () => {
    for await (const conn of listener) {
      conn.setNoDelay(true);
      open.add(conn);
      const counts: Bench["received"][number] = { bytes: 0, ended: "" };
      received.push(counts);
      if (server !== "deaf") {
        const together = server === "pairs" ? 2 : 1;
        echo(conn, counts, together).finally(() => open.delete(conn));
      }
    }
  })();
  const proxy = await tcpProxy({
    to: listener.addr as Deno.NetAddr,
    ...options,
  });
  const clients: Deno.TcpConn[] = [];
  return {
    proxy,
    received,
    async connect() {
      const conn = await Deno.connect({ port: proxy.port });
      conn.setNoDelay(true);
      clients.push(conn);
      return conn;
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      clients.forEach(close);
      open.forEach(close);
      listener.close();
      await serving;
    },
  };
}

async function echo(
  conn: Deno.Conn,
  counts: Bench["received"][number],
  together: number,
) {
  const buffer = new Uint8Array(65_536);
  const held = { from: 0 };
  try {
    for (;;) {
      const count = await conn.read(buffer.subarray(held.from));
      if (count === null) break;
      counts.bytes += count;
      held.from += count;
      if (held.from < together) continue;
      await write(conn, buffer.subarray(0, held.from));
      held.from = 0;
    }
    counts.ended = "end";
  } catch {
    counts.ended = "reset";
  }
  close(conn);
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}

export async function write(conn: Deno.Conn, bytes: Bytes): Promise<void> {
  const count = await conn.write(bytes);
  if (count < bytes.length) await write(conn, bytes.subarray(count));
}

export async function read(conn: Deno.Conn, wanted: number): Promise<Bytes> {
  const all = new Uint8Array(wanted);
  for (let at = 0; at < wanted;) {
    const count = await conn.read(all.subarray(at));
    if (count === null) return all.slice(0, at);
    at += count;
  }
  return all;
}

/** Asks one byte and hears it. */
export async function ping(conn: Deno.Conn): Promise<void> {
  await write(conn, new Uint8Array([7]));
  deepStrictEqual(await read(conn, 1), new Uint8Array([7]));
}
