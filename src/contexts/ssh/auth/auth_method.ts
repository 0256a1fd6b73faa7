/** One way to log in. */
import type { Attempt } from "../ssh2.ts";

/** One attempt. */
export interface AuthMethod {
  readonly method: Method;
  /** Names it in a failure; null: it turned out that there was nothing to try. */
  shown(): string | null;
  /** Somebody may be asked, or a secret is sent: not before the host says that it takes such a thing. */
  readonly asks: boolean;
  begin(): Promise<Attempt | null>;
}

/** Ways to log in, as hosts call them (RFC 4252, RFC 4256). */
export type Method = "publickey" | "keyboard-interactive" | "password";
