/** Suggestions for misspelt words. */

/** The known word that is nearest to `word`, or null if none is similar enough. */
export function closestMatch(
  word: string,
  known: Iterable<string>,
): string | null {
  const plain = simplify(word);
  const near = [...known]
    .map((candidate) => ({
      candidate,
      simple: simplify(candidate),
      most: Math.max(1, Math.min(word.length, candidate.length) / 3),
    }))
    // The difference in length is a lower bound of the distance.
    .filter(({ simple, most }) =>
      Math.abs(simple.length - plain.length) <= most
    )
    .map((each) => ({ ...each, distance: editDistance(plain, each.simple) }))
    .filter(({ distance, most }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate ?? null;
}

/** Differences in case, `_` and `-` do not count. */
function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[_-]/g, "");
}

/** The number of letters to add, remove, change or swap with their neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [
    Array.from({ length: b.length + 1 }, (_, column) => column),
  ];
  for (let row = 1; row <= a.length; row++) rows.push(nextRow(a, b, row, rows));
  return rows[a.length]![b.length]!;
}

function nextRow(
  a: string,
  b: string,
  row: number,
  rows: readonly (readonly number[])[],
): number[] {
  const above = rows[row - 1]!;
  const cells = [row];
  for (let column = 1; column <= b.length; column++) {
    const changed = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
    const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      ? rows[row - 2]![column - 2]! + 1
      : Infinity;
    cells.push(
      Math.min(changed, swapped, above[column]! + 1, cells[column - 1]! + 1),
    );
  }
  return cells;
}
