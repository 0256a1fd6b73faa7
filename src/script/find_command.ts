import type { ShellText } from "./shell_text.ts";

/** `find_command NAME`: prints the path of a command, or nothing. A site's own command may be in a function of the program's name. */
export const FIND_COMMAND: ShellText =
  `find_command() { (unset -f "$1" 2>/dev/null; command -v "$1" 2>/dev/null); }
`;
