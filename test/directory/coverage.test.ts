/**
 * Is the synthetic directory dense enough? Asked for are at least three in-network candidates within 50 miles for the 20
 * commonest specialties from 90 % of US ZIP codes.
 *
 * Counted here, for a plan and a specialty: the share of the ZIP codes of the fifty states and DC (npm `zipcodes` 8.0.0, about
 * 41,700, post-office boxes included) in whose state the plan is sold, from whose centroid at least three different practitioners
 * are within 50 great-circle miles who
 *   - practise the specialty: their NUCC code is one of the specialty's, as matching counts them,
 *   - are `in` for the plan by the domain's own three-valued rule, with network statements good for 180 days, and
 *   - take new patients in that network, nothing in the directory contradicting it.
 * The directory goes through the importer a site would use. A plan sold everywhere must reach 90 % for each of the twenty;
 * for regional plans, whose networks are narrower on purpose, the shares are printed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SPECIALTIES, type Specialty } from '@refloop/domain/clinical/specialty';
import type { Directory, DirectoryEntry, Plan } from '@refloop/domain/network/directory';
import { networkStatus } from '@refloop/domain/network/plan-lookup';
import { isSoldIn, syntheticPlans } from '@refloop/domain/network/synthetic-plans';
import { writeSyntheticDirectory } from '@refloop/launch/directory/generate';
import { usZipCodes } from '@refloop/launch/directory/zip-codes';
import { type ImportedDirectory, importDirectory } from '@refloop/server/directory/import-directory';
import { afterAll, beforeAll, expect, test } from 'vitest';

const TODAY = '2026-11-20';
const POLICY = { networkStaleAfterDays: 180 };
const MILES = 50;
const WANTED = 3;
const SHARE = 0.9;

/** Held against the directory itself in the first test. */
const COMMONEST = [
  'cardiology',
  'dermatology',
  'endocrinology',
  'gastroenterology',
  'general-surgery',
  'gynecology',
  'hematology',
  'medical-oncology',
  'nephrology',
  'neurology',
  'obstetrics',
  'ophthalmology',
  'orthopedic-surgery',
  'otolaryngology',
  'pain-medicine',
  'physical-medicine-rehab',
  'psychiatry',
  'pulmonology',
  'rheumatology',
  'urology',
];

const EARTH_MILES = 3958.7613;
/** The square of the chord under 50 miles of arc. */
const MAX_CHORD = (2 * Math.sin(MILES / EARTH_MILES / 2)) ** 2;
/** Cells a little wider than that chord, so that all within reach lie in the neighbouring cells. */
const CELLS_PER_UNIT = 75;

let folder: string;
let imported: ImportedDirectory;
let directory: Directory;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refloop-coverage-'));
  await writeSyntheticDirectory(folder, { seed: 'refloop', size: 25_000, asOf: TODAY });
  imported = await importDirectory({ source: folder, importedOn: TODAY });
  directory = imported.directory;
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const practising = (specialty: Specialty) => directory.entries.filter((entry) => specialty.nucc.includes(entry.nucc));

const specialtyOf = (id: string): Specialty => {
  const found = SPECIALTIES.find((specialty) => specialty.id === id);
  if (found === undefined) throw new Error(`${id} is not a specialty of the product`);
  return found;
};

function isCandidate(entry: DirectoryEntry, plan: Plan): boolean {
  const status = networkStatus(entry, { kind: 'known', plan }, TODAY, POLICY);
  if (status.status !== 'in') return false;
  const disputed = entry.contradictions.some((item) => item.about === 'accepting' && item.networkId === status.networkId);
  return !disputed && entry.networks.some((row) => row.networkId === status.networkId && row.accepting === 'newpt');
}

/** Bit p is set where the entry is a candidate for the p-th plan; thirty plans fit into one number. */
const plansOf = (entry: DirectoryEntry): number =>
  directory.plans.reduce((mask, plan, index) => (isCandidate(entry, plan) ? mask | (1 << index) : mask), 0);

type Point = readonly [number, number, number];
const cellOf = (value: number): number => Math.floor((value + 1) * CELLS_PER_UNIT);
const cellKey = (x: number, y: number, z: number): number => (x * 1_000 + y) * 1_000 + z;

/** For each plan, in how many of its ZIP codes there are enough candidates of the specialty. */
function served(specialty: Specialty, soldIn: readonly (readonly boolean[])[]): number[] {
  const candidates = practising(specialty).map((entry) => ({ unit: entry.location.unit, npi: entry.npi, plans: plansOf(entry) }));
  const cells = Map.groupBy(candidates, ({ unit: [x, y, z] }) => cellKey(cellOf(x), cellOf(y), cellOf(z)));
  const counts = directory.plans.map(() => 0);
  for (const [index, code] of usZipCodes.entries()) {
    const plansByPerson = new Map<string, number>();
    const [x, y, z]: Point = code.unit;
    for (let dx = -1; dx <= 1; dx += 1) {
      for (let dy = -1; dy <= 1; dy += 1) {
        for (let dz = -1; dz <= 1; dz += 1) {
          for (const { unit, npi, plans } of cells.get(cellKey(cellOf(x) + dx, cellOf(y) + dy, cellOf(z) + dz)) ?? []) {
            const chord = (unit[0] - x) ** 2 + (unit[1] - y) ** 2 + (unit[2] - z) ** 2;
            if (chord <= MAX_CHORD) plansByPerson.set(npi, (plansByPerson.get(npi) ?? 0) | plans);
          }
        }
      }
    }
    for (let plan = 0; plan < counts.length; plan += 1) {
      if (soldIn[plan]?.[index] !== true) continue;
      let people = 0;
      for (const plans of plansByPerson.values()) people += (plans >> plan) & 1;
      if (people >= WANTED) counts[plan] = (counts[plan] ?? 0) + 1;
    }
  }
  return counts;
}

test('all 25,000 practitioner-locations arrive, and of the rows only the broken ones are refused', () => {
  expect(new Set(directory.entries.map((entry) => `${entry.npi}~${entry.location.id}`)).size).toBe(25_000);
  expect(directory.synthetic).toBe(true);
  expect(directory.plans).toHaveLength(30);
  const { reasons, refusedCount } = imported.report;
  const broken = ['PractitionerRole: network does not resolve', 'PractitionerRole: period reversed'];
  expect(broken.reduce((sum, reason) => sum + (reasons[reason] ?? 0), 0)).toBe(refusedCount);
  expect(broken.filter((reason) => (reasons[reason] ?? 0) === 0)).toEqual([]);
});

test('the twenty are the commonest: no other specialty has as many, those aside that share a general surgeon’s code', () => {
  const counts = new Map(SPECIALTIES.map((specialty) => [specialty.id, practising(specialty).length]));
  const least = Math.min(...COMMONEST.map((id) => counts.get(id) ?? 0));
  const surgery = specialtyOf('general-surgery');
  const commoner = SPECIALTIES.filter((specialty) => !COMMONEST.includes(specialty.id) && (counts.get(specialty.id) ?? 0) >= least);
  expect(
    commoner.filter((specialty) => !specialty.nucc.some((code) => surgery.nucc.includes(code))).map((specialty) => specialty.id),
  ).toEqual([]);
  expect(new Set(COMMONEST).size).toBe(20);
});

test('three in-network candidates within 50 miles from 90 % of ZIP codes, for every plan sold in all states', () => {
  const sold = directory.plans.map((plan) => syntheticPlans.find((known) => known.planId === plan.id));
  const soldIn = sold.map((plan) => usZipCodes.map((code) => plan !== undefined && isSoldIn(plan, code.state)));
  const zips = soldIn.map((codes) => codes.filter(Boolean).length);
  const shares = COMMONEST.map((id) => served(specialtyOf(id), soldIn).map((count, plan) => count / (zips[plan] ?? 1)));

  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const lines = directory.plans.map((plan, index) => {
    const ofPlan = shares.map((specialty) => specialty[index] ?? 0);
    const least = Math.min(...ofPlan);
    const mean = ofPlan.reduce((sum, share) => sum + share, 0) / ofPlan.length;
    const where = sold[index]?.states.includes('*') ? 'all states' : `${sold[index]?.states.length} states`;
    return `${plan.id.padEnd(30)} ${where.padEnd(11)} ${String(zips[index]).padStart(6)} ZIP codes  mean ${percent(mean)}  least ${percent(least)} (${COMMONEST[ofPlan.indexOf(least)]})`;
  });
  process.stdout.write(
    `Share of ZIP codes with ${WANTED} candidates within ${MILES} miles, over the ${COMMONEST.length} specialties\n${lines.join('\n')}\n`,
  );

  const national = directory.plans.flatMap((plan, index) => (sold[index]?.states.includes('*') ? [{ plan, index }] : []));
  expect(national.length).toBe(8);
  const thin = national.flatMap(({ plan, index }) =>
    COMMONEST.flatMap((id, specialty) => {
      const share = shares[specialty]?.[index] ?? 0;
      return share >= SHARE ? [] : [`${plan.id}, ${id}: ${percent(share)}`];
    }),
  );
  expect(thin).toEqual([]);
});
