/** Random directories and requests for matching, leaning towards the edges: circle rims, stale dates, ties, silence. */
import { dayOf } from '@refloop/domain/instant';
import type { MatchRequest } from '@refloop/domain/matching/request';
import type {
  AcceptingPatients,
  Directory,
  DirectoryEntry,
  NetworkParticipation,
  Plan,
  UnitVector,
} from '@refloop/domain/network/directory';
import { unitVectorOf } from '@refloop/server/matching/origin';
import fc from 'fast-check';

const TODAY = '2026-11-20';
const daysAgo = (days: number): string => dayOf(new Date(Date.parse(`${TODAY}T00:00:00Z`) - days * 86_400_000).toISOString());

/** Anchorage, Key West, Omaha and the date line: grid cells must work wherever the signs change. */
const TOWNS = [
  { latitude: 61.2181, longitude: -149.9003 },
  { latitude: 24.5551, longitude: -81.78 },
  { latitude: 41.2565, longitude: -95.9345 },
  { latitude: 51.88, longitude: -179.999 },
] as const;

const MILES_A_DEGREE = 69.0936;

/** A point some miles from a town: often on the spot, near the rim of a circle, or far beyond. */
const place: fc.Arbitrary<UnitVector> = fc
  .record({
    // Mostly one town, so that most requests find somebody.
    town: fc.oneof({ weight: 5, arbitrary: fc.constant(TOWNS[0]) }, { weight: 1, arbitrary: fc.constantFrom(...TOWNS) }),
    miles: fc.oneof(fc.constantFrom(0, 5, 24.9999, 25, 25.0001, 34.9, 35.1, 49.9, 50.1, 80), fc.double({ min: 0, max: 60, noNaN: true })),
    bearing: fc.constantFrom(0, 45, 90, 180, 270),
  })
  .map(({ town, miles, bearing }) => {
    const north = (miles * Math.cos((bearing * Math.PI) / 180)) / MILES_A_DEGREE;
    const east = (miles * Math.sin((bearing * Math.PI) / 180)) / MILES_A_DEGREE / Math.cos((town.latitude * Math.PI) / 180);
    return unitVectorOf({ latitude: town.latitude + north, longitude: town.longitude + east });
  });

const NETWORKS = ['net-a', 'net-b', 'net-c', 'net-d'] as const;

export const PLANS: readonly Plan[] = [
  { id: 'plan-1', name: 'Plan One', payer: { id: 'SYN90', name: 'Payer' }, identifiers: ['ONE'], networkIds: ['net-a'] },
  { id: 'plan-2', name: 'Plan Two', payer: { id: 'SYN90', name: 'Payer' }, identifiers: ['TWO'], networkIds: ['net-b', 'net-c'] },
];

const accepting = fc.oneof(
  { weight: 4, arbitrary: fc.constant<AcceptingPatients>('newpt') },
  { weight: 1, arbitrary: fc.constantFrom<AcceptingPatients>('nopt', 'existptonly', 'existptfam', 'unknown') },
);

const fresh = fc.constantFrom(daysAgo(3), daysAgo(40), daysAgo(90));

const participation: fc.Arbitrary<NetworkParticipation> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ networkId: fc.constantFrom(...NETWORKS), accepting, source: fc.constant('Directory A'), verifiedOn: fresh }),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        networkId: fc.constantFrom(...NETWORKS),
        accepting,
        source: fc.constantFrom('Directory A', 'Directory B'),
        from: fc.constantFrom(daysAgo(400), daysAgo(0), daysAgo(-1)),
        until: fc.constantFrom(daysAgo(1), daysAgo(0), daysAgo(-200)),
        verifiedOn: fc.oneof(fresh, fc.constantFrom(daysAgo(91), daysAgo(400), daysAgo(-2))),
      },
      { requiredKeys: ['networkId', 'accepting', 'source'] },
    ),
  },
);

type Draft = Omit<DirectoryEntry, 'id' | 'practitionerId' | 'roleIds' | 'location' | 'specialty'> & { unit: UnitVector; byZip: boolean };

const draft: fc.Arbitrary<Draft> = fc.record(
  {
    npi: fc.constantFrom('1234567893', '1245319599', '1679576722'),
    name: fc.record({
      family: fc.constantFrom('Rivera', 'Riverton', 'Peña-Ruiz', 'O’Brien', 'Nguyễn'),
      given: fc.constantFrom('Ana', 'Anselm', 'Ben'),
    }),
    // Cardiology, electrophysiology, dermatology, and the paediatric allergy code that belongs to a list of four.
    nucc: fc.constantFrom('207RC0000X', '207RC0000X', '207RC0001X', '207N00000X', '2080P0201X', '207K00000X'),
    unit: place,
    byZip: fc.boolean(),
    channels: fc.constant([]),
    languages: fc.constantFrom<string[]>(['en'], ['en', 'es'], ['es-MX'], []),
    ages: fc.constantFrom('all', 'all', 'adults', 'children'),
    networks: fc.array(participation, { maxLength: 5, size: 'max' }),
    contradictions: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.array(
          fc.record({
            about: fc.constantFrom('accepting', 'address', 'phone', 'network', 'specialty'),
            networkId: fc.constantFrom(...NETWORKS),
            detail: fc.constant('two rows disagree'),
          }),
          { maxLength: 2 },
        ),
      },
    ),
    organization: fc.constantFrom({ id: 'org-1', name: 'Heart Center' }, { id: 'org-2', name: 'Riverside Skin & Allergy' }),
    interpreterOnSite: fc.boolean(),
    acceptsEmergencies: fc.boolean(),
    telehealth: fc.boolean(),
    slidingScale: fc.boolean(),
    paymentPlan: fc.boolean(),
    wait: fc.record({ days: fc.constantFrom(0, 7, 15, 30, 90), asOf: fc.constantFrom(daysAgo(5), daysAgo(200)) }),
    rating: fc.record({ stars: fc.constantFrom(0, 2.5, 4, 4.7, 5), count: fc.nat({ max: 300 }) }),
  },
  { requiredKeys: ['npi', 'name', 'nucc', 'unit', 'byZip', 'channels', 'languages', 'ages', 'networks', 'contradictions'] },
);

const SPECIALTY_OF: Readonly<Record<string, string>> = {
  '207RC0000X': 'cardiology',
  '207RC0001X': 'cardiac-electrophysiology',
  '207N00000X': 'dermatology',
  '2080P0201X': 'allergy-immunology',
  '207K00000X': 'allergy-immunology',
};

export const arbitraryDirectory: fc.Arbitrary<Directory> = fc.array(draft, { maxLength: 100, size: 'max' }).map((drafts) => ({
  format: 'refloop-directory-1',
  asOf: '2026-11-18',
  synthetic: true,
  plans: PLANS,
  networks: NETWORKS.map((id) => ({ id, name: id, payerId: 'SYN90' })),
  entries: drafts.map(({ unit, byZip, ...facts }, at): DirectoryEntry => {
    const specialty = SPECIALTY_OF[facts.nucc] ?? '';
    return {
      ...facts,
      // Ids out of step with the order of the list and with the NPI, so that an order kept by accident shows.
      id: `${(at * 37) % 101}~${facts.npi}~${specialty}`,
      specialty,
      practitionerId: `practitioner-${at}`,
      roleIds: [`role-${at}`],
      location: { id: `location-${at}`, city: 'Sample', state: 'NE', zip: '00000', unit, precision: byZip ? 'zip' : 'address' },
    };
  }),
}));

export const arbitraryRequest: fc.Arbitrary<MatchRequest> = fc.record({
  specialty: fc.constantFrom('cardiology', 'cardiology', 'cardiac-electrophysiology', 'dermatology', 'allergy-immunology'),
  urgency: fc.constantFrom('routine', 'routine', 'urgent', 'emergency'),
  origin: fc.option(fc.record({ unit: place, precision: fc.constantFrom('address', 'zip') }), { freq: 8 }),
  coverage: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('plan-1', 'plan-2').map((planId) => ({ kind: 'plan' as const, planId })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'plan' as const, planId: 'gone' }) },
    { weight: 1, arbitrary: fc.constantFrom({ kind: 'none' as const }, { kind: 'not-active' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'plan-not-in-directory' as const, planName: 'Elsewhere HMO' }) },
  ),
  patient: fc.constantFrom('adult', 'adult', 'child'),
  languages: fc.constantFrom<string[]>([], ['es'], ['vi', 'es']),
  radiusMiles: fc.constantFrom(25, 25, 25, 1, 40, 50, 75, 500),
  limit: fc.constantFrom(5, 1, 3, 100),
  today: fc.constantFrom(TODAY, TODAY, TODAY, daysAgo(-60)),
});
