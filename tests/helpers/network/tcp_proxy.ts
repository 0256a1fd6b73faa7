/** Distance and bad lines, for tests and benchmarks: a TCP proxy in this process. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { type Pair, type Side, tcpPair } from "./tcp_pair.ts";

export type Counts = Readonly<Record<Side, number>>;

export interface TcpProxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Connections so far, those that have ended too. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
  /** What came out so far. */
  readonly bytes: Counts;
  /**
   * Round trips so far: the longest chain of "the client spoke after it had heard what the
   * server said after it had heard the client", summed over connections. What travels side
   * by side counts once; a stream counts one for each round trip of its time. TCP's own
   * handshake is not in it: the kernel answers it on this side of the distance.
   */
  trips(): number;
  /** Resets all connections now (the peers read ECONNRESET). New ones are taken. */
  cut(): void;
  /** Cuts once, when so many more bytes have come out on one side: these and no more. */
  cutAfter(bytes: Partial<Counts>): void;
  /** A silent drop: connections stay, and are taken, but nothing comes out. */
  freeze(frozen: boolean): void;
  /** New connections are refused (ECONNREFUSED); open ones stay. */
  refuse(refused: boolean): Promise<void>;
}

export interface ProxyOptions {
  readonly to: { readonly hostname: string; readonly port: number };
  /** On each way: a round trip takes twice that. */
  readonly delay_ms?: number;
}

const OPTIONS = { noDelay: true, allowHalfOpen: true };

export async function tcpProxy(
  { to, delay_ms = 0 }: ProxyOptions,
): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const past = { connections: 0, trips: 0, frozen: false };
  const cut = () => pairs.forEach((pair) => pair.cut());
  const gate = byteGate(cut);
  const isOpen = () => !past.frozen;
  const join = async (client: Socket) => {
    past.connections++;
    const server = connect({ host: to.hostname, port: to.port, ...OPTIONS });
    const pair = tcpPair(client, server, { delay_ms, isOpen, pass: gate.pass });
    pairs.add(pair);
    await pair.closed;
    pairs.delete(pair);
    past.trips += pair.trips();
  };
  const door = await openDoor(join);
  return {
    port: door.port,
    get connections() {
      return past.connections;
    },
    get open() {
      return pairs.size;
    },
    get bytes() {
      return { ...gate.passed };
    },
    trips: () => sum([past.trips, ...[...pairs].map((pair) => pair.trips())]),
    cut,
    cutAfter: gate.cutAfter,
    freeze(frozen) {
      past.frozen = frozen;
      pairs.forEach((pair) => pair.look());
    },
    refuse: (refused) => refused ? door.close() : door.open(),
    async [Symbol.asyncDispose]() {
      await door.close();
      cut();
      await Promise.all([...pairs].map(({ closed }) => closed));
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Counts what comes out, and cuts where it was told to. */
function byteGate(cut: () => void) {
  const passed = { up: 0, down: 0 };
  const left = { up: Infinity, down: Infinity };
  const state = { ending: false };
  const end = () => {
    cut();
    left.up = left.down = Infinity;
    state.ending = false;
  };
  return {
    passed,
    cutAfter: (bytes: Partial<Counts>) => void Object.assign(left, bytes),
    pass(side: Side, bytes: number): number {
      const allowed = Math.min(bytes, left[side]);
      passed[side] += allowed;
      left[side] -= allowed;
      if (left[side] === 0 && !state.ending) {
        state.ending = true;
        // Once these bytes are with the kernel.
        setTimeout(end, 0);
      }
      return allowed;
    },
  };
}

/** A listener that can be closed and opened again at the same port. */
async function openDoor(join: (client: Socket) => void) {
  const listen = async (port: number): Promise<Server> => {
    const server = createServer(OPTIONS, join);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  const first = await listenSomewhere(listen);
  const state: { server: Server | null } = { server: first.server };
  return {
    port: first.port,
    close() {
      state.server?.close();
      state.server = null;
      return Promise.resolve();
    },
    async open() {
      state.server ??= await listen(first.port);
    },
  };
}

/** Below the ports that the kernel hands out to clients, so that it is free to be opened again. */
async function listenSomewhere(listen: (port: number) => Promise<Server>) {
  const port = 10_000 + Math.floor(Math.random() * 4_000);
  try {
    return { port, server: await listen(port) };
  } catch (error) {
    if ((error as { code?: string }).code !== "EADDRINUSE") throw error;
    return await listenSomewhere(listen);
  }
}
