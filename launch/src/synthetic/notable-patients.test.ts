import type {
  AllergyIntolerance,
  Condition,
  Coverage,
  DiagnosticReport,
  DocumentReference,
  Encounter,
  MedicationRequest,
  Observation,
  Patient,
  RelatedPerson,
  ServiceRequest,
} from '@medplum/fhirtypes';
import { syntheticPlans } from '@refloop/domain/network/synthetic-plans';
import { describe, expect, it } from 'vitest';
import { NOTABLE_PATIENTS } from './notable-patients.ts';
import { asOf, chartOf, draftOf, ofType, patients } from './test-charts.ts';

const patient = (id: string): Patient => {
  const [found] = ofType<Patient>('Patient', chartOf(id));
  if (!found) throw new Error(`No patient ${id}.`);
  return found;
};
const coverages = (id: string): Coverage[] => ofType<Coverage>('Coverage', chartOf(id));
const needsInterpreter = (id: string): boolean =>
  patient(id).extension?.some(({ url, valueBoolean }) => url.endsWith('/patient-interpreterRequired') && valueBoolean === true) ?? false;
const labels = (resource: { meta?: { security?: { code?: string }[] } }): (string | undefined)[] =>
  resource.meta?.security?.map(({ code }) => code) ?? [];

/** What each entry of NOTABLE_PATIENTS promises, held against the chart; the three in the country are in where-patients-live.test.ts. */
const promises: Record<string, (id: string) => void> = {
  'no-coverage': (id) => {
    expect(coverages(id)).toEqual([]);
    expect(draftOf(id).insurance).toBeUndefined();
  },
  'expired-coverage': (id) => {
    const [only] = coverages(id);
    expect(only?.status).toBe('active');
    expect((only?.period?.end ?? asOf) < asOf).toBe(true);
  },
  'two-coverages': (id) => expect(coverages(id).map(({ order }) => order)).toEqual([1, 2]),
  'unknown-plan': (id) => {
    const values = coverages(id).flatMap((coverage) => coverage.class?.map(({ value }) => value) ?? []);
    expect(values.length).toBeGreaterThan(0);
    expect(syntheticPlans.some(({ planIdentifier }) => values.includes(planIdentifier))).toBe(false);
    expect(syntheticPlans.some(({ payerName }) => payerName === coverages(id)[0]?.payor[0]?.display)).toBe(false);
  },
  'no-address': (id) => expect(patient(id).address).toBeUndefined(),
  child: (id) => {
    expect(Number(asOf.slice(0, 4)) - Number(patient(id).birthDate?.slice(0, 4))).toBeLessThan(8);
    const [guardian] = ofType<RelatedPerson>('RelatedPerson', chartOf(id));
    expect(guardian?.relationship?.[0]?.coding?.map(({ code }) => code)).toEqual(['MTH', 'GUARD']);
    expect(coverages(id)[0]?.subscriber?.reference).toBe(`RelatedPerson/${guardian?.id}`);
  },
  'interpreter-spanish': (id) => {
    expect(patient(id).communication?.[0]?.language.coding?.[0]?.code).toBe('es');
    expect(needsInterpreter(id)).toBe(true);
  },
  'interpreter-vietnamese': (id) => {
    expect(patient(id).communication?.[0]?.language.coding?.[0]?.code).toBe('vi');
    expect(needsInterpreter(id)).toBe(true);
  },
  'chest-pain': (id) => expect(draftOf(id).reasonCode?.[0]).toMatchObject({ text: 'Chest pain', coding: [{ code: 'R07.9' }] }),
  'vague-reason': (id) => {
    expect(draftOf(id).reasonCode).toEqual([{ text: 'Feels unwell' }]);
    expect(draftOf(id).reasonReference).toBeUndefined();
    expect(draftOf(id).code?.coding?.[0]?.code).toBe('103696004');
  },
  'three-thousand-resources': (id) => {
    expect(chartOf(id)).toHaveLength(3000);
    expect(ofType<Observation>('Observation', chartOf(id)).length).toBeGreaterThan(2800);
  },
  'substance-use-records': (id) => {
    const sensitive = chartOf(id).filter((resource) => labels(resource).includes('42CFRPart2'));
    expect(sensitive.map(({ resourceType }) => resourceType).sort()).toEqual(['Condition', 'DocumentReference', 'MedicationRequest']);
    for (const resource of sensitive) expect(labels(resource)).toEqual(['R', '42CFRPart2', 'ETH']);
    const open = chartOf(id).filter((resource) => labels(resource).length === 0);
    expect(JSON.stringify(ofType<Condition>('Condition', open))).not.toMatch(/opioid|F11/i);
    expect(JSON.stringify(ofType<MedicationRequest>('MedicationRequest', open))).not.toMatch(/buprenorphine/i);
  },
  'mental-health-records': (id) => {
    const sensitive = chartOf(id).filter((resource) => labels(resource).length > 0);
    expect(sensitive.map(({ resourceType }) => resourceType).sort()).toEqual(['Condition', 'DocumentReference']);
    for (const resource of sensitive) expect(labels(resource)).toEqual(['R', 'PSY']);
  },
  deceased: (id) => {
    expect(patient(id).deceasedDateTime?.slice(0, 10)).toBe('2026-10-30');
    expect((draftOf(id).authoredOn ?? '') < (patient(id).deceasedDateTime ?? '')).toBe(true);
  },
  'deceased-boolean': (id) => {
    expect(patient(id).deceasedBoolean).toBe(true);
    expect(patient(id).deceasedDateTime).toBeUndefined();
    expect((draftOf(id).authoredOn ?? asOf) < asOf).toBe(true);
  },
  merged: (id) => {
    expect(patient(id)).toMatchObject({ active: false, link: [{ other: { reference: 'Patient/merged-into' }, type: 'replaced-by' }] });
    expect(draftOf(id).subject.reference).toBe('Patient/merged');
  },
  'merged-into': (id) => {
    expect(patient(id)).toMatchObject({ active: true, link: [{ other: { reference: 'Patient/merged' }, type: 'replaces' }] });
    expect(draftOf(id).subject.reference).toBe('Patient/merged-into');
    const { birthDate, gender, name } = patient('merged');
    expect(patient(id)).toMatchObject({ birthDate, gender, name: [{ family: name?.[0]?.family }] });
  },
  'no-work-up': (id) => {
    expect(ofType<DiagnosticReport>('DiagnosticReport', chartOf(id))).toEqual([]);
    const categories = ofType<Observation>('Observation', chartOf(id)).map(({ category }) => category?.[0]?.coding?.[0]?.code);
    expect(new Set(categories)).toEqual(new Set(['vital-signs', 'social-history']));
    expect(draftOf(id).note).toBeUndefined();
  },
  'open-referral': (id) => {
    const open = ofType<ServiceRequest>('ServiceRequest', chartOf(id)).filter(({ status }) => status === 'active');
    expect(open).toHaveLength(1);
    expect(open[0]?.code).toEqual(draftOf(id).code);
    expect(open[0]?.reasonReference).toEqual(draftOf(id).reasonReference);
  },
  'recent-specialist-visit': (id) => {
    const visit = ofType<Encounter>('Encounter', chartOf(id)).find(({ basedOn }) => basedOn !== undefined);
    expect(visit?.serviceType?.text).toBe('Nephrology');
    expect(visit?.period?.start?.slice(0, 10)).toBe('2026-10-17');
    const [note] = ofType<DocumentReference>('DocumentReference', chartOf(id)).filter(({ context }) => context?.related);
    expect(note?.context?.related).toEqual(visit?.basedOn);
    expect(note?.type?.coding?.[0]?.display).toBe('Nephrology Consult note');
  },
  'zip-code-only': (id) => {
    const [address] = patient(id).address ?? [];
    expect(address?.postalCode).toBe('98103');
    expect(address?.line).toBeUndefined();
    expect(address?.extension).toBeUndefined();
  },
};
const inTheCountry = ['rural-nobody-in-25-miles', 'in-network-beyond-50-miles', 'nobody-in-100-miles'];

describe('the notable patients', () => {
  it('are all promised something here or in where-patients-live.test.ts', () => {
    expect(NOTABLE_PATIENTS.map(({ id }) => id).sort()).toEqual([...Object.keys(promises), ...inTheCountry].sort());
  });

  it.each(NOTABLE_PATIENTS.filter(({ id }) => promises[id]).map(({ id, what }) => [id, what] as const))('%s: %s', (id) => {
    expect.hasAssertions();
    promises[id]?.(id);
  });

  it('stand beside ordinary ones, of whom everybody has an active coverage and an allergy statement', () => {
    const notable = new Set(NOTABLE_PATIENTS.map(({ id }) => id));
    const ordinary = patients.filter(({ id }) => !notable.has(id ?? ''));
    expect(ordinary.length).toBeGreaterThanOrEqual(30);
    for (const { id = '' } of ordinary) {
      expect(coverages(id)).toHaveLength(1);
      expect(ofType<AllergyIntolerance>('AllergyIntolerance', chartOf(id)).length).toBeGreaterThan(0);
    }
  });
});
