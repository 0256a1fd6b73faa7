/** One connection through a proxy: a client's socket and a server's, joined both ways. */
import type { Socket } from "node:net";
import { delayLine } from "./delay_line.ts";

/** From client to server, and back. */
export type Side = "up" | "down";

export interface Pair {
  /** Resets both sides; what is on its way is lost. */
  cut(): void;
  /** Looks again whether something may come out. */
  look(): void;
  /** How long the longest chain of questions and answers is. */
  trips(): number;
  /** When both sides have closed. */
  readonly closed: Promise<unknown>;
}

export interface PairOptions {
  readonly delay_ms: number;
  isOpen(): boolean;
  /** How many of these bytes may come out. */
  pass(side: Side, bytes: number): number;
}

export function tcpPair(
  client: Socket,
  server: Socket,
  { delay_ms, isOpen, pass }: PairOptions,
): Pair {
  // The chain's length at what each end has heard, and at the latest that was said.
  const heard = { up: 0, down: 0 };
  const said = { trips: 0 };
  const line = (side: Side, from: Socket, to: Socket, onIn: () => number) =>
    delayLine({
      from,
      to,
      delay_ms,
      isOpen,
      onIn,
      onOut(bytes, mark) {
        heard[side] = Math.max(heard[side], mark);
        return pass(side, bytes);
      },
    });
  const lines = [
    line("up", client, server, () => said.trips = heard.down + 1),
    line("down", server, client, () => heard.up),
  ];
  const sockets = [client, server];
  const closed = Promise.all(sockets.map(closeOf));
  closed.then(() => lines.forEach((line) => line.stop()));
  return {
    cut() {
      lines.forEach((line) => line.stop());
      sockets.forEach((socket) => socket.destroyed || socket.resetAndDestroy());
    },
    look: () => lines.forEach((line) => line.pump()),
    trips: () => said.trips,
    closed,
  };
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
