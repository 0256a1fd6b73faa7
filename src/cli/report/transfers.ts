/** What is on its way, as a person wants to see it. */
import type { Transfer, Transfers } from "../../backends/backend.ts";
import { showBytes } from "./quantity.ts";

/** What is over this soon needs no words (ms). */
const WORTH_TELLING = 500;

/** `, 45.0 MB of 1.2 GB sent, 3.2 MB/s`; "" where nothing that takes its time is on its way. `now`: ms since 1970. */
export function showTransfers({ up, down }: Transfers, now: number): string {
  return showOne(up, "sent", now) + showOne(down, "fetched", now);
}

function showOne(
  transfer: Transfer | null,
  done: string,
  now: number,
): string {
  if (transfer === null) return "";
  const { bytes, total, since } = transfer;
  const took = now - since;
  if (took < WORTH_TELLING) return "";
  // The archive has more in it than the files.
  const part = total === null
    ? showBytes(bytes)
    : `${showBytes(Math.min(bytes, total))} of ${showBytes(total)}`;
  return `, ${part} ${done}, ${showBytes(Math.round(1000 * bytes / took))}/s`;
}
