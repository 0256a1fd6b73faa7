/** Helpers for the header lines of job scripts. */

/** `26:03:04`; hours are not bounded. */
export function clockTime(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return [Math.floor(minutes / 60), minutes % 60, seconds % 60]
    .map((part) => String(part).padStart(2, "0")).join(":");
}

/** `26:04`, rounded up to whole minutes. */
export function hoursAndMinutes(seconds: number): string {
  return clockTime(60 * Math.ceil(seconds / 60)).slice(0, -3);
}

/** A line that the user may have written with the prefix or without it. */
export function wholeLine(prefix: string, line: string): string {
  return line.trimStart().startsWith("#") ? line : `${prefix} ${line}`;
}

/** `line` of the value, or no line where it is not set. */
export function lineIf<T>(
  value: T | null | "" | false,
  line: (value: T) => string,
): readonly string[] {
  return value === null || value === "" || value === false
    ? []
    : [line(value as T)];
}

/** Options of the submit command, unless the user's custom_flags set the same: on the command line they would have priority. */
export function unlessGiven(
  flags: readonly string[],
  given: RegExp,
  options: string,
): string {
  return flags.some((flag) => given.test(flag)) ? "" : `${options} `;
}
