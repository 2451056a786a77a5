/** What was typed as a threshold, in the unit of its metric. */

/** @returns undefined where it is no number, or one that the unit does not have; a share is typed in percent */
export function thresholdOf(typed: string, unit: 'share' | 'days' | 'count' | 'per-referral' | 'minutes'): number | undefined {
  const words = typed.trim().replace(',', '.');
  if (!/^\d+(\.\d+)?$/.test(words)) return undefined;
  const number = Number(words);
  if (unit !== 'share') return number;
  return number > 100 ? undefined : number / 100;
}
