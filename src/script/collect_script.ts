import type { ShellText } from "../schedulers/scheduler.ts";
import { globWord, quote } from "./quote.ts";

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
 * hold anything else.
 */
export function collectScript(
  picks: readonly Pick[],
  send: boolean,
): ShellText {
  return `
cd "$R" || leave nothing
list=$D/list.$T
: >"$list" || leave failed
trap 'rm -f "$list"' EXIT
each() {
  for name in "$@"; do
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
${send ? 'say raw\ntar -cf - --null -T "$list"\ncode=$?\nexit "$code"' : ""}`;
}

function pickText({ dir, patterns, maybe }: Pick, i: number): ShellText {
  const folder = quote(dir === "." ? "." : `./${dir}`);
  return [
    `say pick ${i}; dir=${folder}`,
    `if cd "$R" && cd ${folder} 2>/dev/null; then`,
    ...patterns.map((pattern, n) => `pick ${n} ${globWord(pattern)}`),
    maybe.length > 0 ? `each ${maybe.map(globWord).join(" ")}` : ":",
    `else${patterns.map((_, n) => ` say missing ${n};`).join("")} :; fi`,
    `cd "$R"`,
  ].join("\n");
}
