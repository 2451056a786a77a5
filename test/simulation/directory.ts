/** The directory of a simulated town: some specialists of each kind in the network, one outside. */
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { Directory, DirectoryEntry } from '@refloop/domain/network/directory';
import { unitVectorOf } from '@refloop/server/matching/origin';

export const SPECIALTIES = ['cardiology', 'gastroenterology', 'dermatology'] as const;
export const HOME = { latitude: 41.88, longitude: -87.63 };
const IN_NETWORK = 5;
/** How an office says it is reached: by our EHR, a portal or fax, or by telephone alone. */
const CHANNELS_OF: DirectoryEntry['channels'][] = [['phone'], ['fax'], ['portal'], ['fhir'], ['portal']];

export const COVERAGE = { payerId: 'payer-a', payerName: 'Payer A', planIdentifier: 'PLAN-A', planName: 'Plan A', active: true };

function entry(specialty: string, number: number, inNetwork: boolean, verifiedOn: string): DirectoryEntry {
  const nucc = specialtyById(specialty)?.nucc[0];
  const specialtyNumber = SPECIALTIES.findIndex((each) => each === specialty) + 1;
  if (nucc === undefined) throw new Error(`There is no specialty ${specialty}.`);
  return {
    id: `${specialty}-${number}`,
    npi: `1${specialtyNumber}${String(number).padStart(8, '0')}`,
    practitionerId: `practitioner-${specialty}-${number}`,
    roleIds: [`role-${specialty}-${number}`],
    name: { family: `Family${number}`, given: 'Ana', credential: 'MD' },
    nucc,
    specialty,
    organization: { id: `practice-${specialty}-${number}`, name: `Practice ${number}` },
    location: {
      id: `location-${specialty}-${number}`,
      city: 'Chicago',
      state: 'IL',
      zip: '60601',
      unit: unitVectorOf({ latitude: HOME.latitude + number / 200, longitude: HOME.longitude }),
      precision: 'address',
    },
    phone: '312-555-0100',
    fax: `312-555-${specialtyNumber}${String(number).padStart(3, '0')}`,
    // Of each specialty others: who is nearest, and asked most, is reached by a link in two of three and by our EHR in one.
    channels: CHANNELS_OF[(number + specialtyNumber) % CHANNELS_OF.length] ?? ['fax'],
    languages: ['en'],
    ages: 'all',
    acceptsEmergencies: true,
    wait: { days: 8 + number, asOf: verifiedOn },
    rating: { stars: 4, count: 30 },
    networks: inNetwork ? [{ networkId: 'network-a', accepting: 'newpt', verifiedOn, source: 'Payer A' }] : [],
    contradictions: [],
  };
}

/** @param verifiedOn the day on which the payer last looked at its rows */
export function townDirectory(verifiedOn: string): Directory {
  const entries = SPECIALTIES.flatMap((specialty) =>
    Array.from({ length: IN_NETWORK + 1 }, (_, at) => entry(specialty, at + 1, at < IN_NETWORK, verifiedOn)),
  );
  return {
    format: 'refloop-directory-1',
    asOf: verifiedOn,
    synthetic: true,
    plans: [
      { id: 'plan-a', name: 'Plan A', payer: { id: 'payer-a', name: 'Payer A' }, identifiers: ['PLAN-A'], networkIds: ['network-a'] },
    ],
    networks: [{ id: 'network-a', name: 'Network A', payerId: 'payer-a' }],
    entries,
  };
}
