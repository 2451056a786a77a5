/**
 * Words by which a chart is found again, so that a document is compared with few of them: two that share none are not compared. Each bears one
 * kind of mistake in the others. Record linkage calls them blocking keys.
 */
import type { ComparedIdentity } from './identity.ts';

const BEGINNING = 4;
const LAST_DIGITS = 7;

export function blocksOf({ family, familyParts, given, born, phone, recordNumbers, line, postalCode }: ComparedIdentity): string[] {
  const [first = ''] = given;
  // In the order of the alphabet, so that names in each other's place are found.
  const names = [family, ...familyParts].flatMap((name) =>
    name === '' || first === '' ? [] : [[name.slice(0, BEGINNING), first.slice(0, BEGINNING)].sort().join(' ')],
  );
  return [
    ...(born ? [`born ${born.year}-${born.month}-${born.day}`] : []),
    ...(born ? [...new Set(names)].map((name) => `name ${name} ${born.year}`) : []),
    ...(phone === '' ? [] : [`phone ${phone.slice(-LAST_DIGITS)}`]),
    ...(line === '' || postalCode === '' ? [] : [`home ${line} ${postalCode}`]),
    ...recordNumbers.map((number) => `number ${number}`),
  ];
}
