import type { Identity } from '@refloop/domain/patient-match/identity';
import type { PatientMatch } from '@refloop/domain/patient-match/match-patient';
import { describe, expect, test } from 'vitest';
import { identityOf } from './identity-of.ts';
import { matchAmong } from './route-document.ts';
import { headerIn } from './text-header.ts';

/** As an EHR gives it (FHIR R4 Patient). */
const chart = (suffix: string[]): Identity =>
  identityOf({
    resourceType: 'Patient',
    name: [{ use: 'official', family: 'Smith', given: ['John', 'A'], suffix }],
    birthDate: '1984-06-02',
    gender: 'male',
    address: [{ line: ['2214 Alder Ct'], city: 'Oakland', postalCode: '94601' }],
    telecom: [{ system: 'phone', value: '(510) 555-0142' }],
  });

/** A note about somebody of this name and the same home. */
const matched = (name: string, identity: Identity): PatientMatch => {
  const { patient } = headerIn(
    `Patient: ${name}\nDOB: 06/02/1984\nSex: M\nAddress: 2214 Alder Ct, Oakland, CA 94601\nHome phone: (510) 555-0142`,
  );
  return matchAmong(patient, [{ patientId: 'p1', identity, replacedBy: null }]);
};

describe('the ending of a name in a chart', () => {
  test('keeps a note about the son from the chart of the father', () => {
    expect(matched('Smith, John A, Jr.', chart(['M.D.', 'Sr.']))).toMatchObject({ kind: 'review', candidates: [{ against: ['suffix'] }] });
  });

  test('is no matter where it is the same, or where one side says none', () => {
    for (const [name, suffix] of [
      ['Smith, John A, Jr.', ['Jr']],
      ['Smith, John A', ['Sr.']],
      ['Smith, John A, III', ['PhD']],
    ] as const)
      expect(matched(name, chart([...suffix])).kind).toBe('accepted');
  });
});
