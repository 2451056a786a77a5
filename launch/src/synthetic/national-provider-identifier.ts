/**
 * Adds the check digit to the nine leading digits of a National Provider Identifier: the Luhn digit of "80840" (the
 * card issuer prefix for US health applications) followed by the nine digits (45 CFR 162.406; ISO/IEC 7812-1).
 *
 * The synthetic ones start with 29, away from the numbers met in practice, which start with 1.
 */
export function withCheckDigit(nineDigits: string): string {
  if (!/^\d{9}$/.test(nineDigits)) throw new Error(`An NPI has nine digits before its check digit; got "${nineDigits}".`);
  return `${nineDigits}${(10 - (luhnSum(`80840${nineDigits}0`) % 10)) % 10}`;
}

/** Whether a ten-digit NPI has the right check digit. */
export const isNationalProviderIdentifier = (text: string): boolean => /^\d{10}$/.test(text) && luhnSum(`80840${text}`) % 10 === 0;

function luhnSum(digits: string): number {
  let sum = 0;
  for (let index = digits.length - 1, place = 0; index >= 0; index -= 1, place += 1) {
    const digit = Number(digits[index]);
    const doubled = digit * 2;
    sum += place % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum;
}
