/** Verification codes from a TOTP secret (RFC 6238), each used once. */
import { Secret, TOTP } from "otpauth";
import { sha256 } from "../../../text/hash.ts";
import type { Environment } from "../../../environment/environment.ts";

export interface Codes {
  /** Waits for a window of 30 s whose code has not been used, and returns that code. */
  next(): Promise<string>;
}

const WINDOW_MS = 30_000;

/**
 * A site accepts a code only once, for all its hosts and all dpdisp processes
 * of this user together, so the last used window is stored. Null where the
 * secret is not base32.
 */
export function totpCodes(
  secret: string,
  { clock, journals, terminal }: Pick<
    Environment,
    "clock" | "journals" | "terminal"
  >,
): Codes | null {
  const totp = totpOf(secret);
  if (totp === null) return null;
  const name = `codes of ${sha256(totp.secret.hex)}`;
  return {
    async next() {
      for (let isShown = false;; isShown = true) {
        const window = Math.floor(clock.now() / WINDOW_MS);
        if (claimWindow(name, window, journals)) {
          return totp.generate({ timestamp: window * WINDOW_MS });
        }
        const waitMs = (window + 1) * WINDOW_MS - clock.now();
        if (!isShown) showWait(waitMs, terminal);
        await clock.sleep(waitMs);
      }
    },
  };
}

/** Only where a user looks at the terminal. */
function showWait(ms: number, terminal: Environment["terminal"]): void {
  if (terminal.columns() === null || terminal.isQuiet) return;
  terminal.err(
    `waiting ${
      Math.ceil(ms / 1000)
    } s for the next verification code: each code can be used once\n`,
  );
}

/**
 * True where no other process has used this window. It is compared for
 * equality only: after a clock was set back nobody should wait for hours.
 */
function claimWindow(
  name: string,
  window: number,
  journals: Environment["journals"],
): boolean {
  const hash = sha256(name).slice(0, 8);
  // No run key has a dot.
  const lock = journals.lock(`${hash}.codes`);
  const isBusy = lock.ok && lock.value === null;
  if (isBusy || journals.readState(hash) === String(window)) {
    if (lock.ok) lock.value?.release();
    return false;
  }
  journals.writeState(hash, String(window));
  if (lock.ok) lock.value?.release();
  return true;
}

/** Base32 text may have spaces, dashes and lower-case letters. */
function totpOf(secret: string): TOTP | null {
  try {
    const text = secret.replace(/[\s-]/g, "").toUpperCase();
    return new TOTP({ secret: Secret.fromBase32(text) });
  } catch {
    return null;
  }
}
