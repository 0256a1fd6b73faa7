/** One direction of a connection: what goes in comes out a fixed time later, in order. */
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";

export interface Line {
  /** Looks again at what is due, after `isOpen` has changed. */
  pump(): void;
  /** Forgets what is on its way. */
  stop(): void;
}

export interface LineOptions {
  readonly from: Socket;
  readonly to: Socket;
  readonly delay_ms: number;
  /** While false nothing comes out. */
  isOpen(): boolean;
  /** A chunk went in; what is returned is told when it comes out. */
  onIn(): number;
  /** A chunk is about to come out: how many of its bytes may. */
  onOut(bytes: number, mark: number): number;
}

type Item =
  | { readonly kind: "bytes"; readonly bytes: Buffer; readonly mark: number }
  | { readonly kind: "end" | "reset" };

interface State {
  inFlight: number;
  /** The other side takes no more for now. */
  isBlocked: boolean;
  timer?: ReturnType<typeof setTimeout>;
}

/** In bytes; above it, reading waits. It lets 600 MB a second pass over 25 ms. */
const MOST_IN_FLIGHT = 16 * 2 ** 20;

export function delayLine(options: LineOptions): Line {
  const { from, to, delay_ms, isOpen } = options;
  const queue: { readonly due: number; readonly item: Item }[] = [];
  const state: State = { inFlight: 0, isBlocked: false };
  const enter = (item: Item) => {
    queue.push({ due: performance.now() + delay_ms, item });
    pump();
  };
  const pump = () => {
    clearTimeout(state.timer);
    while (isOpen() && !state.isBlocked && queue[0]) {
      const wait_ms = queue[0].due - performance.now();
      // Timers count whole milliseconds: rather look once more than be late.
      if (wait_ms > 0) {
        state.timer = setTimeout(pump, Math.floor(wait_ms));
        return;
      }
      leave(queue.shift()!.item);
    }
  };
  const leave = (item: Item) => {
    if (item.kind === "bytes") return pass(item.bytes, item.mark);
    if (to.destroyed) return;
    if (item.kind === "end") to.end();
    else to.resetAndDestroy();
  };
  const pass = (bytes: Buffer, mark: number) => {
    const allowed = options.onOut(bytes.length, mark);
    state.inFlight -= bytes.length;
    if (state.inFlight < MOST_IN_FLIGHT) from.resume();
    if (to.destroyed || allowed === 0) return;
    state.isBlocked = !to.write(bytes.subarray(0, allowed));
  };
  from.on("data", (bytes: Buffer) => {
    state.inFlight += bytes.length;
    if (state.inFlight >= MOST_IN_FLIGHT) from.pause();
    enter({ kind: "bytes", bytes, mark: options.onIn() });
  });
  from.on("end", () => enter({ kind: "end" }));
  from.on("error", () => enter({ kind: "reset" }));
  to.on("drain", () => {
    state.isBlocked = false;
    pump();
  });
  return {
    pump,
    stop() {
      clearTimeout(state.timer);
      queue.length = 0;
    },
  };
}
