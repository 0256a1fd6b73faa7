/** One-time codes made from a secret, each told once (RFC 6238). */
import { Secret, TOTP } from "otpauth";
import type { World } from "../../world.ts";

export interface Codes {
  /** The code of a window of 30 s in which none was told yet; waits for it. */
  next(): Promise<string>;
}

const WINDOW = 30_000;

/**
 * A host accepts a code only once, also from another dpdisp: `name` is what
 * the last used window is kept under, from one command to the next. Null where
 * the secret is no base32.
 */
export function codesOf(
  secret: string,
  name: string,
  { clock, journals }: Pick<World, "clock" | "journals">,
): Codes | null {
  const totp = totpOf(secret);
  if (totp === null) return null;
  const windowNow = () => Math.floor(clock.now() / WINDOW);
  return {
    async next() {
      const last = Number(journals.recall(name)) || 0;
      // A clock that was set back must not make anybody wait for hours.
      if (windowNow() === last) {
        await clock.sleep((last + 1) * WINDOW - clock.now());
      }
      journals.keep(name, String(windowNow()));
      return totp.generate({ timestamp: clock.now() });
    },
  };
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
