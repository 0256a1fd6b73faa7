/** Text that a POSIX shell is given. */

/** POSIX shell text. */
export type ShellText = string;
