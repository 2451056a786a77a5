/** Invented people. Names are drawn at random from lists of many origins; nobody real is meant. */
import { npiCheckDigit } from '@refloop/domain/network/npi';
import { type Random, randomFrom } from '../synthetic/random.ts';
import names from './names.json' with { type: 'json' };
import { type Profession, professions } from './professions.ts';
import type { SpecialistKind } from './specialty-mix.ts';

export type Person = {
  npi: string;
  gender: 'female' | 'male';
  given: string;
  family: string;
  credential: Profession['credentials'][number];
  /** BCP 47, English first. */
  languages: readonly string[];
  /** Certificates listed on the person; of a few they are of another specialty than the listing's. */
  certificates: readonly string[];
};

/** Other languages spoken, with the share of practitioners; Spanish has its own, by state. A choice of ours. */
const languageShares: readonly (readonly [code: string, share: number])[] = [
  ['zh', 0.025],
  ['hi', 0.045],
  ['ar', 0.025],
  ['vi', 0.015],
  ['ko', 0.015],
  ['ru', 0.015],
  ['fr', 0.02],
  ['pt', 0.01],
  ['tl', 0.015],
  ['ur', 0.02],
  ['fa', 0.015],
  ['pl', 0.008],
  ['ht', 0.006],
  ['bn', 0.008],
  ['ase', 0.006],
];

/** Where more patients speak Spanish, more practices do. */
const spanishShare = (state: string): number =>
  ['TX', 'CA', 'NM', 'FL', 'AZ', 'NV'].includes(state) ? 0.34 : ['NY', 'NJ', 'IL', 'CO', 'CT'].includes(state) ? 0.2 : 0.1;

function credentialOf(profession: Profession, random: Random): Profession['credentials'][number] {
  let left = random.next();
  for (const credential of profession.credentials) {
    left -= credential.share;
    if (left < 0) return credential;
  }
  return random.pick(profession.credentials);
}

/**
 * A National Provider Identifier that no real person has: all issued so far begin with 1, and 2 is the other first digit that the
 * standard allows.
 */
export function syntheticNpi(number: number): string {
  const body = String(200_000_000 + number);
  return body + npiCheckDigit(body);
}

export function person(number: number, kind: SpecialistKind, state: string, seed: string): Person {
  const random = randomFrom(`${seed}/person/${number}`);
  const gender = random.next() < 0.42 ? 'female' : 'male';
  return {
    npi: syntheticNpi(number),
    gender,
    given: random.pick(names[gender]),
    family: random.pick(names.family),
    credential: credentialOf(professions[kind.role], random),
    languages: [
      'en',
      ...(random.next() < spanishShare(state) ? ['es'] : []),
      ...languageShares.filter(([, share]) => random.next() < share).map(([code]) => code),
    ],
    certificates: random.next() < 0.007 ? [kind.specialty === 'dermatology' ? '207Y00000X' : '207N00000X'] : kind.nucc,
  };
}
