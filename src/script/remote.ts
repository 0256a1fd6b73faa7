/** What every remote script begins with: names, sentinels, the lease. POSIX sh. */
import { FOLDER } from "./layout.ts";
import { quote } from "./quote.ts";
import { sentinel } from "./reply.ts";
import type { ShellText } from "../schedulers/scheduler.ts";

/** Where a submission stands on the far side, and who asks. */
export interface Site {
  /** As the user wrote it; `~` and `$HOME` at its beginning are expanded there. */
  readonly root: string;
  readonly key: string;
  /** This session's own random word. */
  readonly token: string;
  /** For the lease: host and process of this dpdisp. */
  readonly who: string;
}

/** A whole script: the prelude, what is to be done, and the word that it came to its end. */
export function remoteScript(
  site: Site,
  nonce: string,
  body: ShellText,
): ShellText {
  return `${prelude(site, nonce)}${body}\nsay end\n`;
}

function prelude({ root, key, token, who }: Site, nonce: string): ShellText {
  return `
unset CDPATH ENV BASH_ENV
R=${quote(root)} T=${quote(token)} who=${quote(who)}
case $R in
  "~" | "~/"*) R=$HOME\${R#"~"} ;;
  '$HOME' | '$HOME/'*) R=$HOME\${R#'$HOME'} ;;
  '\${HOME}' | '\${HOME}/'*) R=$HOME\${R#'\${HOME}'} ;;
esac
D=$R/${FOLDER}/${key}
say() { printf '\\n${sentinel(nonce)}%s\\n' "$*"; }
mine() { IFS= read -r t 2>/dev/null <"$D/lease" && [ "$t" = "$T" ]; }
leave() { say "$@"; say end; exit 0; }
`;
}

/**
 * Takes the lease: free, mine already, or of a dpdisp that is known to be
 * gone (`heir`). A link is made by one client only, and moved by one only.
 */
export function claimLease(heir: string | null): ShellText {
  return `
claim() {
  printf '%s\\n%s\\n' "$T" "$who" >"$D/lease.$T" || return 1
  ln -s "lease.$T" "$D/lease" 2>/dev/null && return 0
  mine && return 0
  heir=${quote(heir ?? "")}
  IFS= read -r t 2>/dev/null <"$D/lease"
  if [ -n "$heir" ] && [ "$t" = "$heir" ] && mv "$D/lease" "$D/lease.was.$T" 2>/dev/null; then
    IFS= read -r t <"$D/lease.was.$T"
    if [ "$t" = "$heir" ]; then
      rm -f "$D/lease.was.$T" "$D/lease.$heir"
      ln -s "lease.$T" "$D/lease" 2>/dev/null && return 0
    else
      mv "$D/lease.was.$T" "$D/lease"
    fi
  fi
  rm -f "$D/lease.$T"
  return 1
}
`;
}
