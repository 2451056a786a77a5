import { createHash } from 'node:crypto';
import type { Extension, PractitionerRole, Resource } from '@medplum/fhirtypes';
import { SPECIALTIES, specialtyOfNucc } from '@refloop/domain/clinical/specialty';
import { isNpi } from '@refloop/domain/network/npi';
import { DIRECTORY_EXTENSION, PLAN_NET_EXTENSION, SYNTHETIC_TAG } from '@refloop/domain/network/plan-net';
import { syntheticPlans } from '@refloop/domain/network/synthetic-plans';
import { beforeAll, describe, expect, test } from 'vitest';
import { medicalHubs } from './medical-hubs.ts';
import { syntheticNetworks } from './networks.ts';
import { practicesOf } from './practices.ts';
import { specialtyMix } from './specialty-mix.ts';
import { syntheticDirectory } from './synthetic-directory.ts';

const OPTIONS = { seed: 'test', size: 2_000, asOf: '2026-11-20' };
const hashOf = (options: typeof OPTIONS): string => {
  const hash = createHash('sha256');
  for (const resource of syntheticDirectory(options)) hash.update(JSON.stringify(resource)).update('\n');
  return hash.digest('hex');
};

const all: Resource[] = [];
const ofType = <Type extends Resource['resourceType']>(type: Type) =>
  all.filter((resource): resource is Extract<Resource, { resourceType: Type }> => resource.resourceType === type);
beforeAll(() => {
  all.push(...syntheticDirectory(OPTIONS));
});

const extensionsOf = (role: PractitionerRole, url: string): Extension[] =>
  role.extension?.filter((extension) => extension.url === url) ?? [];
const networkOf = (role: PractitionerRole) => extensionsOf(role, PLAN_NET_EXTENSION.networkReference)[0]?.valueReference?.reference;
const pairOf = (role: PractitionerRole) => `${role.practitioner?.reference} at ${role.location?.[0]?.reference}`;

const share = (flawed: readonly unknown[], of: readonly unknown[]) => flawed.length / of.length;

describe('the same seed, size and date', () => {
  test('give the same bytes', () => {
    expect(hashOf(OPTIONS)).toBe(hashOf(OPTIONS));
  });
  test.each<[string, Partial<typeof OPTIONS>]>([
    ['seed', { seed: 'other' }],
    ['size', { size: 2_001 }],
    ['date', { asOf: '2026-11-21' }],
  ])('another %s gives other bytes', (_, change) => {
    expect(hashOf({ ...OPTIONS, ...change })).not.toBe(hashOf(OPTIONS));
  });
});

describe('the tables behind it', () => {
  test('each taxonomy code belongs to a specialty of the product, and there are at least 45 of them', () => {
    const strange = specialtyMix.flatMap((kind) => kind.nucc.filter((code) => specialtyOfNucc(code) === undefined));
    expect(strange).toEqual([]);
    const filed = specialtyMix.filter((kind) => specialtyOfNucc(kind.nucc[0] ?? '')?.id !== kind.specialty);
    expect(filed.map((kind) => kind.specialty)).toEqual([]);
    expect(specialtyMix.length).toBeGreaterThanOrEqual(45);
    const known = new Map(SPECIALTIES.map((specialty) => [specialty.id, specialty]));
    expect(specialtyMix.filter((kind) => known.get(kind.specialty)?.parent !== undefined).length).toBeGreaterThanOrEqual(20);
  });

  test('each plan has a network', () => {
    const served = new Set(syntheticNetworks.flatMap((network) => network.plans.map((plan) => plan.planId)));
    expect(syntheticPlans.filter((plan) => !served.has(plan.planId))).toEqual([]);
  });
});

describe('the resources', () => {
  test('are exactly as many practitioner-locations as asked for', () => {
    expect(new Set(ofType('PractitionerRole').map(pairOf)).size).toBe(OPTIONS.size);
  });

  test('have ids of their own and refer only to resources that came before, a few broken rows aside', () => {
    const seen = new Set<string>();
    const dangling: string[] = [];
    for (const resource of all) {
      const name = `${resource.resourceType}/${resource.id}`;
      expect(seen.has(name)).toBe(false);
      seen.add(name);
      for (const [, target = ''] of JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g)) {
        if (!seen.has(target)) dangling.push(`${name} → ${target}`);
      }
    }
    // An endpoint names its organisation and the organisation its endpoints; one of the two comes first.
    const early = dangling.filter((pair) => seen.has(pair.split(' → ')[1] ?? ''));
    expect(early.filter((pair) => !pair.startsWith('Endpoint/'))).toEqual([]);
    // The few broken rows name networks that nobody describes any more.
    const lost = dangling.filter((pair) => !seen.has(pair.split(' → ')[1] ?? ''));
    expect(lost.filter((pair) => !/^PractitionerRole\/.* → Organization\/network-.*-old$/.test(pair))).toEqual([]);
    expect(lost.length).toBeGreaterThan(0);
  });

  test('all say that they are synthetic', () => {
    expect(all.filter((resource) => !resource.meta?.tag?.some((tag) => tag.code === SYNTHETIC_TAG.code))).toEqual([]);
  });

  test('name people by valid NPIs that nobody can have: first digit 2', () => {
    const npis = ofType('Practitioner').map((practitioner) => practitioner.identifier?.[0]?.value ?? '');
    expect(npis.filter((npi) => !isNpi(npi) || !npi.startsWith('2'))).toEqual([]);
    expect(new Set(npis).size).toBe(npis.length);
  });

  test('use telephone numbers kept for fiction', () => {
    const numbers = ofType('PractitionerRole').flatMap((role) => role.telecom ?? []);
    expect(numbers.filter((telecom) => !/^\d{3}-555-01\d\d$/.test(telecom.value ?? ''))).toEqual([]);
  });

  test('hold the faults that real directories have, each in some but not most rows', () => {
    const roles = ofType('PractitionerRole');
    const stale = roles.filter((role) => (extensionsOf(role, DIRECTORY_EXTENSION.verifiedOn)[0]?.valueDate ?? '2026-11-20') < '2026-05-24');
    const closed = roles.filter((role) => JSON.stringify(role).includes('"nopt"'));
    const ended = roles.filter((role) => (role.period?.end ?? '9999') < OPTIONS.asOf);
    const undated = roles.filter((role) => extensionsOf(role, DIRECTORY_EXTENSION.verifiedOn).length === 0);
    for (const flawed of [stale, closed, ended, undated]) {
      expect(share(flawed, roles)).toBeGreaterThan(0.003);
      expect(share(flawed, roles)).toBeLessThan(0.25);
    }
    const byNetwork = Map.groupBy(roles.filter(networkOf), (role) => `${pairOf(role)} for ${networkOf(role)}`);
    expect([...byNetwork.values()].filter((rows) => rows.length > 1).length).toBeGreaterThan(10);

    const pairs = [...Map.groupBy(roles, pairOf).values()];
    const without = (url: string) => pairs.filter((rows) => rows.every((role) => extensionsOf(role, url).length === 0));
    expect(share(without(DIRECTORY_EXTENSION.averageWait), pairs)).toBeGreaterThan(0.05);
    expect(share(without(DIRECTORY_EXTENSION.patientRating), pairs)).toBeGreaterThan(0.15);
    const sites = ofType('Location').filter((location) => location.physicalType === undefined);
    expect(
      share(
        sites.filter((location) => location.position === undefined),
        sites,
      ),
    ).toBeGreaterThan(0.05);
  });
});

test('a hub with more groups than there are names gives each a name of its own', () => {
  const [hub] = medicalHubs(10);
  if (hub === undefined) throw new Error('There are no hubs.');
  const { central, others } = practicesOf(hub, 12_000, 'large');
  expect(others.length).toBeGreaterThan(1_000);
  expect(new Set([central, ...others].map((group) => group.name)).size).toBe(others.length + 1);
});
