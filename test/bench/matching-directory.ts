/** A directory of any size for measuring: real ZIP centroids, crowded and empty ones, drawn from a fixed seed. */
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import type {
  AcceptingPatients,
  Directory,
  DirectoryEntry,
  NetworkParticipation,
  Plan,
  UnitVector,
} from '@refloop/domain/network/directory';
import { zipCentroid } from '@refloop/server/matching/origin';

/** Mulberry32: small, fast and the same everywhere; good enough to scatter specialists. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ZIP_CENTROIDS: readonly { zip: string; unit: UnitVector }[] = Array.from({ length: 100_000 }, (_, at) => {
  const zip = String(at).padStart(5, '0');
  const unit = zipCentroid(zip);
  return unit ? [{ zip, unit }] : [];
}).flat();

const NETWORK_COUNT = 30;
const networkId = (at: number): string => `net-${at}`;

export const BENCH_PLANS: readonly Plan[] = Array.from({ length: NETWORK_COUNT }, (_, at) => ({
  id: `plan-${at}`,
  name: `Plan ${at}`,
  payer: { id: 'SYN90', name: 'Payer' },
  identifiers: [`PLAN-${at}`],
  networkIds: [networkId(at)],
}));

export const BENCH_TODAY = '2026-11-20';

/** Squaring a uniform number crowds the beginning of a list: some ZIP codes and specialties have many, most few. */
const crowded = (random: () => number, length: number): number => Math.floor(length * random() ** 2);

function participations(random: () => number): NetworkParticipation[] {
  const networks = new Set(Array.from({ length: 4 + Math.floor(random() * 16) }, () => Math.floor(random() * NETWORK_COUNT)));
  const accepting = (): AcceptingPatients => (random() < 0.8 ? 'newpt' : random() < 0.5 ? 'nopt' : 'unknown');
  return [...networks].map((at) => ({
    networkId: networkId(at),
    accepting: accepting(),
    verifiedOn: random() < 0.9 ? '2026-11-03' : '2026-05-01',
    source: 'Directory A',
  }));
}

/** About eleven networks an entry, as in the field; a fifth lists no wait, two fifths no rating. */
export function benchDirectory(size: number, seed: number): Directory {
  const random = randomFrom(seed);
  const byCrowd = ZIP_CENTROIDS.map((place) => ({ place, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ place }) => place);
  const entries = Array.from({ length: size }, (_, at): DirectoryEntry => {
    const place = byCrowd[crowded(random, byCrowd.length)];
    const specialty = SPECIALTIES[crowded(random, SPECIALTIES.length)];
    const nucc = specialty?.nucc[Math.floor(random() * specialty.nucc.length)];
    if (!place || !specialty || nucc === undefined) throw new Error('the lists of ZIP codes and specialties are not empty');
    return {
      id: `${at}~${specialty.id}`,
      npi: String(1_000_000_000 + at),
      practitionerId: `practitioner-${at}`,
      roleIds: [`role-${at}`],
      name: { family: `Family${at % 20_011}`, given: `Given${at % 503}` },
      nucc,
      specialty: specialty.id,
      organization: { id: `organization-${at % 5003}`, name: `Practice ${at % 5003}` },
      location: { id: `location-${at}`, city: 'City', state: 'ST', zip: place.zip, unit: place.unit, precision: 'zip' },
      channels: ['phone'],
      languages: ['en'],
      ages: random() < 0.1 ? 'children' : random() < 0.3 ? 'adults' : 'all',
      acceptsEmergencies: random() < 0.5,
      ...(random() < 0.2 ? {} : { wait: { days: Math.floor(random() * 60), asOf: '2026-11-01' } }),
      ...(random() < 0.4 ? {} : { rating: { stars: Math.floor(random() * 51) / 10, count: 1 + Math.floor(random() * 200) } }),
      networks: participations(random),
      contradictions: [],
    };
  });
  return { format: 'refloop-directory-1', asOf: BENCH_TODAY, synthetic: true, plans: BENCH_PLANS, networks: [], entries };
}
