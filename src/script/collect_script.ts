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
 * of it as one tar, without a temporary archive. Names end in NUL: they may
 * hold anything else. `.`, `..` and our own folder are no results. What tar
 * could not read it says behind the archive, which is complete without it.
 */
export function collectScript(
  picks: readonly Pick[],
  send: boolean,
  squeeze: Squeeze | null = null,
): ShellText {
  return `
cd "$R" || leave failed
say real; pwd -P
list=$D/list.$T
printf '' >"$list" || leave failed
trap 'rm -f "$list" "$list.err" "$list.code"' EXIT
each() {
  for name in "$@"; do
    case $name in . | .. | */. | */..) continue ;; esac
    if [ -e "$name" ] || [ -L "$name" ]; then
      printf '%s\\0' "$dir/$name"
      printf '%s\\0' "$dir/$name" >&3
      found=yes
    fi
  done
}
pick() { found=; n=$1; shift; each "$@"; [ -n "$found" ] || say missing "$n"; }
exec 3>"$list"
${picks.map(pickText).join("\n")}
exec 3>&-
${send ? sendText(squeeze) : ""}`;
}

/** What tar says, and how it ends, comes behind what it packs. */
function sendText(squeeze: Squeeze | null): ShellText {
  const pack =
    `{ tar -cf - --exclude=./${FOLDER} --null -T "$list" 2>"$list.err"; echo $? >"$list.code"; }`;
  return `beat
say raw
${squeeze === null ? pack : `${pack} | ${squeezes[squeeze].pack}`}
say sent "$(cat "$list.code")"; cat "$list.err"`;
}

function pickText({ dir, patterns, maybe }: Pick, i: number): ShellText {
  const folder = quote(dir === "." ? "." : `./${dir}`);
  return [
    `say pick ${i}; dir=${folder}`,
    `if cd "$R" && cd ${folder} 2>/dev/null; then`,
    ...patterns.map((pattern, n) => `pick ${n} ${word(pattern)}`),
    maybe.length > 0 ? `each ${maybe.map(word).join(" ")}` : ":",
    `else${patterns.map((_, n) => ` say missing ${n};`).join("")} :; fi`,
    `cd "$R" || leave failed`,
  ].join("\n");
}

/** A folder that is asked for by the name `.` is meant, not met by a pattern. */
function word(pattern: string): ShellText {
  return globWord(/(^|\/)\.$/.test(pattern) ? `${pattern}/` : pattern);
}
