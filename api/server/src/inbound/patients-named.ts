/**
 * Whether a file names more than one patient: an office that faxes two notes in one go sends one file. What stands behind the labels of every
 * page is compared with what stood behind the first ones; where name, birth date or record number is another, a person takes the file apart.
 */
import { compareIdentities } from '@refloop/domain/patient-match/compare';
import { comparedIdentity, type Identity } from '@refloop/domain/patient-match/identity';
import { type DocumentPart, nobody } from './read-document.ts';
import { birthsIn, evenly, nameIn, recordNumbersIn, VALUE } from './text-header.ts';

type Named = { name: ReturnType<typeof nameIn>; births: string[]; recordNumbers: string[] };

/** Behind one of these stands the patient; behind the others anybody may, unless a birth date or record number follows. */
const OF_THE_PATIENT = /^(?:patient name|patient|name of patient)$/i;
const NAME_LABEL = new RegExp(
  String.raw`(?:^|\n|\f|\||\s{2,})[ \t]*(patient name|patient|name of patient|re|regarding|name)[ \t]*:[ \t]*${VALUE}`,
  'gi',
);
const BORN_OR_NUMBER = /\b(?:DOB|D\.O\.B|date of birth|birth ?date|MRN|medical record)\b/i;
const FOLLOWS_WITHIN = 160;

const PARTICLES = new Set([
  'de',
  'del',
  'la',
  'las',
  'los',
  'da',
  'das',
  'do',
  'dos',
  'di',
  'van',
  'von',
  'den',
  'der',
  'ter',
  'bin',
  'al',
  'el',
  'y',
  'e',
]);

/** Every word of a name begins with a capital; a sentence behind `Patient:` does not. */
const isNameLike = (written: string): boolean =>
  written
    .split(/[\s,]+/)
    .filter(Boolean)
    .every((word) => /^[(\p{Lu}]/u.test(word) || PARTICLES.has(word.toLowerCase()));

/** Whoever is named on a page, in order; what stands before the first name belongs to it. */
function namedOn(page: string): Named[] {
  const text = evenly(page);
  const labels = [...text.matchAll(NAME_LABEL)].flatMap((found) => {
    const [whole, label = '', value = ''] = found;
    const after = text.slice(found.index + whole.length, found.index + whole.length + FOLLOWS_WITHIN);
    const counts = isNameLike(value) && (OF_THE_PATIENT.test(label) || BORN_OR_NUMBER.test(after));
    const name = nameIn(value);
    return counts && name.family !== '' ? [{ at: found.index, name }] : [];
  });
  const starts = labels.length === 0 ? [{ at: 0, name: nameIn('') }] : labels;
  return starts.map(({ name }, place) => {
    const from = place === 0 ? 0 : (starts[place]?.at ?? 0);
    const block = text.slice(from, starts[place + 1]?.at);
    return { name, births: birthsIn(block), recordNumbers: recordNumbersIn(block) };
  });
}

const identityOf = ({ name, births, recordNumbers }: Named): Identity => ({ ...nobody(), ...name, born: births[0] ?? '', recordNumbers });

function isAnother(first: Identity, other: Identity): boolean {
  const [left, right] = [comparedIdentity(first), comparedIdentity(other)];
  const { family, given } = compareIdentities(left, right);
  const otherName = family === 'different' || given === 'different';
  const otherSuffix = left.suffix !== '' && right.suffix !== '' && left.suffix !== right.suffix;
  const otherBirth = first.born !== '' && other.born !== '' && first.born !== other.born;
  const otherNumber =
    left.recordNumbers.length > 0 &&
    right.recordNumbers.length > 0 &&
    !left.recordNumbers.some((number) => right.recordNumbers.includes(number));
  return otherName || otherSuffix || otherBirth || otherNumber;
}

/** @param first whom the header of the document names, where it has one of its own, as C-CDA has */
export function namesSeveral(parts: readonly DocumentPart[], first: Identity = nobody()): boolean {
  const said = { ...first };
  for (const named of parts.flatMap(({ text }) => text.split('\f').flatMap(namedOn))) {
    const other = identityOf(named);
    if (named.births.length > 1 || isAnother(said, other)) return true;
    if (said.family === '') Object.assign(said, named.name);
    said.born ||= other.born;
    if (said.recordNumbers.length === 0) said.recordNumbers = other.recordNumbers;
  }
  return false;
}
