/** What every remote script begins with: names, sentinels, the lease. POSIX sh. */
import { RUN_DIRECTORY } from "./remote_layout.ts";
import { type Guarded, ownership } from "./ownership.ts";
import { quote } from "./quote.ts";
import { sentinel } from "./reply.ts";
import type { ShellText } from "./shell_text.ts";

/** Where a submission stands on the far side, and who asks. */
export interface RemoteSite {
  /** As the user wrote it; `~` and `$HOME` at its beginning are expanded there. */
  readonly root: string;
  readonly key: string;
  /** This session's own random word. */
  readonly token: string;
  /** For the lease: host and process of this dpdisp. */
  readonly who: string;
  readonly guarded: Guarded;
  /** What this site calls in place of a scheduler's program: a shell command and its first arguments. */
  readonly commands: readonly {
    readonly program: string;
    readonly instead: ShellText;
  }[];
}

/**
 * A whole script: the prelude, what is to be done, and the word that it came
 * to its end. Where a directory of the run is not the user's own nothing is
 * done, unless the body (`looks`) sees to that itself.
 */
export function remoteScript(
  site: RemoteSite,
  nonce: string,
  body: ShellText,
  looks = false,
): ShellText {
  return `${prelude(site, nonce)}${looks ? "" : "own\n"}${body}\nsay end\n`;
}

function prelude(
  { root, key, token, who, guarded, commands }: RemoteSite,
  nonce: string,
): ShellText {
  return `
unset CDPATH ENV BASH_ENV
R=${quote(root)} T=${quote(token)} who=${quote(who)}
case $R in
  "~" | "~/"*) R=$HOME\${R#"~"} ;;
  '$HOME' | '$HOME/'*) R=$HOME\${R#'$HOME'} ;;
  '\${HOME}' | '\${HOME}/'*) R=$HOME\${R#'\${HOME}'} ;;
  /*) ;;
  *) R=$PWD/$R ;;
esac
D=$R/${RUN_DIRECTORY}/${key}
say() { printf '\\n${sentinel(nonce)}%s\\n' "$*"; }
mine() { IFS= read -r t 2>/dev/null <"$D/lease" && [ "$t" = "$T" ]; }
leave() { say "$@"; say end; exit 0; }
beat() { mine && printf . >>"$D/heartbeat"; }
${ownership(guarded)}${
    commands.map(({ program, instead }) =>
      `${program}() { command ${instead} "$@"; }\n`
    ).join("")
  }`;
}
