/** Small directories for tests and golden cases: one plan, one network, entries that differ only where a case says so. */
import type { Directory, DirectoryEntry, NetworkParticipation, Plan, UnitVector } from '../network/directory.ts';
import { EARTH_RADIUS_MILES } from './miles.ts';
import type { MatchRequest } from './request.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';

export const TODAY = '2026-11-20';

export const PLAN: Plan = {
  id: 'plan-a',
  name: 'Example Health PPO',
  payer: { id: 'SYN90', name: 'Example Health' },
  identifiers: ['EX-PPO'],
  networkIds: ['net-a'],
};

/** A place so many miles east of longitude 0 on the equator: a circle of 2π·R miles. */
export const milesEast = (miles: number): UnitVector => {
  const angle = miles / EARTH_RADIUS_MILES;
  return [Math.cos(angle), Math.sin(angle), 0];
};

export const inNetwork = (changes: Partial<NetworkParticipation> = {}): NetworkParticipation => ({
  networkId: 'net-a',
  accepting: 'newpt',
  verifiedOn: '2026-11-03',
  source: 'Example directory',
  ...changes,
});

export type EntryChanges = Partial<Omit<DirectoryEntry, 'location'>> & { id: string; miles?: number };

/** A cardiologist in network who takes everybody; `miles` is the distance from the example request's origin. */
export function exampleEntry({ miles = 0, ...changes }: EntryChanges): DirectoryEntry {
  return {
    npi: '1234567893',
    practitionerId: `practitioner-${changes.id}`,
    roleIds: [`role-${changes.id}`],
    name: { family: 'Rivera', given: 'Ana', credential: 'MD' },
    nucc: '207RC0000X',
    specialty: 'cardiology',
    location: { id: `location-${changes.id}`, city: 'Sample', state: 'NE', zip: '00000', unit: milesEast(miles), precision: 'address' },
    channels: ['phone'],
    languages: ['en'],
    ages: 'all',
    acceptsEmergencies: true,
    networks: [inNetwork()],
    contradictions: [],
    ...changes,
  };
}

export const exampleDirectory = (entries: readonly DirectoryEntry[]): Directory => ({
  format: 'refloop-directory-1',
  asOf: '2026-11-18',
  synthetic: true,
  plans: [PLAN],
  networks: [
    { id: 'net-a', name: 'Example network', payerId: 'SYN90' },
    { id: 'net-b', name: 'Another network', payerId: 'SYN91' },
  ],
  entries,
});

export const exampleSnapshot = (...entries: readonly EntryChanges[]): Snapshot =>
  snapshotOf(exampleDirectory(entries.map(exampleEntry)), 'example');

export const exampleRequest = (changes: Partial<MatchRequest> = {}): MatchRequest => ({
  specialty: 'cardiology',
  urgency: 'routine',
  origin: { unit: milesEast(0), precision: 'address' },
  coverage: { kind: 'plan', planId: PLAN.id },
  patient: 'adult',
  languages: [],
  radiusMiles: 25,
  limit: 5,
  today: TODAY,
  ...changes,
});
