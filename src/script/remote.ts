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
  /*) ;;
  *) R=$PWD/$R ;;
esac
D=$R/${FOLDER}/${key}
say() { printf '\\n${sentinel(nonce)}%s\\n' "$*"; }
mine() { IFS= read -r t 2>/dev/null <"$D/lease" && [ "$t" = "$T" ]; }
leave() { say "$@"; say end; exit 0; }
`;
}

/**
 * Takes the lease: free, mine already, or of a dpdisp that is known to be
 * gone (`heir`). A link is made by one client only, and moved by one only;
 * what was moved by mistake is made anew, unless another was quicker. Where
 * it fails, `t` is the token of whoever holds it; the link tells, as a file
 * may be empty after a loss of power.
 */
export function claimLease(heir: string | null): ShellText {
  return `
claim() {
  mine && return 0
  printf '%s\\n%s\\n' "$T" "$who" >"$D/lease.$T" || return 1
  ln -s "lease.$T" "$D/lease" 2>/dev/null && return 0
  t=$(readlink "$D/lease")
  heir=${quote(heir ?? "")}
  if [ -n "$heir" ] && [ "$t" = "lease.$heir" ] && mv "$D/lease" "$D/lease.was.$T" 2>/dev/null; then
    t=$(readlink "$D/lease.was.$T")
    rm -f "$D/lease.was.$T"
    if [ "$t" = "lease.$heir" ]; then
      rm -f "$D/$t"
      ln -s "lease.$T" "$D/lease" 2>/dev/null && return 0
      t=$(readlink "$D/lease")
    else
      ln -s "$t" "$D/lease" 2>/dev/null
    fi
  fi
  t=\${t#lease.}
  rm -f "$D/lease.$T"
  return 1
}
`;
}
