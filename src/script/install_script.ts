import { quote } from "./quote.ts";
import type { ShellText } from "./shell_text.ts";

/** `start` and `goal` are absolute and without links; `steps` end with the name itself. */
export interface ShellPut {
  readonly start: string;
  readonly steps: readonly string[];
  readonly what:
    | { readonly file: string }
    /** A file that nobody asked for: put only where nothing is, or one of these sizes and times (s). */
    | { readonly file: string; readonly known: readonly string[] }
    | { readonly folder: true }
    | { readonly link: string; readonly goal: string };
}

/** A line for each, in order: "ok", or what was in the way. */
export function placeScript(
  landing: string,
  puts: readonly ShellPut[],
): ShellText {
  return `
LC_ALL=C; export LC_ALL
L=${quote(landing)}
# Into a folder of a folder, made where it is not there; never through a link.
enter() {
  if [ -h "./$1" ]; then echo "a link is in its way"; return 1; fi
  [ -d "./$1" ] || mkdir "./$1" 2>/dev/null || { echo "a file is in its way"; return 1; }
  cd -P "./$1" || { echo "its folder cannot be entered"; return 1; }
}
go() {
  cd -P "$1" || { echo "its folder is not there"; return 1; }
  shift
  while [ $# -gt 1 ]; do enter "$1" || return 1; shift; done
}
last() { shift $(($# - 1)); name=./$1; }
clear() {
  if [ -h "$name" ]; then rm -f "$name"
  elif [ -d "$name" ]; then echo "a directory with this name exists on this computer"; return 1
  fi
}
file() {
  f=$1; shift; go "$@" || return; last "$@"; clear || return
  mv -f "$L/$f" "$name" && echo ok || echo "it cannot be written"
}
# GNU and busybox, then BSD.
seen() { stat -c '%s:%Y' "$name" 2>/dev/null || stat -f '%z:%m' "$name" 2>/dev/null; }
own() {
  f=$1 known=$2; shift 2; go "$@" || return; last "$@"
  if [ -h "$name" ] || [ -e "$name" ]; then
    case " $known " in *" $(seen) "*) ;; *) echo "a file of yours is in its place"; return ;; esac
  fi
  clear || return
  mv -f "$L/$f" "$name" && echo ok || echo "it cannot be written"
}
folder() { go "$@" || return; last "$@"; enter "$name" && echo ok; }
link() {
  text=$1 goal=$2; shift 2; go "$@" || return; last "$@"; clear || return
  rm -f "$name"
  ln -s -- "$text" "$name" || { echo "it cannot be written"; return; }
  if [ "$name" -ef "$goal" ]; then echo ok; else rm -f "$name"; echo "would lead elsewhere from here"; fi
}
${puts.map(putText).join("\n")}
`;
}

function putText({ start, steps, what }: ShellPut): ShellText {
  const way = [start, ...steps].map(quote).join(" ");
  if ("folder" in what) return `folder ${way}`;
  if ("link" in what) {
    return `link ${quote(what.link)} ${quote(what.goal)} ${way}`;
  }
  return "known" in what
    ? `own ${what.file} ${quote(what.known.join(" "))} ${way}`
    : `file ${what.file} ${way}`;
}
