/** Suggestions for misspelt words. */
import damerauLevenshtein from "damerau-levenshtein";

/** The known word most similar to `word`, or null if none is similar enough. */
export function closestMatch(
  word: string,
  known: Iterable<string>,
): string | null {
  const plain = simplify(word);
  const similar = [...known]
    .map((candidate) => ({
      candidate,
      simple: simplify(candidate),
      most: Math.max(1, Math.min(word.length, candidate.length) / 3),
    }))
    // The difference in length is a lower bound of the distance, in which a letter added, removed, changed or swapped counts 1.
    .filter(({ simple, most }) =>
      Math.abs(simple.length - plain.length) <= most
    )
    .map((each) => ({
      ...each,
      distance: damerauLevenshtein(plain, each.simple).steps,
    }))
    .filter(({ distance, most }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return similar[0]?.candidate ?? null;
}

/** Differences in case, `_` and `-` do not count. */
function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[_-]/g, "");
}
