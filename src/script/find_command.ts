import type { ShellText } from "./shell_text.ts";

/** `where NAME`: prints what a command is, or nothing. A site's own command may stand in a function of the program's name. */
export const WHERE: ShellText =
  `where() { (unset -f "$1" 2>/dev/null; command -v "$1" 2>/dev/null); }
`;
