/** What an exit code means. */

/** Numbers of man 7 signal that are the same on Linux (x86, ARM) and macOS. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "hung up",
  2: "interrupted",
  3: "quit",
  4: "illegal instruction",
  5: "trace trap",
  6: "aborted",
  8: "arithmetic error",
  9: "killed",
  11: "segmentation fault",
  13: "broken pipe",
  14: "alarm",
  15: "terminated",
  24: "CPU time limit",
  25: "file size limit",
};

/** POSIX sh, 2.8.2; 124 is the exit code of `timeout` (coreutils). */
const CODES: Readonly<Record<number, string>> = {
  124: "timed out",
  126: "found, but not executable",
  127: "command not found",
};

/** `exit 1`, `exit 127: command not found`, `exit 137: killed (signal 9)`. */
export function describeExitCode(code: number): string {
  const signal = code > 128 && code <= 128 + 64 ? code - 128 : 0;
  const meaning = signal > 0
    ? `${SIGNALS[signal] ?? "ended"} (signal ${signal})`
    : CODES[code];
  return meaning === undefined ? `exit ${code}` : `exit ${code}: ${meaning}`;
}
