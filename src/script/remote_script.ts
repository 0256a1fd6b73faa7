/** What every remote script begins with: paths, sections, the lease. POSIX sh. */
import { limitFunctions } from "./command_limit.ts";
import { RUN_DIRECTORY } from "./remote_layout.ts";
import { type Guarded, ownership } from "./ownership.ts";
import { quote } from "./quote.ts";
import { sentinel } from "./reply.ts";
import type { ShellText } from "./shell_text.ts";

/** Where a run is on the remote host, and which session runs the script. */
export interface RemoteSite {
  /** As the user wrote it; `~` and `$HOME` at its beginning are expanded on the remote host. */
  readonly root: string;
  readonly key: string;
  /** This session's own random token. */
  readonly token: string;
  /** For the lease: host and process id of this session. */
  readonly holderName: string;
  readonly guarded: Guarded;
  /** What replaces a batch system's program at this site: a shell command and its first arguments. */
  readonly commands: readonly {
    readonly program: string;
    readonly instead: ShellText;
  }[];
  /** How long a command of the batch system may take (s). */
  readonly commandLimit_s: number;
}

/**
 * A whole script: the prelude, the body, and a section that shows that the
 * script came to its end. Where a directory of the run does not belong to the
 * user alone, nothing is done, unless the body checks that itself
 * (`checksOwner`). Where the root has to be there (`expectsRoot`), the script
 * ends with a section `away` as soon as it is not.
 */
export function remoteScript(
  site: RemoteSite,
  nonce: string,
  body: ShellText,
  { checksOwner = false, expectsRoot = false }: {
    readonly checksOwner?: boolean;
    readonly expectsRoot?: boolean;
  } = {},
): ShellText {
  return `${prelude(site, nonce)}${expectsRoot ? EXPECT_ROOT : ""}${
    checksOwner ? "" : "require_own\n"
  }${body}\nsection end\n`;
}

/** Without the root every other end of a script would be of its absence. */
const EXPECT_ROOT: ShellText = `
finish() { [ -d "$R" ] || set -- away; section "$@"; section end; exit 0; }
[ -d "$R" ] || finish away
`;

function prelude(
  { root, key, token, holderName, guarded, commands, commandLimit_s }:
    RemoteSite,
  nonce: string,
): ShellText {
  // R: the root; D: the run directory; T: the token of this session.
  return `
unset CDPATH ENV BASH_ENV
R=${quote(root)} T=${quote(token)} who=${quote(holderName)}
case $R in
  "~" | "~/"*) R=$HOME\${R#"~"} ;;
  '$HOME' | '$HOME/'*) R=$HOME\${R#'$HOME'} ;;
  '\${HOME}' | '\${HOME}/'*) R=$HOME\${R#'\${HOME}'} ;;
  /*) ;;
  *) R=$PWD/$R ;;
esac
D=$R/${RUN_DIRECTORY}/${key}
section() { printf '\\n${sentinel(nonce)}%s\\n' "$*"; }
has_lease() { IFS= read -r holder 2>/dev/null <"$D/lease" && [ "$holder" = "$T" ]; }
finish() { section "$@"; section end; exit 0; }
heartbeat() { has_lease && printf . >>"$D/heartbeat"; }
${limitFunctions(commandLimit_s)}${ownership(guarded)}${
    commands.map(({ program, instead }) =>
      `${program}() { command ${instead} "$@"; }\n`
    ).join("")
  }`;
}
