/** Where patients live, held against the synthetic directory of the size the product ships with. */
import type { InsurancePlan, Location, PractitionerRole } from '@medplum/fhirtypes';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import { beforeAll, describe, expect, it } from 'vitest';
import { syntheticDirectory } from '../directory/synthetic-directory.ts';
import { cast } from './cast.ts';
import { NOTABLE_PATIENTS } from './notable-patients.ts';
import { placeOf } from './places.ts';
import { scenarioById } from './scenarios/catalog.ts';
import { asOf, patients } from './test-charts.ts';

const EARTH_RADIUS_MILES = 3958.8;

type Row = { nucc: readonly string[]; networks: readonly string[]; latitude: number; longitude: number };
const rows: Row[] = [];
const networksOfPlan = new Map<string, readonly string[]>();

beforeAll(() => {
  const locations = new Map<string, { latitude: number; longitude: number }>();
  const roles: PractitionerRole[] = [];
  for (const resource of syntheticDirectory({ seed: 'refloop', size: 25_000, asOf })) {
    if (resource.resourceType === 'Location') {
      const { position, address } = resource as Location;
      const zip = address?.postalCode?.slice(0, 5);
      // Some listings are bad by intent; one without any place is nobody's nearest.
      const place = position ?? (zip === undefined ? undefined : placeOf(zip));
      if (place) locations.set(`Location/${resource.id ?? ''}`, place);
    } else if (resource.resourceType === 'InsurancePlan') {
      const { id = '', network } = resource as InsurancePlan;
      networksOfPlan.set(
        id,
        (network ?? []).map(({ reference }) => reference ?? ''),
      );
    } else if (resource.resourceType === 'PractitionerRole') roles.push(resource);
  }
  for (const role of roles) {
    const networks = (role.extension ?? [])
      .filter(({ url }) => url.endsWith('/network-reference'))
      .map(({ valueReference }) => valueReference?.reference ?? '');
    const nucc = (role.specialty ?? []).flatMap(({ coding }) => (coding ?? []).map(({ code }) => code ?? ''));
    for (const { reference } of role.location ?? []) {
      const place = locations.get(reference ?? '');
      if (place) rows.push({ nucc, networks, ...place });
    }
  }
});

/** Miles from a patient's ZIP code to each listing of a specialty, nearest first, in the networks of a plan or in any. */
function distances(patientId: string, specialty: string, planId?: string): number[] {
  const zip = patients.find(({ id }) => id === patientId)?.address?.[0]?.postalCode ?? '';
  const from = placeOf(zip);
  const nucc = SPECIALTIES.find(({ id }) => id === specialty)?.nucc ?? [];
  const networks = planId === undefined ? undefined : networksOfPlan.get(planId);
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const found: number[] = [];
  for (const row of rows) {
    if (!row.nucc.some((code) => nucc.includes(code))) continue;
    if (networks && !row.networks.some((network) => networks.includes(network))) continue;
    const half =
      Math.sin(radians(row.latitude - from.latitude) / 2) ** 2 +
      Math.cos(radians(from.latitude)) * Math.cos(radians(row.latitude)) * Math.sin(radians(row.longitude - from.longitude) / 2) ** 2;
    found.push(2 * EARTH_RADIUS_MILES * Math.asin(Math.sqrt(half)));
  }
  return found.toSorted((one, other) => one - other);
}

const nearest = (patientId: string, specialty: string, planId?: string): number => distances(patientId, specialty, planId)[0] ?? Infinity;

describe('the patients in the country', () => {
  it('rural-nobody-in-25-miles: cardiology only between 25 and 50 miles, in-network', () => {
    expect(nearest('rural-nobody-in-25-miles', 'cardiology')).toBeGreaterThan(25);
    expect(nearest('rural-nobody-in-25-miles', 'cardiology', 'larkspur-wide-field-ppo')).toBeLessThan(50);
  });

  it('in-network-beyond-50-miles: rheumatology within 50 miles, but the plan has it only beyond', () => {
    expect(nearest('in-network-beyond-50-miles', 'rheumatology')).toBeLessThan(50);
    const inNetwork = nearest('in-network-beyond-50-miles', 'rheumatology', 'driftwater-pacific-epo');
    expect(inNetwork).toBeGreaterThan(50);
    expect(inNetwork).toBeLessThan(150);
  });

  it('nobody-in-100-miles: no neurology at all within 100 miles', () => {
    expect(nearest('nobody-in-100-miles', 'neurology')).toBeGreaterThan(100);
  });
});

describe('the ordinary patients, in the cities', () => {
  const notable = new Set(NOTABLE_PATIENTS.map(({ id }) => id));
  /** Of their specialties the directory has few anywhere. */
  const rare = new Set(['allergy-1', 'allergy-2', 'infectious-disease-1', 'vascular-surgery-1']);
  const ordinary = cast.filter(({ id }) => !notable.has(id) && !rare.has(id));

  it('are enough for browser tests that refer each patient once', () => expect(ordinary.length).toBeGreaterThanOrEqual(50));

  it.each(ordinary.map((member) => [member.id, member] as const))(
    '%s has three specialists or more in-network within 25 miles',
    (id, { scenario, coverage }) => {
      const { specialty } = scenarioById(scenario);
      if (coverage.kind !== 'plan' || specialty === undefined) throw new Error(`${id} is not ordinary.`);
      expect(distances(id, specialty, coverage.planId).filter((miles) => miles <= 25).length).toBeGreaterThanOrEqual(3);
    },
  );
});
