import { RUN_DIRECTORY } from "./remote_layout.ts";
import { globWord, quote } from "./quote.ts";
import { type Compression, COMPRESSORS } from "./compression.ts";
import type { ShellText } from "./shell_text.ts";

/** What is to be collected from one directory; an `optional` file that does not exist is not reported as missing. */
export interface CollectItem {
  /** Directory below the root. */
  readonly dir: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/**
 * Lists what the patterns match, item by item, then what the matched
 * directories contain, then (`send`) streams all of it as one tar, without a temporary
 * file, for which a full disk would have no space. Names end in NUL, because
 * they may contain every other byte. `.`, `..` and the run directory are no
 * results. The messages of tar and of the compressor and tar's exit code follow
 * the archive, which is complete except for what could not be read.
 */
export function collectScript(
  items: readonly CollectItem[],
  send: boolean,
  compression: Compression | null = null,
): ShellText {
  return `
cd "$R" || finish failed
section real_root; pwd -P
match_each() {
  for name in "$@"; do
    case $name in . | .. | */. | */..) continue ;; esac
    if [ -e "$name" ] || [ -L "$name" ]; then
      print_match "$dir/$name"
      found=yes
    fi
  done
}
directories=
print_match() {
  [ -n "$directories" ] || ! is_directory "$name" || directories=yes
  printf '%s\\0' "$1"
}
# A link that ends in a slash is what it leads to.
is_directory() { [ -d "$1" ] && { [ "\${1%/}" != "$1" ] || [ ! -L "$1" ]; }; }
begin_item() { section matches "$1"; }
report_missing() { section missing "$1"; }
match_required() { found=; n=$1; shift; match_each "$@"; [ -n "$found" ] || report_missing "$n"; }
match_all() {
${items.map(itemText).join("\n") || ":"}
}
match_all
${entriesText()}${send ? sendText("match_all", "", compression) : ""}`;
}

/** Lists what matched directories contain, so that what arrives can be compared with it. */
function entriesText(): ShellText {
  return `${LIST_ENTRIES}
begin_item() { :; }
report_missing() { :; }
print_match() { ! is_directory "$name" || printf '%s\\0' "$1"; }
section directory_entries
[ -z "$directories" ] || match_all | list_entries
print_match() { printf '%s\\0' "$1"; }
`;
}

/** Of the directories on stdin, what they contain, links as links. */
const LIST_ENTRIES: ShellText = `
list_entries() {
  xargs -0 sh -c '[ $# -eq 0 ] || find "$@" -exec printf "%s\\\\0" {} +' sh 2>/dev/null
}
`;

/**
 * Sends what links lead to, under the links' names: of a directory all that it
 * contains, with its own links as links. Reports of each link what it leads to.
 */
export function followScript(
  links: readonly string[],
  compression: Compression | null,
): ShellText {
  const names = links.map((link) => quote(`./${link}`));
  return `
cd "$R" || finish failed
# The real path of a directory; the x protects a newline at its end.
real() { cd -P "$1" 2>/dev/null && pwd -P && printf x; }
# A link to a directory that it is in itself is circular.
is_circular() {
  in=$(real "\${1%/*}"); to=$(real "$1")
  case "\${in%?x}/" in "\${to%?x}"/*) return 0 ;; esac
  return 1
}
set_kind() {
  if [ -d "$1" ]; then
    if is_circular "$1"; then kind=circle; else kind=directory; fi
  elif [ -f "$1" ]; then kind=file
  elif [ -e "$1" ]; then kind=special
  else kind=nothing
  fi
}
for_each_link() { ${names.map((name) => `visit ${name}`).join("; ")}; }
visit() { set_kind "$1"; printf '%s %s\\0' "$kind" "$1"; }
section link_targets; for_each_link
visit() { set_kind "$1"; [ $kind != directory ] || printf '%s/.\\0' "$1"; }
${LIST_ENTRIES}
section directory_entries; for_each_link | list_entries
${sendText("for_each_link", "", compression)}
visit() { set_kind "$1"; [ $kind != file ] || printf '%s\\0' "$1"; }
${sendText("for_each_link", "-h ", compression)}`;
}

/** tar's messages are parsed, so they must be English. */
function sendText(
  listNames: string,
  options: string,
  compression: Compression | null,
): ShellText {
  const tar =
    `LC_ALL=C tar -cf - ${options}--exclude=./${RUN_DIRECTORY} --null -T -`;
  const packed = compression === null
    ? `{ ${tar} >&4 2>&3; echo "= $?" >&3; }`
    : `{ ${tar} 2>&3; echo "= $?" >&3; } | ${
      COMPRESSORS[compression].pack
    } >&4`;
  return `heartbeat
section raw
exec 4>&1
messages=$({ ${listNames} | ${packed}; } 3>&1 2>&1)
exec 4>&-
code=\${messages##*= }
section tar_exit "$code"; printf '%s' "\${messages%= *}"`;
}

function itemText(
  { dir, required, optional }: CollectItem,
  i: number,
): ShellText {
  const directory = quote(dir === "." ? "." : `./${dir}`);
  return [
    `begin_item ${i}; dir=${directory}`,
    `if cd "$R" && cd ${directory} 2>/dev/null; then`,
    ...required.map((pattern, n) => `match_required ${n} ${word(pattern)}`),
    optional.length > 0 ? `match_each ${optional.map(word).join(" ")}` : ":",
    `else${required.map((_, n) => ` report_missing ${n};`).join("")} :; fi`,
    `cd "$R" || return 1`,
  ].join("\n");
}

/** The name `.` asks for the directory itself; a pattern never matches it. */
function word(pattern: string): ShellText {
  return globWord(/(^|\/)\.$/.test(pattern) ? `${pattern}/` : pattern);
}
