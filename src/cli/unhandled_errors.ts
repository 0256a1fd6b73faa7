/** Errors that no code handles: without this they would end the process with exit code 1, which means that a task failed. */

export interface UnhandledErrors extends Disposable {
  readonly first: Promise<unknown>;
}

/** Listens until it is disposed of. */
export function watchUnhandledErrors(): UnhandledErrors {
  const first = Promise.withResolvers<unknown>();
  const rejected = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    first.resolve(event.reason);
  };
  const thrown = (event: ErrorEvent): void => {
    event.preventDefault();
    first.resolve(event.error);
  };
  addEventListener("unhandledrejection", rejected);
  addEventListener("error", thrown);
  return {
    first: first.promise,
    [Symbol.dispose]() {
      removeEventListener("unhandledrejection", rejected);
      removeEventListener("error", thrown);
    },
  };
}
