import { quote } from "./quote.ts";
import type { ShellText } from "./shell_text.ts";

/** What is to be installed at a path. `start` and `goal` are absolute and without links; the last of `steps` is the name itself. */
export interface ShellPut {
  readonly start: string;
  readonly steps: readonly string[];
  readonly what:
    | { readonly file: string }
    /** A file that the user did not ask for: installed only where nothing exists, or a file of one of these sizes and times (s). */
    | { readonly file: string; readonly known: readonly string[] }
    | { readonly directory: true }
    | { readonly link: string; readonly goal: string };
}

/** Prints a line for each, in order: "ok", or why it was not installed. */
export function placeScript(
  incomingDir: string,
  puts: readonly ShellPut[],
): ShellText {
  return `
LC_ALL=C; export LC_ALL
incoming=${quote(incomingDir)}
# Enters a subdirectory, which is made where it does not exist; never through a link.
enter() {
  if [ -h "./$1" ]; then echo "a link is in its way"; return 1; fi
  [ -d "./$1" ] || mkdir "./$1" 2>/dev/null || { echo "a file is in its way"; return 1; }
  cd -P "./$1" || { echo "its directory cannot be entered"; return 1; }
}
enter_steps() {
  cd -P "$1" || { echo "its directory does not exist"; return 1; }
  shift
  while [ $# -gt 1 ]; do enter "$1" || return 1; shift; done
}
set_name() { shift $(($# - 1)); name=./$1; }
remove_old() {
  if [ -h "$name" ]; then rm -f "$name"
  elif [ -d "$name" ]; then echo "a directory with this name exists on this computer"; return 1
  fi
}
install_file() {
  f=$1; shift; enter_steps "$@" || return; set_name "$@"; remove_old || return
  mv -f "$incoming/$f" "$name" && echo ok || echo "it cannot be written"
}
# GNU and busybox, then BSD.
print_stamp() { stat -c '%s:%Y' "$name" 2>/dev/null || stat -f '%z:%m' "$name" 2>/dev/null; }
install_unasked() {
  f=$1 known=$2; shift 2; enter_steps "$@" || return; set_name "$@"
  if [ -h "$name" ] || [ -e "$name" ]; then
    case " $known " in *" $(print_stamp) "*) ;; *) echo "a file of yours is in its place"; return ;; esac
  fi
  remove_old || return
  mv -f "$incoming/$f" "$name" && echo ok || echo "it cannot be written"
}
install_directory() { enter_steps "$@" || return; set_name "$@"; enter "$name" && echo ok; }
install_link() {
  text=$1 goal=$2; shift 2; enter_steps "$@" || return; set_name "$@"; remove_old || return
  rm -f "$name"
  ln -s -- "$text" "$name" || { echo "it cannot be written"; return; }
  if [ "$name" -ef "$goal" ]; then echo ok; else rm -f "$name"; echo "would lead elsewhere from here"; fi
}
${puts.map(putText).join("\n")}
`;
}

function putText({ start, steps, what }: ShellPut): ShellText {
  const way = [start, ...steps].map(quote).join(" ");
  if ("directory" in what) return `install_directory ${way}`;
  if ("link" in what) {
    return `install_link ${quote(what.link)} ${quote(what.goal)} ${way}`;
  }
  return "known" in what
    ? `install_unasked ${what.file} ${quote(what.known.join(" "))} ${way}`
    : `install_file ${what.file} ${way}`;
}
