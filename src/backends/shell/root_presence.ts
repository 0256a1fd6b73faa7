/** The remote root may be away for a moment, as while a home directory is moved or its server restarts: that is not its removal. */
import type { Clock } from "../../environment/environment.ts";

/** How long a root that was there may be away (ms); then it counts as removed. */
const AWAY_LIMIT_MS = 180_000;

export interface RootPresence {
  /** A script must find the root, and do nothing without it. */
  isExpected(): boolean;
  /** The root was seen. */
  found(): void;
  /** It was away at the last look. */
  isAway(): boolean;
  /** A script did not find it. */
  missed(): void;
  /** This run has removed it, or may have. */
  forget(): void;
}

export function rootPresence(
  clock: Pick<Clock, "elapsed">,
  limitMs = AWAY_LIMIT_MS,
): RootPresence {
  const state = { isKnown: false, awaySince: null as number | null };
  return {
    isExpected: () =>
      state.isKnown &&
      (state.awaySince === null || clock.elapsed() - state.awaySince < limitMs),
    found: () => void Object.assign(state, { isKnown: true, awaySince: null }),
    isAway: () => state.awaySince !== null,
    missed: () => void (state.awaySince ??= clock.elapsed()),
    forget: () => void (state.isKnown = false),
  };
}
