/**
 * Who a text is about and who wrote it, from what its own labels say. Only what stands behind a label is taken, and only where it has the form
 * of what the label promises; everything else stays empty.
 */
import { isNpi } from '@refloop/domain/network/npi';
import type { Identity } from '@refloop/domain/patient-match/identity';
import { type Header, nobody } from './read-document.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DATE = String.raw`(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/-]\d{1,2}[/-]\d{4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2} [A-Za-z]{3,9}\.? \d{4})`;

const two = (number: number): string => String(number).padStart(2, '0');

function day(year: number, month: number, date: number): string {
  const made = new Date(Date.UTC(year, month - 1, date));
  const exists = made.getUTCMonth() === month - 1 && made.getUTCDate() === date && year >= 1880 && year <= 2200;
  return exists ? `${year}-${two(month)}-${two(date)}` : '';
}

/** A date as it is written in the United States: the month before the day. Empty where it is none. */
export function dayIn(text: string): string {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const numbers = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text);
  if (numbers) return day(Number(numbers[3]), Number(numbers[1]), Number(numbers[2]));
  const [, before = '', word = '', behind = '', year = ''] = /^(\d{1,2} )?([A-Za-z]{3,9})\.? ?(\d{1,2})?,? (\d{4})$/.exec(text) ?? [];
  const month = MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;
  return month === 0 ? '' : day(Number(year), month, Number(before || behind));
}

/** A value of a label ends where the line does, where a gap shows another column, or where the next label begins. */
export const VALUE = String.raw`([^\n]{1,80}?)(?=\s{2,}|\s*[|;]|\s+(?:DOB|D\.O\.B|Date of birth|MRN|Sex|Gender|Phone|Age|Address|NPI|Date|Account|Visit)\b|\s*\n|\s*$)`;

function behind(text: string, labels: string, value: string): string {
  const found = new RegExp(String.raw`(?:^|[\n|;]|\s{2,}|\b)(?:${labels})\s*[:#]?\s*${value}`, 'i').exec(text);
  return found?.[1]?.trim() ?? '';
}

/** Of a label that must be followed by a colon: words as common as these stand in running text too. */
function behindColon(text: string, labels: string, value: string): string {
  const found = new RegExp(String.raw`(?:^|\n|\||\s{2,})[ \t]*(?:${labels})[ \t]*:[ \t]*${value}`, 'i').exec(text);
  return found?.[1]?.trim() ?? '';
}

const TITLES = /^(?:mr|mrs|ms|miss|mx|dr)\.?\s+/i;
const SUFFIX = /[\s,]+(jr|sr|ii|iii|iv)\.?$/i;
const NAME = /^[\p{L}][\p{L}\p{M}'’.\- ,]*$/u;

/** `Delgado, Marisol A` or `Marisol A Delgado`. */
export function nameIn(written: string): Pick<Identity, 'family' | 'given' | 'suffix'> {
  const named = written.replace(/\s*\([^)]*\)\s*$/, '').replace(TITLES, '');
  const suffix = SUFFIX.exec(named)?.[1] ?? '';
  const plain = named.replace(SUFFIX, '').trim();
  const nothing = { family: '', given: [], suffix: '' };
  if (!NAME.test(plain)) return nothing;
  const [first = '', second] = plain.split(/,\s*/);
  if (second !== undefined) return { family: first.trim(), given: second.split(/\s+/).filter(Boolean), suffix };
  const words = plain.split(/\s+/);
  return words.length < 2 ? nothing : { family: words.at(-1) ?? '', given: words.slice(0, -1), suffix };
}

const SEXES: Readonly<Record<string, Identity['sex']>> = { f: 'female', female: 'female', m: 'male', male: 'male' };

function addressIn(text: string): Pick<Identity, 'line' | 'city' | 'postalCode'> {
  const written = behindColon(text, 'patient address|home address|address', String.raw`([^\n]{5,120})`);
  const [, line = '', city = '', postalCode = ''] = /^(.+?),\s*([^,]+?),?\s+[A-Z]{2}\s+(\d{5})(?:-\d{4})?\b/.exec(written) ?? [];
  return { line, city, postalCode };
}

/** The header is looked for where notes have it. */
const HEAD = 6000;
const MOST = 8;

const unique = (list: readonly string[]): string[] => [...new Set(list)].slice(0, MOST);
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found ?? '');

/** Long runs of blanks mean what two do, and patterns that look for blanks would go through them again and again. */
export const evenly = (text: string): string => text.replaceAll(/[^\S\n]{2,}/g, '  ').replaceAll(/\n{2,}/g, '\n');

const RECORD_NUMBER =
  /\b(?:MRN|medical record (?:number|no\.?)|record (?:number|no\.?)|chart (?:number|no\.?))\s*[:#]?\s*([A-Za-z0-9][A-Za-z0-9-]{2,19})\b/gi;

export const recordNumbersIn = (text: string): string[] => unique(all(text, RECORD_NUMBER).filter((number) => /\d/.test(number)));

/** Whose birth date it is where a line says so: a parent's or an insured person's stands on many forms. */
const OF_SOMEBODY_ELSE =
  /\b(?:subscriber|insured|guarantor|policy ?holder|responsible party|mother|father|parent|guardian|spouse|husband|wife|son|daughter|child|baby|contact)\b/i;
const BIRTH = new RegExp(String.raw`\b(?:DOB|D\.O\.B\.?|date of birth|birth ?date)\s*[:#]?\s*${DATE}`, 'gi');
/** So far before the label it is said whose birth date it is. */
const SAID_WITHIN = 40;

/** Every birth date that a text gives its patient, each once. */
export const birthsIn = (text: string): string[] =>
  unique(
    [...text.matchAll(BIRTH)]
      .filter(
        ({ index }) =>
          !OF_SOMEBODY_ELSE.test(
            text
              .slice(Math.max(0, index - SAID_WITHIN), index)
              .split('\n')
              .at(-1) ?? '',
          ),
      )
      .map(([, date = '']) => dayIn(date))
      .filter(Boolean),
  );

export function headerIn(text: string): Header {
  const head = evenly(text.slice(0, HEAD));
  const sex = behind(head, 'sex|gender', String.raw`(female|male|f|m)\b`).toLowerCase();
  const patient: Identity = {
    ...nobody(),
    ...nameIn(behindColon(head, 'patient name|patient|name of patient|re|regarding|name', VALUE)),
    born: dayIn(behind(head, String.raw`DOB|D\.O\.B\.?|date of birth|birth ?date|born`, DATE)),
    sex: SEXES[sex] ?? '',
    ...addressIn(head),
    phone: behindColon(head, 'patient phone|home phone|cell phone|mobile phone|cell|mobile', String.raw`([+(]?[\d][\d ().+-]{8,18}\d)`),
    recordNumbers: recordNumbersIn(head),
  };
  const tail = evenly(text.slice(-HEAD));
  return {
    patient,
    author:
      behindColon(head, 'consultant|specialist|provider|author|from|seen by|attending', VALUE) ||
      behind(tail, 'electronically signed by|signed by|dictated by', VALUE),
    organization: behindColon(head, 'practice|clinic|organization|facility', VALUE),
    npis: unique([...all(head, /\bNPI\s*[:#]?\s*(\d{10})\b/gi), ...all(tail, /\bNPI\s*[:#]?\s*(\d{10})\b/gi)].filter(isNpi)),
    date: dayIn(
      behind(
        head,
        'date of (?:service|visit|consultation|consult|exam|encounter)|(?:visit|service|encounter|consultation) date|DOS',
        DATE,
      ) || behindColon(head, 'date', DATE),
    ),
    orders: unique(all(head, /\b(?:referral|order|reference) (?:number|no\.?|id|#)\s*[:#]?\s*([A-Za-z0-9][A-Za-z0-9-]{5,39})\b/gi)),
  };
}
