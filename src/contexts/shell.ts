import type { Failure, Result } from "../text/result.ts";
import { encodeName } from "../text/bytes_name.ts";

/**
 * A host that runs `sh`. All that it can do is run a script, and everything
 * else is built on that.
 */
export interface Shell extends AsyncDisposable {
  /**
   * Starts a POSIX sh script; fails where it could not be sent. `stdin` is the
   * data that the script reads. The signal ends the reading of its output, not
   * necessarily the script.
   */
  open(script: string, io?: Io): Promise<Result<Stream>>;
  /** True where the host is the local one, so that its directories can be watched. */
  readonly local: boolean;
}

export interface Io {
  readonly stdin?: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly signal?: AbortSignal;
}

/** A running script. Both streams must be read to their end. */
export interface Stream {
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly exit: Promise<Result<number, ConnectionLoss>>;
}

/** The connection was lost. Where `sent` is true the script may have run. */
export interface ConnectionLoss {
  readonly sent: boolean;
  readonly failure: Failure;
}

/**
 * The command that is executed on the remote host, whatever the login shell is
 * (csh too): one constant line without newline or `!`. The script is the first
 * line of stdin, escaped for `printf %b`; everything after it is the script's
 * own data. An incomplete line is not run, because half a script may do harm.
 */
export const LOADER =
  `exec sh -c 'IFS= read -r s || exit 75; s=$(printf %b "$s"); eval "$s"'`;

/** The script as the line that {@linkcode LOADER} reads; names in it need not be UTF-8. */
export function encodeScript(script: string): Uint8Array<ArrayBuffer> {
  return encodeName(
    `${script.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`,
  );
}
