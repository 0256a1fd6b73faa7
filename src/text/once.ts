/** What is made the first time that it is asked for is the answer from then on. */
export function once<T>(make: () => T): () => T {
  const made: { value?: { readonly is: T } } = {};
  return () => (made.value ??= { is: make() }).is;
}
