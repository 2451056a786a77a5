/**
 * Teeth by the ADA Universal Tooth Designation System: 1 to 32 for permanent teeth, A to T for primary ones.
 * @see https://terminology.hl7.org/CodeSystem-ADAUniversalToothDesignationSystem.html
 */
export const TOOTH_SYSTEM = 'http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem';

/** The designation as it is written in a chart; undefined for anything that is no tooth. */
export function toothOf(written: string): string | undefined {
  const found = /^#?\s*(?:0?([1-9])|([12]\d|3[0-2])|([A-Ta-t]))$/.exec(written.trim());
  if (!found) return undefined;
  const [, digit, number, letter] = found;
  return digit ?? number ?? letter?.toUpperCase();
}

const LAST_OF_UPPER_ARCH = { permanent: 16, primary: 10 } as const;

/** "Tooth 30 (lower)": the number, and the arch that whoever reads it can check it by. */
export function toothWords(tooth: string): string {
  const number = Number(tooth);
  const place = Number.isNaN(number) ? tooth.charCodeAt(0) - 'A'.charCodeAt(0) + 1 : number;
  const last = Number.isNaN(number) ? LAST_OF_UPPER_ARCH.primary : LAST_OF_UPPER_ARCH.permanent;
  return `Tooth ${tooth} (${place <= last ? 'upper' : 'lower'}${Number.isNaN(number) ? ', primary' : ''})`;
}

/** Teeth named in words of a reason, each once, in the order of the words: "tooth #30", "teeth 3, 14 and A", "#19". */
export function teethIn(words: string): readonly string[] {
  const found: string[] = [];
  const named =
    /(?:\b(?:tooth|teeth)\b(?:\s+(?:numbers?|nos?\.?))?\s*((?:#?\s*(?:\d{1,2}|[A-T])\b(?:\s*(?:,|and|&)\s*)?)+))|#\s*(\d{1,2})\b/gi;
  for (const [, several, single] of words.matchAll(named)) {
    for (const part of (several ?? single ?? '').split(/,|&|\band\b/)) {
      const tooth = toothOf(part);
      if (tooth !== undefined && !found.includes(tooth)) found.push(tooth);
    }
  }
  return found;
}
