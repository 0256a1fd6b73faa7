/** Durations and sizes for people to read. */
import { count } from "./grammar.ts";

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const s = Math.round(tenths / 10);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  const min = Math.floor(s / 60);
  if (min < 24 * 60) return `${Math.floor(min / 60)} h ${min % 60} min`;
  return `${Math.floor(min / 1440)} d ${Math.floor(min / 60) % 24} h`;
}

const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"];

/** `1 byte`, `999 bytes`, `3.4 MB`: SI prefixes, powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return count(bytes, "byte");
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** power;
  // 999.96 kB would read as 1000.0 kB.
  return value >= 999.95 && power < UNITS.length - 1
    ? `1.0 ${UNITS[power + 1]}`
    : `${value.toFixed(1)} ${UNITS[power]}`;
}
