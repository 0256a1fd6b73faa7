/** One login at a time, which all callers share. */

export interface SharedLogin<T> {
  /** The login that has finished or is in progress; null where there is none. */
  current(): Promise<T> | null;
  /** The current login, or a new one. */
  get(): Promise<T>;
  /** Called for a login that failed or was lost. It has no effect if the current login is another one. */
  forget(login: Promise<T>): void;
}

export function sharedLogin<T>(logIn: () => Promise<T>): SharedLogin<T> {
  const state = { login: null as Promise<T> | null };
  return {
    current: () => state.login,
    get: () => state.login ??= logIn(),
    forget(login) {
      if (state.login === login) state.login = null;
    },
  };
}
