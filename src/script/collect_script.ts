import type { ShellText } from "../schedulers/scheduler.ts";
import { FOLDER } from "./layout.ts";
import { globWord, quote } from "./quote.ts";
import { type Squeeze, squeezes } from "./squeeze.ts";

/** What is wanted of one folder; `maybe` is not missed where it is not there. */
export interface Pick {
  /** Folder below the root. */
  readonly dir: string;
  readonly patterns: readonly string[];
  readonly maybe: readonly string[];
}

/**
 * Lists what the patterns match, folder by folder, then (`send`) streams all
 * of it as one tar, without a file in between, which a full disk would refuse.
 * Names end in NUL: they may hold anything else. `.`, `..` and our own folder
 * are no results. What tar and the squeezer say, and tar's exit code, come
 * behind the archive, which is complete without what could not be read.
 */
export function collectScript(
  picks: readonly Pick[],
  send: boolean,
  squeeze: Squeeze | null = null,
): ShellText {
  return `
cd "$R" || leave failed
say real; pwd -P
each() {
  for name in "$@"; do
    case $name in . | .. | */. | */..) continue ;; esac
    if [ -e "$name" ] || [ -L "$name" ]; then
      printf '%s\\0' "$dir/$name"
      found=yes
    fi
  done
}
begin() { say pick "$1"; }
miss() { say missing "$1"; }
pick() { found=; n=$1; shift; each "$@"; [ -n "$found" ] || miss "$n"; }
all() {
${picks.map(pickText).join("\n") || ":"}
}
all
${send ? sendText(squeeze) : ""}`;
}

/** English words, because they are read. */
function sendText(squeeze: Squeeze | null): ShellText {
  const tar = `LC_ALL=C tar -cf - --exclude=./${FOLDER} --null -T -`;
  const packed = squeeze === null
    ? `{ ${tar} >&4 2>&3; echo "= $?" >&3; }`
    : `{ ${tar} 2>&3; echo "= $?" >&3; } | ${squeezes[squeeze].pack} >&4`;
  return `beat
begin() { :; }
miss() { :; }
say raw
exec 4>&1
said=$({ all | ${packed}; } 3>&1 2>&1)
exec 4>&-
code=\${said##*= }
say sent "$code"; printf '%s' "\${said%= *}"`;
}

function pickText({ dir, patterns, maybe }: Pick, i: number): ShellText {
  const folder = quote(dir === "." ? "." : `./${dir}`);
  return [
    `begin ${i}; dir=${folder}`,
    `if cd "$R" && cd ${folder} 2>/dev/null; then`,
    ...patterns.map((pattern, n) => `pick ${n} ${word(pattern)}`),
    maybe.length > 0 ? `each ${maybe.map(word).join(" ")}` : ":",
    `else${patterns.map((_, n) => ` miss ${n};`).join("")} :; fi`,
    `cd "$R" || return 1`,
  ].join("\n");
}

/** A folder that is asked for by the name `.` is meant, not met by a pattern. */
function word(pattern: string): ShellText {
  return globWord(/(^|\/)\.$/.test(pattern) ? `${pattern}/` : pattern);
}
