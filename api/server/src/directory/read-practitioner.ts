import { isNpi } from '@refloop/domain/network/npi';
import { CODE_SYSTEM } from '@refloop/domain/network/plan-net';
import { ok } from '@refloop/domain/result';
import { codesOf, type Loose, objects, text, texts } from './loose-json.ts';
import { type ReadContext, type RowResult, refuseRow, rowOf } from './read-common.ts';
import type { PractitionerRecord } from './records.ts';

/** "Hans Solo, MD" → Hans, Solo. Used when a directory gives the name as one text only. */
function fromText(whole: string): { family: string; given: string } {
  const [name = ''] = whole.split(',');
  const words = name.trim().split(/\s+/);
  return { family: words.at(-1) ?? '', given: words.slice(0, -1).join(' ') };
}

function nameOf(resource: Loose): PractitionerRecord['name'] | undefined {
  const names = objects(resource['name']);
  const name = names.find((item) => item['use'] === 'official') ?? names.find((item) => item['use'] !== 'old') ?? names[0];
  if (name === undefined) return undefined;
  const whole = fromText(text(name['text']) ?? '');
  const family = text(name['family']) ?? whole.family;
  if (family === '') return undefined;
  const given = texts(name['given']).join(' ') || (text(name['family']) === undefined ? whole.given : '');
  const degrees = objects(resource['qualification']).flatMap((item) => codesOf(item['code'], CODE_SYSTEM.degree));
  const credential = texts(name['suffix']).join(', ') || degrees.join(', ');
  return { family, given, ...(credential !== '' && { credential }) };
}

const GENDERS = { female: 'female', male: 'male', other: 'other' } as const;

/** Needs an NPI with a right check digit and a name. */
export function readPractitioner(resource: Loose, context: ReadContext): RowResult<PractitionerRecord> {
  if (resource['active'] === false) return refuseRow('not active', 'active is false');
  const numbers = objects(resource['identifier']).flatMap((item) =>
    item['system'] === CODE_SYSTEM.npi ? (text(item['value']) ?? []) : [],
  );
  if (numbers.length === 0) return refuseRow('no NPI', `identifier: none has the system ${CODE_SYSTEM.npi}`);
  const npi = numbers.find(isNpi);
  if (npi === undefined) return refuseRow('NPI not valid', `identifier: ${numbers.join(', ')} is not ten digits with a right check digit`);
  const name = nameOf(resource);
  if (name === undefined) return refuseRow('no name', 'name: neither family nor text is there');
  const gender = Object.entries(GENDERS).find(([code]) => code === resource['gender'])?.[1];
  return ok({
    ...rowOf(resource, context.place),
    npi,
    name,
    ...(gender && { gender }),
    languages: [...new Set(codesOf(resource['communication'], CODE_SYSTEM.language))].sort(),
    certificates: [...new Set(objects(resource['qualification']).flatMap((item) => codesOf(item['code'], CODE_SYSTEM.nucc)))].sort(),
  });
}
