/** What every remote script begins with: names, sentinels, the lease. POSIX sh. */
import { FOLDER } from "./layout.ts";
import { type Guarded, ownership } from "./owned.ts";
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
  site: Site,
  nonce: string,
  body: ShellText,
  looks = false,
): ShellText {
  return `${prelude(site, nonce)}${looks ? "" : "own\n"}${body}\nsay end\n`;
}

function prelude(
  { root, key, token, who, guarded, commands }: Site,
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
D=$R/${FOLDER}/${key}
say() { printf '\\n${sentinel(nonce)}%s\\n' "$*"; }
mine() { IFS= read -r t 2>/dev/null <"$D/lease" && [ "$t" = "$T" ]; }
leave() { say "$@"; say end; exit 0; }
beat() { mine && printf . >>"$D/beats"; }
${ownership(guarded)}${
    commands.map(({ program, instead }) =>
      `${program}() { command ${instead} "$@"; }\n`
    ).join("")
  }`;
}

/**
 * Takes the lease: free, mine already, or of a dpdisp that is known to be
 * gone (`heir`). From one holder only one client ever takes over, the one
 * that makes the link `after.HOLDER`; it holds the lease though it may die
 * before `lease` says so. Where this fails, `t` is the token of whoever has
 * it; links tell, as a file may be empty after a loss of power. Where nothing
 * can be written there, that is no other's lease but a failure.
 */
export function claimLease(heir: string | null): ShellText {
  return `
claim() {
  mine && return 0
  # Not printf: some shells' own does not say that the disk is full.
  cat >"$D/lease.$T" <<LEASE || { rm -f "$D/lease.$T"; leave failed; }
$T
$who
LEASE
  ln -s "lease.$T" "$D/lease" 2>/dev/null && return 0
  heir=${quote(heir ?? "")}
  t=$(readlink "$D/lease") || {
    ln -s "lease.$T" "$D/lease" && return 0
    leave failed
  }
  t=\${t#lease.}
  while next=$(readlink "$D/after.$t"); do t=$next; done
  if [ -n "$heir" ] && [ "$t" = "$heir" ] && ln -s "$T" "$D/after.$t" 2>/dev/null; then t=$T; fi
  if [ "$t" = "$T" ]; then
    ln -s "lease.$T" "$D/lease.new.$T" && mv -f "$D/lease.new.$T" "$D/lease" && rm -f "$D/lease.$heir"
    return 0
  fi
  rm -f "$D/lease.$T"
  return 1
}
`;
}
