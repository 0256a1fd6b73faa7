/** One-time codes made from a secret, each told once (RFC 6238). */
import { Secret, TOTP } from "otpauth";
import { sha256 } from "../../../text/hash.ts";
import type { Environment } from "../../../environment/environment.ts";

export interface Codes {
  /** The code of a window of 30 s in which none was told yet; waits for it. */
  next(): Promise<string>;
}

/** In ms. */
const WINDOW = 30_000;

/**
 * A site accepts a code only once, whichever of its hosts asks and whichever
 * dpdisp of this user answers: the window that was used last is kept from one
 * to the next. Null where the secret is no base32.
 */
export function codesOf(
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
      for (let isTold = false;; isTold = true) {
        const window = Math.floor(clock.now() / WINDOW);
        if (claim(name, window, journals)) {
          return totp.generate({ timestamp: window * WINDOW });
        }
        const wait = (window + 1) * WINDOW - clock.now();
        if (!isTold) tellOf(wait, terminal);
        await clock.sleep(wait);
      }
    },
  };
}

/** To whoever looks on. */
function tellOf(ms: number, screen: Environment["terminal"]): void {
  if (screen.columns() === null || screen.isQuiet) return;
  screen.err(
    `waiting ${
      Math.ceil(ms / 1000)
    } s for the next verification code: a code may be used once\n`,
  );
}

/** True: no other has this window. A clock that was set back must not make anybody wait for hours. */
function claim(
  name: string,
  window: number,
  journals: Environment["journals"],
): boolean {
  // With a dot it is no submission's.
  const lock = journals.lock(`${sha256(name).slice(0, 8)}.codes`);
  const isBusy = lock.ok && lock.value === null;
  if (isBusy || journals.readState(name) === String(window)) {
    if (lock.ok) lock.value?.release();
    return false;
  }
  journals.writeState(name, String(window));
  if (lock.ok) lock.value?.release();
  return true;
}

/** Base32 is written with spaces, dashes and in small letters too. */
function totpOf(secret: string): TOTP | null {
  try {
    const text = secret.replace(/[\s-]/g, "").toUpperCase();
    return new TOTP({ secret: Secret.fromBase32(text) });
  } catch {
    return null;
  }
}
