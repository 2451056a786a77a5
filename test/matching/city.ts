/** A crowded directory made by arithmetic alone: 2,400 cardiologists around one town, for what random ones are too small for. */
import type { MatchRequest } from '@refloop/domain/matching/request';
import type { AcceptingPatients, Directory, DirectoryEntry } from '@refloop/domain/network/directory';
import { unitVectorOf } from '@refloop/server/matching/origin';
import { PLANS } from './arbitraries.ts';

const TOWN = { latitude: 41.2565, longitude: -95.9345 };
/** Fractional parts of multiples of irrational numbers fill an interval evenly. */
const spread = (at: number, step: number): number => (at * step) % 1;

const ACCEPTING: readonly AcceptingPatients[] = ['newpt', 'newpt', 'newpt', 'nopt', 'existptonly', 'unknown'];

const entryAt = (at: number): DirectoryEntry => ({
  id: `${at}~cardiology`,
  npi: String(1_000_000_000 + ((at * 7919) % 1000)),
  practitionerId: `practitioner-${at}`,
  roleIds: [`role-${at}`],
  name: { family: `Family${at % 97}`, given: `Given${at % 31}` },
  nucc: '207RC0000X',
  specialty: 'cardiology',
  location: {
    id: `location-${at % 400}`,
    city: 'Omaha',
    state: 'NE',
    zip: '68102',
    unit: unitVectorOf({
      latitude: TOWN.latitude + (spread(at % 400, 0.618_033_988_7) - 0.5) * 1.6,
      longitude: TOWN.longitude + (spread(at % 400, 0.754_877_666_2) - 0.5) * 2,
    }),
    precision: at % 5 === 0 ? 'zip' : 'address',
  },
  channels: ['phone'],
  languages: at % 7 === 0 ? ['en', 'es'] : ['en'],
  ages: at % 11 === 0 ? 'children' : 'all',
  acceptsEmergencies: at % 3 === 0,
  slidingScale: at % 13 === 0,
  ...(at % 4 === 0 ? {} : { wait: { days: (at * 13) % 61, asOf: '2026-11-01' } }),
  ...(at % 3 === 0 ? {} : { rating: { stars: ((at * 17) % 51) / 10, count: at % 200 } }),
  networks: [
    {
      networkId: ['net-a', 'net-b', 'net-d'][at % 3] ?? 'net-d',
      accepting: ACCEPTING[at % ACCEPTING.length] ?? 'unknown',
      verifiedOn: at % 8 === 0 ? '2026-02-01' : '2026-11-03',
      source: 'Directory A',
    },
  ],
  contradictions: [],
});

export const cityDirectory = (size = 2400): Directory => ({
  format: 'refloop-directory-1',
  asOf: '2026-11-18',
  synthetic: true,
  plans: PLANS,
  networks: [{ id: 'net-a', name: 'Network A', payerId: 'SYN90' }],
  entries: Array.from({ length: size }, (_, at) => entryAt(at)),
});

/** Forty requests that differ in every way a request can. */
export const cityRequests: readonly MatchRequest[] = Array.from(
  { length: 40 },
  (_, at): MatchRequest => ({
    specialty: 'cardiology',
    urgency: (['routine', 'urgent', 'emergency'] as const)[at % 3] ?? 'routine',
    origin:
      at % 10 === 9
        ? null
        : {
            unit: unitVectorOf({ latitude: TOWN.latitude + spread(at, 0.3), longitude: TOWN.longitude + spread(at, 0.7) }),
            precision: at % 2 === 0 ? 'address' : 'zip',
          },
    coverage: at % 6 === 5 ? { kind: 'none' } : { kind: 'plan', planId: at % 2 === 0 ? 'plan-1' : 'plan-2' },
    patient: at % 4 === 3 ? 'child' : 'adult',
    languages: at % 5 === 0 ? ['es'] : [],
    radiusMiles: [25, 3, 60][(at >> 2) % 3] ?? 25,
    limit: [5, 100, 1][(at >> 1) % 3] ?? 5,
    today: '2026-11-20',
  }),
);
