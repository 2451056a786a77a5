import type { Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { growth } from '../../../tools/growth.ts';
import { FhirError } from './fhir-error.ts';
import { conditionOf, orderOf, patientOf, practitionerOf, startTestServer, type TestServer, taskOf } from './test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  await server.pool.query(
    'truncate ehr.resource, ehr.version, ehr.compartment, ehr.index_token, ehr.index_reference, ehr.index_date, ehr.index_string, ehr.index_number',
  );
});
afterAll(() => server.close());

describe('a load', () => {
  it('keeps ids, whatever the order of what refers to what', async () => {
    const resources = [
      taskOf('t', 'p', 'o'),
      orderOf('o', 'p', { requester: { reference: 'Practitioner/d' } }),
      practitionerOf('d'),
      patientOf('p'),
    ];
    expect(await server.repository.loadResources(resources)).toEqual({ taken: 4, refused: [] });
    expect((await server.repository.search('Task', 'patient=p&focus=ServiceRequest/o')).matches.map(({ id }) => id)).toEqual(['t']);
    expect(resources[0]).toEqual(taskOf('t', 'p', 'o'));
  });

  it('takes the good ones, names each bad one, and refuses what only a bad one held up', async () => {
    const report = await server.repository.loadResources([
      patientOf('good', { birthDate: '9999' }),
      conditionOf('fine', 'good'),
      patientOf('bad', { gender: 'zzz' }),
      conditionOf('of-bad', 'bad'),
      orderOf('about-of-bad', 'good', { reasonReference: [{ reference: 'Condition/of-bad' }] }),
      conditionOf('of-nobody', 'nobody'),
      { resourceType: 'Patient' },
      { resourceType: 'Spaceship', id: 's' } as unknown as Resource,
      null as unknown as Resource,
      patientOf('nul', { name: [{ text: 'a\u0000b' }] }),
    ]);
    expect(report.taken).toBe(2);
    expect(report.refused.map(({ resourceType, id, reason }) => `${resourceType}/${id}: ${reason.slice(0, 60)}`).toSorted()).toEqual([
      '/: It has no resourceType, so it is no FHIR resource.',
      'Condition/of-bad: Condition.subject: The reference "Patient/bad" does not reso',
      'Condition/of-nobody: Condition.subject: The reference "Patient/nobody" does not r',
      'Patient/: Its id is missing or not of 1 to 64 letters, digits, "-" and',
      'Patient/bad: Patient.gender is "zzz", which is not in the required value ',
      expect.stringMatching(/^Patient\/nul: /),
      'ServiceRequest/about-of-bad: ServiceRequest.reasonReference[0]: The reference "Condition/',
      'Spaceship/s: "Spaceship" is not a resource type this server stores.',
    ]);
    await expect(server.repository.read('Patient', 'bad')).rejects.toThrow(FhirError);
  });

  it('makes a new version of what is there already, and one of what comes twice', async () => {
    await server.repository.loadResources([patientOf('p'), conditionOf('c', 'p')]);
    const report = await server.repository.loadResources([
      patientOf('p', { birthDate: '1960-01-01' }),
      patientOf('p', { birthDate: '1961-01-01' }),
    ]);
    expect(report).toEqual({ taken: 2, refused: [] });
    const patient = await server.repository.read('Patient', 'p');
    expect([patient.meta.versionId, (patient as { birthDate?: string }).birthDate]).toEqual(['2', '1961-01-01']);
    expect((await server.repository.search('Patient', 'birthdate=1970-04-02')).total).toBe(0);
    expect((await server.repository.search('Patient', 'birthdate=1961-01-01')).total).toBe(1);
  });

  it('changes nothing when the same is loaded again', async () => {
    const resources = [patientOf('p'), conditionOf('c', 'p')];
    await server.repository.loadResources(resources);
    expect(await server.repository.loadResources(resources)).toEqual({ taken: 2, refused: [] });
    expect(await server.repository.history('Condition', 'c')).toHaveLength(1);
    expect((await server.repository.search('Condition', 'patient=p')).total).toBe(1);
  });

  it('resolves conditional references within the load and in the store, and refuses those that match nothing or several', async () => {
    await server.repository.loadResources([practitionerOf('stored')]);
    const identifier = (value: string) => ({ identifier: [{ system: 'https://example.org/org', value }] });
    const orderBy = (id: string, reference: string): Resource => orderOf(id, 'p', { requester: { reference } });
    const report = await server.repository.loadResources([
      patientOf('p'),
      { resourceType: 'Organization', id: 'one', name: 'One', ...identifier('1') },
      { resourceType: 'Organization', id: 'two', name: 'Two', ...identifier('2') },
      { resourceType: 'Organization', id: 'also-two', name: 'Also two', ...identifier('2') },
      orderBy('by-stored', 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893'),
      orderBy('by-loaded', 'Organization?identifier=https://example.org/org|1'),
      orderBy('by-two', 'Organization?identifier=https://example.org/org|2'),
      orderBy('by-none', 'Organization?identifier=https://example.org/org|3'),
    ]);
    expect([report.taken, report.refused.map(({ id }) => id).toSorted()]).toEqual([6, ['by-none', 'by-two']]);
    const requesters = (await server.repository.search('ServiceRequest', '_sort=_id')).matches.map(
      (order) => (order as { requester?: { reference?: string } }).requester?.reference,
    );
    expect(requesters).toEqual(['Organization/one', 'Practitioner/stored']);
  });

  it('of eight times as many resources takes eight times as long, not its square', async () => {
    let loads = 0;
    // Of its own each time: what is there already, and the same, is not written again.
    const resourcesOf = (length: number, load: string) => [
      patientOf(`p-${load}`),
      ...Array.from(
        { length },
        (_, index): Resource =>
          index % 2 === 0
            ? conditionOf(`c-${load}-${index}`, `p-${load}`, { recordedDate: '2026-01-01' })
            : {
                resourceType: 'Observation',
                id: `o-${load}-${index}`,
                status: 'final',
                category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
                code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }], text: 'Glucose' },
                subject: { reference: `Patient/p-${load}` },
                effectiveDateTime: '2026-01-01T10:00:00Z',
                valueQuantity: { value: 5.4, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
              },
      ),
    ];
    const load = async (length: number) => {
      loads += 1;
      expect((await server.repository.loadResources(resourcesOf(length, String(loads)))).taken).toBe(length + 1);
    };
    expect(await growth(500, 4000, load)).toBeLessThan(3);
  });
});

describe('a transaction of the system door', () => {
  it('leaves nothing behind when it fails', async () => {
    await server.repository.loadResources([patientOf('p')]);
    const attempt = server.repository.transaction(async (repository) => {
      await repository.create(conditionOf('x', 'p'));
      await repository.update({ ...patientOf('p', { birthDate: '1999-01-01' }), id: 'p' });
      throw new Error('thought better of it');
    });
    await expect(attempt).rejects.toThrow('thought better of it');
    expect((await server.repository.search('Condition', '')).total).toBe(0);
    expect((await server.repository.read('Patient', 'p')).meta.versionId).toBe('1');
  });

  it('checks references at its end, so that two resources may refer to each other', async () => {
    await server.repository.transaction(async (repository) => {
      const { resource: first } = await repository.create({ resourceType: 'Organization', name: 'First' });
      const { resource: second } = await repository.create({
        resourceType: 'Organization',
        name: 'Second',
        partOf: { reference: `Organization/${first.id}` },
      });
      await repository.update({ ...first, partOf: { reference: `Organization/${second.id}` } });
    });
    expect((await server.repository.search('Organization', '')).total).toBe(2);
  });
});
