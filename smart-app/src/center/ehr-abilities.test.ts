import type { Resource } from '@refloop/domain/fhir/ehr-port';
import { describe, expect, test } from 'vitest';
import { abilitiesReport, reportText } from './ehr-abilities.ts';

const ISS = 'https://ehr.example.org/fhir';
const SCOPES = ['patient/Patient.r', 'patient/ServiceRequest.rs', 'patient/DocumentReference.crs', 'user/Practitioner.rs'];

/** Reads orders, takes documents: rung 3. */
const documentsOnly: Resource = {
  resourceType: 'CapabilityStatement',
  software: { name: 'Millennium', version: '2026' },
  fhirVersion: '4.0.1',
  rest: [
    {
      mode: 'server',
      resource: [
        { type: 'Patient', interaction: [{ code: 'read' }] },
        {
          type: 'ServiceRequest',
          interaction: [{ code: 'read' }, { code: 'search-type' }],
          versioning: 'no-version',
          searchParam: [{ name: 'patient' }],
        },
        { type: 'DocumentReference', interaction: [{ code: 'create' }, { code: 'read' }] },
      ],
    },
  ],
};

describe('what an EHR lets us do', () => {
  const report = abilitiesReport(ISS, SCOPES, [], documentsOnly);
  const of = (name: string) => report.abilities.find((ability) => ability.name === name);

  test('the rung, with and without a launched order, and why no higher one', () => {
    expect(report.rungs.map(({ rung }) => rung)).toEqual([3, 3]);
    expect(report.rungs[0]?.why).toEqual([
      'Rung 1: This EHR does not let apps change an order.',
      'Rung 2: This EHR does not let apps create an order.',
    ]);
    expect(report.rungs[1]?.why[0]).toBe('Rung 1: No order was launched.');
  });

  test('offered and granted are told apart, each with what follows', () => {
    expect(of('Change the launched order')).toMatchObject({
      offered: 'no',
      granted: 'no',
      consequence: 'This EHR does not let apps change an order. The launched order is left as it is.',
    });
    expect(of('File the referral note')).toMatchObject({ offered: 'yes', granted: 'yes', consequence: 'The signed note is in the chart.' });
    expect(of('Read coverage')).toMatchObject({ offered: 'no', granted: 'no', consequence: 'Every network is shown as not known.' });
    // Granted though the statement is silent: it is tried.
    expect(of('Look clinicians up')).toMatchObject({
      offered: 'no',
      granted: 'yes',
      consequence: expect.stringContaining('as this EHR knows them'),
    });
  });

  test('the guards against a second order', () => {
    expect(of('Find an order by Refloop’s identifier')?.consequence).toContain('page by page');
    expect(of('Refuse a change to an older version')).toMatchObject({
      offered: 'no',
      consequence: expect.stringContaining('left as it is'),
    });
    expect(of('Create only what is not there yet')?.offered).toBe('no');
  });

  test('a session without a patient: what is asked for patients counts as asked, not as granted', () => {
    const asked = [...SCOPES, 'patient/ServiceRequest.crus', 'user/Location.rs'];
    const center = abilitiesReport(ISS, ['openid', 'user/Practitioner.rs'], asked, documentsOnly);
    const granted = (name: string) => center.abilities.find((ability) => ability.name === name)?.granted;
    expect(['File the referral note', 'Change the launched order', 'Create a task', 'Look clinicians up'].map(granted)).toEqual([
      'at-launch',
      'at-launch',
      'no',
      'yes',
    ]);
    expect(center.rungs.map(({ rung }) => rung)).toEqual([3, 3]);
    expect(center.abilities.find(({ name }) => name === 'Read the patient')?.consequence).toBe('Referrals can begin.');
    expect(reportText(center, '2026-11-20')).toContain('This session has no patient');
    // With a patient only what was granted counts, whatever was asked for.
    expect(abilitiesReport(ISS, ['patient/Patient.r'], asked, documentsOnly).rungs.map(({ rung }) => rung)).toEqual([6, 6]);
  });

  test('an EHR that says nothing: rung 6, and nothing is claimed of it', () => {
    const silent = abilitiesReport(ISS, SCOPES, [], undefined);
    expect(silent.rungs.map(({ rung }) => rung)).toEqual([6, 6]);
    expect(new Set(silent.abilities.map(({ offered }) => offered))).toEqual(new Set(['unsaid']));
    expect(silent.software).toBe('not stated');
  });

  test('as text to hand over: every capability, the software, the scopes and the day', () => {
    const text = reportText(report, '2026-11-20');
    for (const ability of report.abilities) expect(text).toContain(ability.consequence);
    for (const words of [ISS, 'Millennium 2026', '4.0.1', '2026-11-20', SCOPES.join(' '), 'rung 3']) expect(text).toContain(words);
  });
});
