/**
 * What forbids that a pair is taken for the same person without anybody looking, however much it weighs. The model takes fields as independent
 * (Fellegi and Sunter 1969), and people of one household are not: twins share all but the given name, a parent and a child with one name all
 * but the birth date, and among many patients two of the same name were born on the same day.
 */
import type { Agreement } from './compare.ts';
import type { ComparedIdentity } from './identity.ts';

export const GUARDS = {
  'given-name': 'The given name is not the same and no usual short form of it: it may be a twin or a sibling.',
  'family-name': 'The family name is another one, or is missing.',
  'birth-date': 'The birth date is another one, or is missing.',
  'birth-date-slip': 'The birth date is off by a digit, and name, address and telephone do not all bear it out.',
  sex: 'The sex is another one.',
  suffix: 'One is senior and one is junior.',
  'nothing-beside-name': 'Nothing beside name and birth date is the same: two people may share these.',
} as const;
export type Guard = keyof typeof GUARDS;

/** Which of them stand against taking the pair for the same person; none lets the weight decide. */
export function guardsAgainst(agreement: Agreement, left: ComparedIdentity, right: ComparedIdentity): Guard[] {
  const { family, given, born, sex, address, phone } = agreement;
  const givenAgrees = given === 'same' || given === 'nickname' || family === 'crossed';
  const familyAgrees = family === 'same' || family === 'close' || family === 'crossed';
  const sameHome = address === 'same' || address === 'close';
  const slipBorneOut = family === 'same' && given === 'same' && sameHome && phone === 'same';
  const against: [Guard, boolean][] = [
    ['given-name', !givenAgrees],
    ['family-name', !familyAgrees],
    ['birth-date', born !== 'same' && born !== 'slip'],
    ['birth-date-slip', born === 'slip' && !slipBorneOut],
    ['sex', sex === 'different'],
    ['suffix', left.suffix !== '' && right.suffix !== '' && left.suffix !== right.suffix],
    ['nothing-beside-name', !sameHome && phone !== 'same'],
  ];
  return against.filter(([, stands]) => stands).map(([guard]) => guard);
}
