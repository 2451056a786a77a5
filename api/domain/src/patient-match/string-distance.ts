/**
 * How alike two short strings are. Jaro’s comparator with Winkler’s prefix: W. E. Winkler, "String Comparator Metrics and Enhanced Decision
 * Rules in the Fellegi-Sunter Model of Record Linkage", Proceedings of the Section on Survey Research Methods, American Statistical
 * Association 1990, 354–359. The edit distance counts an exchange of neighbours as one (optimal string alignment).
 */

/** The share of one letter of the common beginning, and how many count: Winkler’s. */
const PREFIX_SHARE = 0.1;
const PREFIX_LETTERS = 4;

/** @returns 0 for nothing in common, 1 for the same */
export function jaroWinkler(left: string, right: string): number {
  const jaro = jaroOf(left, right);
  let prefix = 0;
  while (prefix < PREFIX_LETTERS && prefix < left.length && left[prefix] === right[prefix]) prefix += 1;
  return jaro + prefix * PREFIX_SHARE * (1 - jaro);
}

function jaroOf(left: string, right: string): number {
  if (left === right) return 1;
  if (left === '' || right === '') return 0;
  const reach = Math.max(0, Math.floor(Math.max(left.length, right.length) / 2) - 1);
  const taken = new Set<number>();
  const common: string[] = [];
  for (let at = 0; at < left.length; at += 1) {
    const last = Math.min(right.length - 1, at + reach);
    for (let other = Math.max(0, at - reach); other <= last; other += 1) {
      if (taken.has(other) || left[at] !== right[other]) continue;
      taken.add(other);
      common.push(left.charAt(at));
      break;
    }
  }
  if (common.length === 0) return 0;
  const inRight = [...taken].sort((one, two) => one - two).map((at) => right[at]);
  const transposed = common.filter((letter, at) => letter !== inRight[at]).length / 2;
  const shared = common.length;
  return (shared / left.length + shared / right.length + (shared - Math.floor(transposed)) / shared) / 3;
}

/** How many letters are to be put in, left out, replaced or exchanged with their neighbour. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const least = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1));
      const exchanged = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(exchanged ? Math.min(least, (beforeLast[column - 2] ?? 0) + 1) : least);
    }
    [beforeLast, last] = [last, current];
  }
  return last[right.length] ?? 0;
}
