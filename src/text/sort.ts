const zero = 48;
const nine = 57;

/**
 * Natural order: `task2` before `task10`. Runs of ASCII digits compare as numbers of any
 * length, everything else by code unit. A total order: 0 only for equal text; `a01` and `a1`, equal as numbers, compare by code unit.
 */
export function naturalOrder(a: string, b: string): number {
  return byTokens(a, b) || byCodeUnits(a, b);
}

export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares without splitting the texts: a sort of 100,000 names calls this 1.7 million times. */
function byTokens(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (!isDigit(a, i) || !isDigit(b, j)) {
      if (a[i] !== b[j]) return byCodeUnits(a[i]!, b[j]!);
      i++;
      j++;
      continue;
    }
    const [startA, startB] = [afterZeros(a, i), afterZeros(b, j)];
    const [endA, endB] = [afterDigits(a, startA), afterDigits(b, startB)];
    const order = endA - startA - (endB - startB) ||
      byCodeUnits(a.slice(startA, endA), b.slice(startB, endB));
    if (order !== 0) return order;
    i = endA;
    j = endB;
  }
  return a.length - i - (b.length - j);
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= zero && code <= nine;
}

function afterZeros(text: string, from: number): number {
  return text.charCodeAt(from) === zero ? afterZeros(text, from + 1) : from;
}

function afterDigits(text: string, from: number): number {
  return isDigit(text, from) ? afterDigits(text, from + 1) : from;
}
