/** One login at a time, which all wait for who need it. */

export interface SharedLogin<T> {
  /** The one that is there or under way; null: none. */
  now(): Promise<T> | null;
  /** That one, or a new one. */
  get(): Promise<T>;
  /** It is no good any more. Whoever says so late, of an earlier one, does the present one no harm. */
  forget(which: Promise<T>): void;
}

export function currentOf<T>(begin: () => Promise<T>): SharedLogin<T> {
  const state = { now: null as Promise<T> | null };
  return {
    now: () => state.now,
    get: () => state.now ??= begin(),
    forget(which) {
      if (state.now === which) state.now = null;
    },
  };
}
