import type {
  Coverage,
  DocumentReference,
  MedicationRequest,
  Observation,
  Patient,
  Practitioner,
  Resource,
  ServiceRequest,
} from '@medplum/fhirtypes';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import { isNpi } from '@refloop/domain/network/npi';
import { syntheticPlans } from '@refloop/domain/network/synthetic-plans';
import { describe, expect, it } from 'vitest';
import { referencesOf } from '../fhir/references.ts';
import { builtInResources } from './built-in-resources.ts';
import { asOf, byName, chartOf, draftOf, nameOf, ofType, patients, resources } from './test-charts.ts';

describe('the built-in charts', () => {
  it('are at least 48 patients over at least 14 specialties', () => {
    expect(patients.length).toBeGreaterThanOrEqual(48);
    const ordered = new Set(patients.map(({ id }) => draftOf(id ?? '').code?.coding?.[0]?.code));
    expect(ordered.size).toBeGreaterThanOrEqual(14);
  });

  it('are the same resources at every call', () => {
    expect(builtInResources({ asOf })).toEqual(resources);
  });

  it('keep their ids, values and ages when they are made for another day', () => {
    const later = builtInResources({ asOf: '2028-02-29' });
    expect(later.map(nameOf)).toEqual(resources.map(nameOf));
    const values = (from: readonly Resource[]) => ofType<Observation>('Observation', from).map(({ valueQuantity }) => valueQuantity?.value);
    expect(values(later)).toEqual(values(resources));
    const age = (patient: Patient, on: string): number =>
      Number(on.slice(0, 4)) - Number(patient.birthDate?.slice(0, 4)) - ((patient.birthDate?.slice(5) ?? '') > on.slice(5) ? 1 : 0);
    expect(ofType<Patient>('Patient', later).map((patient) => age(patient, '2028-02-29'))).toEqual(
      patients.map((patient) => age(patient, asOf)),
    );
  });

  it('are refused for a day that is none', () => {
    expect(() => builtInResources({ asOf: 'today' })).toThrow(/calendar day/);
    expect(() => builtInResources({ asOf: '2026-13-40' })).toThrow(/calendar day/);
  });

  it('hold nothing that happens after their day', () => {
    const late = resources.flatMap((resource) =>
      [...JSON.stringify(resource).matchAll(/\b\d{4}-\d{2}-\d{2}(?=T|")/g)]
        .map(([date]) => date)
        .filter((date) => date > asOf)
        .map((date) => `${nameOf(resource)} ${date}`),
    );
    expect(late).toEqual([]);
  });

  it('have ids that are unique and that FHIR allows', () => {
    expect(byName.size).toBe(resources.length);
    for (const { id } of resources) expect(id).toMatch(/^[A-Za-z0-9\-.]{1,64}$/);
  });

  it('refer only to one another', () => {
    const lost = resources.flatMap((resource) =>
      referencesOf(resource)
        .filter(({ text }) => !byName.has(text))
        .map(({ text, path }) => `${nameOf(resource)} ${path} refers to ${text}`),
    );
    expect(lost).toEqual([]);
  });

  it('say of every resource that it is synthetic', () => {
    for (const resource of resources) {
      expect(resource.meta?.tag).toContainEqual({
        system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
        code: 'HTEST',
        display: 'test health data',
      });
    }
  });

  it('use phone numbers and mail addresses that nobody has', () => {
    for (const resource of resources) {
      const text = JSON.stringify(resource);
      for (const [phone] of text.matchAll(/\b\d{3}-\d{3}-\d{4}\b/g)) expect(phone).toMatch(/^\d{3}-555-01\d{2}$/);
      for (const [mail] of text.matchAll(/[\w.-]+@[\w.-]+/g)) expect(mail).toMatch(/@example\.com$/);
    }
  });

  it('give every patient a medical record number of their own', () => {
    expect(new Set(patients.map(({ identifier }) => identifier?.[0]?.value)).size).toBe(patients.length);
  });

  it('give every clinician a well-formed NPI of their own, clear of those in use', () => {
    const numbers = ofType<Practitioner>('Practitioner').map(({ identifier }) => identifier?.[0]?.value ?? '');
    for (const number of numbers) expect(isNpi(number) && number.startsWith('2')).toBe(true);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe('each patient', () => {
  const cases = patients.map((patient) => [patient.id ?? '', patient] as const);

  it.each(cases)('%s has one draft referral with requester, reason and visit', (id) => {
    const order = draftOf(id);
    expect(order).toMatchObject({ intent: 'order', category: [{ coding: [{ system: 'http://snomed.info/sct', code: '3457005' }] }] });
    const codes = [...SPECIALTIES.map(({ referral }) => referral.code), '103696004'];
    expect(codes).toContain(order.code?.coding?.[0]?.code);
    expect(order.requester?.reference).toMatch(/^Practitioner\//);
    expect(order.encounter?.reference).toBe(`Encounter/${id}-visit`);
    expect(order.reasonCode?.[0]?.text).toBeTruthy();
    const reason = byName.get(order.reasonReference?.[0]?.reference ?? '');
    const coded = order.reasonCode?.[0]?.coding?.[0]?.code;
    if (coded !== undefined && reason?.resourceType === 'Condition') expect(reason.code?.coding?.[0]?.code).toBe(coded);
    expect(reason === undefined).toBe(coded === undefined);
  });

  it.each(cases)('%s has a problem list, an allergy statement, vital signs and notes', (id) => {
    const types = new Set(chartOf(id).map(({ resourceType }) => resourceType));
    for (const type of ['Condition', 'AllergyIntolerance', 'Observation', 'DocumentReference', 'Encounter'] as const)
      expect(types).toContain(type);
  });

  it.each(cases)('%s has notes without an unfilled place', (id) => {
    for (const document of ofType<DocumentReference>('DocumentReference', chartOf(id))) {
      const text = Buffer.from(document.content[0]?.attachment.data ?? '', 'base64').toString('utf8');
      expect(text).not.toMatch(/[{}]|undefined|NaN/);
      expect(text.length).toBeGreaterThan(60);
    }
  });

  it('lives near a clinic of the practice, with a plan that is sold there', () => {
    for (const patient of patients) {
      const address = patient.address?.[0];
      if (!address) continue;
      expect(address.postalCode).toMatch(/^\d{5}$/);
      for (const coverage of ofType<Coverage>('Coverage', chartOf(patient.id ?? ''))) {
        const plan = syntheticPlans.find(({ planIdentifier }) => coverage.class?.some(({ value }) => value === planIdentifier));
        if (plan) expect(plan.states.includes('*') || plan.states.includes(address.state ?? '')).toBe(true);
      }
    }
  });

  it('mostly has a position, which lies within a mile and a half of the ZIP code it names', async () => {
    const { placeOf } = await import('./places.ts');
    const located = patients.flatMap(({ address }) => address ?? []).filter(({ extension }) => extension);
    expect(located.length / patients.length).toBeGreaterThan(0.8);
    for (const { extension, postalCode } of located) {
      const [latitude, longitude] = (extension?.[0]?.extension ?? []).map(({ valueDecimal }) => valueDecimal ?? 0);
      const place = placeOf(postalCode ?? '');
      const miles = Math.hypot(
        ((latitude ?? 0) - place.latitude) * 69,
        ((longitude ?? 0) - place.longitude) * 69 * Math.cos((place.latitude * Math.PI) / 180),
      );
      expect(miles).toBeLessThan(1.5);
    }
  });
});

describe('results', () => {
  it('are judged high or low exactly when they lie outside the reference range', () => {
    let judged = 0;
    for (const { valueQuantity, referenceRange, interpretation } of ofType<Observation>('Observation')) {
      const value = valueQuantity?.value;
      const [range] = referenceRange ?? [];
      if (value === undefined || !range) continue;
      judged += 1;
      const expected = value > (range.high?.value ?? Infinity) ? 'H' : value < (range.low?.value ?? -Infinity) ? 'L' : 'N';
      expect(interpretation?.[0]?.coding?.[0]?.code).toBe(expected);
    }
    expect(judged).toBeGreaterThan(500);
  });

  it('differ between two patients with the same story', () => {
    const hemoglobin = (id: string) =>
      ofType<Observation>('Observation', chartOf(id))
        .filter(({ code }) => code.coding?.[0]?.code === '718-7')
        .map(({ valueQuantity }) => valueQuantity?.value);
    expect(hemoglobin('gastroenterology-1')).not.toEqual(hemoglobin('gastroenterology-4'));
  });
});

describe('orders and medicines', () => {
  it('carry a clinical question in most drafts, and none in some', () => {
    const drafts = ofType<ServiceRequest>('ServiceRequest').filter(({ status }) => status === 'draft');
    const asking = drafts.filter(({ note }) => note !== undefined).length;
    expect(asking).toBeGreaterThan(drafts.length / 2);
    expect(asking).toBeLessThan(drafts.length);
  });

  it('say why a medicine was stopped', () => {
    const stopped = ofType<MedicationRequest>('MedicationRequest').filter(({ status }) => status !== 'active');
    expect(stopped.length).toBeGreaterThan(3);
    for (const { statusReason } of stopped) expect(statusReason?.text).toBeTruthy();
  });
});
