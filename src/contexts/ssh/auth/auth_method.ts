/** Authentication methods of SSH. */
import type { Attempt } from "../ssh2.ts";

/** One attempt by one method, with one credential. */
export interface AuthMethod {
  readonly method: Method;
  /** Its name in a failure; null where there was nothing to try. */
  label(): string | null;
  /** True where the user may be prompted or a secret is sent: then it is tried only after the host has offered the method. */
  readonly isInteractive: boolean;
  begin(): Promise<Attempt | null>;
}

/** Method names of RFC 4252 and RFC 4256. */
export type Method = "publickey" | "keyboard-interactive" | "password";
