import { RUN_DIRECTORY } from "./remote_layout.ts";
import { globWord, quote } from "./quote.ts";
import { type Compression, COMPRESSORS } from "./compression.ts";
import type { ShellText } from "./shell_text.ts";

/** What is wanted of one folder; `optional` is not missed where it is not there. */
export interface CollectItem {
  /** Folder below the root. */
  readonly dir: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/**
 * Lists what the patterns match, folder by folder, then what is in the folders
 * among it, then (`send`) streams all of it as one tar, without a file in
 * between, which a full disk would refuse. Names end in NUL: they may hold
 * anything else. `.`, `..` and our own folder are no results. What tar and the
 * squeezer say, and tar's exit code, come behind the archive, which is
 * complete without what could not be read.
 */
export function collectScript(
  picks: readonly CollectItem[],
  send: boolean,
  squeeze: Compression | null = null,
): ShellText {
  return `
cd "$R" || leave failed
say real; pwd -P
each() {
  for name in "$@"; do
    case $name in . | .. | */. | */..) continue ;; esac
    if [ -e "$name" ] || [ -L "$name" ]; then
      tell "$dir/$name"
      found=yes
    fi
  done
}
folders=
tell() {
  [ -n "$folders" ] || ! isFolder "$name" || folders=yes
  printf '%s\\0' "$1"
}
# A link that ends in a slash is what it leads to.
isFolder() { [ -d "$1" ] && { [ "\${1%/}" != "$1" ] || [ ! -L "$1" ]; }; }
begin() { say pick "$1"; }
miss() { say missing "$1"; }
pick() { found=; n=$1; shift; each "$@"; [ -n "$found" ] || miss "$n"; }
all() {
${picks.map(pickText).join("\n") || ":"}
}
all
${contentText()}${send ? sendText("all", "", squeeze) : ""}`;
}

/** What is in folders, for what came to be compared with. */
function contentText(): ShellText {
  return `${CONTENTS}
begin() { :; }
miss() { :; }
tell() { ! isFolder "$name" || printf '%s\\0' "$1"; }
say content
[ -z "$folders" ] || all | contents
tell() { printf '%s\\0' "$1"; }
`;
}

/** Of the folders on stdin, what is in them, links as links. */
const CONTENTS: ShellText = `
contents() {
  xargs -0 sh -c '[ $# -eq 0 ] || find "$@" -exec printf "%s\\\\0" {} +' sh 2>/dev/null
}
`;

/**
 * Sends what links lead to, under the links' names: of a folder all that is in
 * it, its own links as links. Tells of each what it leads to.
 */
export function followScript(
  links: readonly string[],
  squeeze: Compression | null,
): ShellText {
  const names = links.map((link) => quote(`./${link}`));
  return `
cd "$R" || leave failed
# Where a name is in truth; the x keeps a newline at its end.
real() { cd -P "$1" 2>/dev/null && pwd -P && printf x; }
# From a folder that it is in, it would lead round in a circle.
isRound() {
  in=$(real "\${1%/*}"); to=$(real "$1")
  case "\${in%?x}/" in "\${to%?x}"/*) return 0 ;; esac
  return 1
}
lead() {
  if [ -d "$1" ]; then
    if isRound "$1"; then kind=circle; else kind=folder; fi
  elif [ -f "$1" ]; then kind=file
  elif [ -e "$1" ]; then kind=special
  else kind=nothing
  fi
}
links() { ${names.map((name) => `try ${name}`).join("; ")}; }
try() { lead "$1"; printf '%s %s\\0' "$kind" "$1"; }
say leads; links
try() { lead "$1"; [ $kind != folder ] || printf '%s/.\\0' "$1"; }
${CONTENTS}
say content; links | contents
${sendText("links", "", squeeze)}
try() { lead "$1"; [ $kind != file ] || printf '%s\\0' "$1"; }
${sendText("links", "-h ", squeeze)}`;
}

/** English words, because they are read. */
function sendText(
  names: string,
  options: string,
  squeeze: Compression | null,
): ShellText {
  const tar =
    `LC_ALL=C tar -cf - ${options}--exclude=./${RUN_DIRECTORY} --null -T -`;
  const packed = squeeze === null
    ? `{ ${tar} >&4 2>&3; echo "= $?" >&3; }`
    : `{ ${tar} 2>&3; echo "= $?" >&3; } | ${COMPRESSORS[squeeze].pack} >&4`;
  return `beat
say raw
exec 4>&1
said=$({ ${names} | ${packed}; } 3>&1 2>&1)
exec 4>&-
code=\${said##*= }
say sent "$code"; printf '%s' "\${said%= *}"`;
}

function pickText(
  { dir, required, optional }: CollectItem,
  i: number,
): ShellText {
  const folder = quote(dir === "." ? "." : `./${dir}`);
  return [
    `begin ${i}; dir=${folder}`,
    `if cd "$R" && cd ${folder} 2>/dev/null; then`,
    ...required.map((pattern, n) => `pick ${n} ${word(pattern)}`),
    optional.length > 0 ? `each ${optional.map(word).join(" ")}` : ":",
    `else${required.map((_, n) => ` miss ${n};`).join("")} :; fi`,
    `cd "$R" || return 1`,
  ].join("\n");
}

/** A folder that is asked for by the name `.` is meant, not met by a pattern. */
function word(pattern: string): ShellText {
  return globWord(/(^|\/)\.$/.test(pattern) ? `${pattern}/` : pattern);
}
