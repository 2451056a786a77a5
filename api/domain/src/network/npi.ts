/**
 * National Provider Identifier: ten digits, the last a Luhn check digit computed with the prefix 80840 that
 * ISO 7812 gives to US health identifiers (45 CFR 162.406; CMS, "NPI check digit").
 */

/** What the fixed prefix 80840 adds to the Luhn sum. */
const PREFIX_SUM = 24;

/** The check digit for the first nine digits of an NPI. */
export function npiCheckDigit(nineDigits: string): string {
  let sum = PREFIX_SUM;
  for (let index = 0; index < 9; index += 1) {
    const digit = Number(nineDigits[index]);
    // Counting from the right, the check digit's neighbour is doubled first: positions 8, 6, 4, 2, 0.
    const doubled = index % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Whether the text is a well-formed NPI: ten digits starting with 1 or 2 and a right check digit. */
export const isNpi = (text: string): boolean => /^[12]\d{9}$/.test(text) && npiCheckDigit(text) === text[9];
