/** Asks whoever sits at the terminal, whatever stdin is. */

const ENTER = [10, 13];
const ERASE = [8, 127];
/** Ctrl-C, Ctrl-D, Ctrl-U. */
const INTERRUPT = 3;
const END = 4;
const ERASE_ALL = 21;

/** By each of them whoever sits there leaves, or is gone. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Questions wait for the one before; after a signal nobody answers any more. */
const asking = { last: Promise.resolve<string | null>(null), isOver: false };

/**
 * The line without its end; null where there is no terminal, or it was given
 * up: by Ctrl-D, or by a signal, which others hear too. Ctrl-C is one.
 */
export function promptTerminal(
  question: string,
  hidden: boolean,
): Promise<string | null> {
  const ask = () => askNow(question, hidden).catch(() => null);
  return asking.last = asking.last.then(ask);
}

async function askNow(
  question: string,
  hidden: boolean,
): Promise<string | null> {
  if (asking.isOver) return null;
  // Two, as one of which a key is read does nothing else meanwhile.
  using terminal = openTerminal();
  using keys = openTerminal();
  using signals = hearSignals();
  using _raw = makeRaw(terminal);
  const show = (bytes: Uint8Array) => void terminal.writeSync(bytes);
  const say = (text: string) => show(new TextEncoder().encode(text));
  say(`\r${question.replaceAll("\n", "\r\n")}`);
  const line = await Promise.race([
    readLine(keys, hidden ? () => {} : show),
    signals.first,
  ]);
  say("\r\n");
  return line;
}

/** At once: no signal may come between the look for a terminal and the question. */
function openTerminal(): Deno.FsFile {
  return Deno.openSync("/dev/tty", { read: true, write: true });
}

/** Until it is disposed of, or this program ends, a terminal gives each key at once. */
function makeRaw(terminal: Deno.FsFile): Disposable {
  const restore = () => terminal.setRaw(false);
  terminal.setRaw(true);
  globalThis.addEventListener("unload", restore);
  return {
    [Symbol.dispose]() {
      globalThis.removeEventListener("unload", restore);
      restore();
    },
  };
}

/** `first` is null at the first of them. */
function hearSignals(): Disposable & { readonly first: Promise<null> } {
  const heard = Promise.withResolvers<null>();
  const hear = () => {
    asking.isOver = true;
    heard.resolve(null);
  };
  for (const name of SIGNALS) Deno.addSignalListener(name, hear);
  return {
    first: heard.promise,
    [Symbol.dispose]() {
      for (const name of SIGNALS) Deno.removeSignalListener(name, hear);
    },
  };
}

async function readLine(
  keys: Pick<Deno.FsFile, "read">,
  show: (bytes: Uint8Array) => void,
): Promise<string | null> {
  const typed: number[] = [];
  const takeBack = () => show(new TextEncoder().encode("\b \b"));
  const byte = new Uint8Array(1);
  for (;;) {
    if (await keys.read(byte) === null) return null;
    const key = byte[0]!;
    if (key === END) return null;
    // Raw, the terminal does not make a signal of it; that signal ends this.
    if (key === INTERRUPT) return interrupted();
    if (ENTER.includes(key)) return text(typed);
    if (key === ERASE_ALL) { while (erase(typed)) takeBack(); }
    else if (ERASE.includes(key)) erase(typed) && takeBack();
    else if (key >= 32) {
      typed.push(key);
      show(byte);
    }
  }
}

function interrupted(): Promise<never> {
  Deno.kill(Deno.pid, "SIGINT");
  return new Promise(() => {});
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
