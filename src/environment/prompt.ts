/** Prompts the user at the terminal, whatever stdin is. */

const ENTER = [10, 13];
const ERASE = [8, 127];
/** Ctrl-C, Ctrl-D, Ctrl-U. */
const INTERRUPT = 3;
const END = 4;
const ERASE_ALL = 21;

/** Each of these signals means that the user has cancelled or closed the terminal. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A prompt waits for the one before it; after a signal there are no more prompts. */
const state = {
  last: Promise.resolve<string | null>(null),
  isInterrupted: false,
};

/**
 * The line without its end; null where there is no terminal or the user gave
 * up, by Ctrl-D or a signal such as that of Ctrl-C. Other handlers of the
 * signal are called too.
 */
export function promptTerminal(
  question: string,
  hidden: boolean,
): Promise<string | null> {
  const prompt = () => promptNow(question, hidden).catch(() => null);
  return state.last = state.last.then(prompt);
}

async function promptNow(
  question: string,
  hidden: boolean,
): Promise<string | null> {
  if (state.isInterrupted) return null;
  // The terminal is opened twice, because a file that is waiting for a key cannot be written.
  using terminal = openTerminal();
  using keys = openTerminal();
  using signals = listenForSignals();
  using _raw = makeRaw(terminal);
  const show = (bytes: Uint8Array) => void terminal.writeSync(bytes);
  const print = (text: string) => show(new TextEncoder().encode(text));
  print(`\r${question.replaceAll("\n", "\r\n")}`);
  const line = await Promise.race([
    readLine(keys, hidden ? () => {} : show),
    signals.first,
  ]);
  print("\r\n");
  return line;
}

/** It is synchronous, so that no signal can come between the check for a terminal and the prompt. */
function openTerminal(): Deno.FsFile {
  return Deno.openSync("/dev/tty", { read: true, write: true });
}

/** Puts the terminal into raw mode until it is disposed of or the program ends. */
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

/** `first` resolves with null at the first signal. */
function listenForSignals(): Disposable & { readonly first: Promise<null> } {
  const first = Promise.withResolvers<null>();
  const onSignal = () => {
    state.isInterrupted = true;
    first.resolve(null);
  };
  for (const name of STOP_SIGNALS) Deno.addSignalListener(name, onSignal);
  return {
    first: first.promise,
    [Symbol.dispose]() {
      for (const name of STOP_SIGNALS) {
        Deno.removeSignalListener(name, onSignal);
      }
    },
  };
}

async function readLine(
  keys: Pick<Deno.FsFile, "read">,
  show: (bytes: Uint8Array) => void,
): Promise<string | null> {
  const typed: number[] = [];
  const showErasure = () => show(new TextEncoder().encode("\b \b"));
  const byte = new Uint8Array(1);
  for (;;) {
    if (await keys.read(byte) === null) return null;
    const key = byte[0]!;
    if (key === END) return null;
    // In raw mode the terminal sends no signal for Ctrl-C.
    if (key === INTERRUPT) return interrupt();
    if (ENTER.includes(key)) return text(typed);
    if (key === ERASE_ALL) { while (erase(typed)) showErasure(); }
    else if (ERASE.includes(key)) erase(typed) && showErasure();
    else if (key >= 32) {
      typed.push(key);
      show(byte);
    }
  }
}

/** Never resolves: the signal ends the prompt. */
function interrupt(): Promise<never> {
  Deno.kill(Deno.pid, "SIGINT");
  return new Promise(() => {});
}

/** Removes the last character, of however many bytes; false where there is none. */
function erase(typed: number[]): boolean {
  if (typed.length === 0) return false;
  while ((typed.pop()! & 0xc0) === 0x80);
  return true;
}

function text(bytes: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
