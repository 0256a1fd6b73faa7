/** Asks whoever sits at the terminal, whatever stdin is. */

const ENTER = [10, 13];
const ERASE = [8, 127];
/** Ctrl-C, Ctrl-D, Ctrl-U. */
const GIVE_UP = [3, 4];
const ERASE_ALL = 21;

/** The line without its end; null where there is no terminal, or it was given up. */
export function askTerminal(question: string, hidden: boolean): string | null {
  try {
    using terminal = Deno.openSync("/dev/tty", { read: true, write: true });
    const show = (bytes: Uint8Array) => void terminal.writeSync(bytes);
    const say = (text: string) => show(new TextEncoder().encode(text));
    terminal.setRaw(true);
    try {
      say(`\r${question.replaceAll("\n", "\r\n")}`);
      const line = readLine(terminal, hidden ? () => {} : show);
      say("\r\n");
      return line;
    } finally {
      terminal.setRaw(false);
    }
  } catch {
    return null;
  }
}

function readLine(
  terminal: Pick<Deno.FsFile, "readSync">,
  show: (bytes: Uint8Array) => void,
): string | null {
  const typed: number[] = [];
  const takeBack = () => show(new TextEncoder().encode("\b \b"));
  const byte = new Uint8Array(1);
  for (;;) {
    if (terminal.readSync(byte) === null) return null;
    const key = byte[0]!;
    if (GIVE_UP.includes(key)) return null;
    if (ENTER.includes(key)) return text(typed);
    if (key === ERASE_ALL) { while (erase(typed)) takeBack(); }
    else if (ERASE.includes(key)) erase(typed) && takeBack();
    else if (key >= 32) {
      typed.push(key);
      show(byte);
    }
  }
}

/** Takes the last letter, of however many bytes, away; false: there is none. */
function erase(typed: number[]): boolean {
  if (typed.length === 0) return false;
  while ((typed.pop()! & 0xc0) === 0x80);
  return true;
}

function text(bytes: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
