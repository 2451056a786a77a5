/** Rounds terms so that what is shown adds up to the shown total (largest remainder). */

/** @param digits decimals to show @returns the terms and their total, as shown */
export function roundedToSum(terms: readonly number[], digits = 2): { terms: number[]; total: number } {
  const unit = 10 ** digits;
  const exact = terms.map((term) => term * unit);
  const total = Math.round(exact.reduce((sum, term) => sum + term, 0));
  const floors = exact.map((term) => Math.floor(term));
  let missing = total - floors.reduce((sum, term) => sum + term, 0);
  const byRemainder = exact
    .map((term, index) => ({ index, remainder: term - Math.floor(term) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder) {
    if (missing <= 0) break;
    floors[index] = (floors[index] ?? 0) + 1;
    missing -= 1;
  }
  return { terms: floors.map((term) => term / unit), total: total / unit };
}
