import type { Failure, Result } from "../text/result.ts";
import { encodeName } from "../text/bytes_name.ts";

/**
 * A machine that runs `sh`. All it can do is run a script; everything else is
 * made from that. Fails where the script could not be sent or was cut off.
 */
export interface Shell extends AsyncDisposable {
  /**
   * Starts a POSIX sh script. `stdin` is the data that the script reads; the
   * signal stops listening, not necessarily the script.
   */
  open(script: string, io?: Io): Promise<Result<Stream>>;
  /** Local path of a folder on that machine, where it is this machine: it can be watched. */
  readonly local: boolean;
}

export interface Io {
  readonly stdin?: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly signal?: AbortSignal;
}

/** A script at work. Both streams must be read to their end. */
export interface Stream {
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly exit: Promise<Result<number, ConnectionLoss>>;
}

/** The connection was cut. `sent`: the script may have run. */
export interface ConnectionLoss {
  readonly sent: boolean;
  readonly failure: Failure;
}

/**
 * What is executed on the far side whatever the login shell (csh too): one
 * constant line without newline or `!`. The script is the first line of stdin,
 * escaped for `printf %b`; all that comes after it is the script's own data.
 * A line that was cut off is not run: half a script may do harm.
 */
export const LOADER =
  `exec sh -c 'IFS= read -r s || exit 75; s=$(printf %b "$s"); eval "$s"'`;

/** The script as the line that {@linkcode LOADER} reads; names in it may be bytes. */
export function encodeScript(script: string): Uint8Array<ArrayBuffer> {
  return encodeName(
    `${script.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`,
  );
}
