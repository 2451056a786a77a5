import { describe, expect, test } from 'vitest';
import { readLaunchContext } from './launch-context.ts';

const read = (token: Record<string, unknown>) => readLaunchContext('https://ehr.example.org/fhir', 'key', token);

describe('launch context', () => {
  test('takes the launched order from fhirContext, with no role or the role launch', () => {
    expect(read({ fhirContext: [{ reference: 'ServiceRequest/7' }] }).order).toBe('ServiceRequest/7');
    expect(read({ fhirContext: [{ reference: 'ServiceRequest/7', role: 'launch' }] }).order).toBe('ServiceRequest/7');
    expect(read({ fhirContext: [{ reference: 'ServiceRequest/7', role: 'https://x/related' }] }).order).toBeUndefined();
    expect(read({ fhirContext: [{ reference: 'ImagingStudy/7' }, { identifier: {} }] }).order).toBeUndefined();
  });

  test('does not take an absolute reference for an order of this EHR', () => {
    expect(read({ fhirContext: [{ reference: 'https://evil.example.org/ServiceRequest/7' }] }).order).toBeUndefined();
    expect(read({ fhirContext: [{ reference: 'https://ehr.example.org/fhir2/ServiceRequest/7' }] }).order).toBeUndefined();
  });

  test('takes an absolute reference below this EHR’s base', () => {
    expect(read({ fhirContext: [{ reference: 'https://ehr.example.org/fhir/ServiceRequest/7' }] }).order).toBe('ServiceRequest/7');
  });

  test('takes the order from the card that opened it where the launch itself names none', () => {
    const ofCard = (said: unknown) => read({ appContext: typeof said === 'string' ? said : JSON.stringify(said) });
    expect(ofCard({ order: 'ServiceRequest/8' })).toMatchObject({ order: 'ServiceRequest/8', orderFromCard: true });
    const both = read({ appContext: '{"order":"ServiceRequest/8"}', fhirContext: [{ reference: 'ServiceRequest/7' }] });
    expect(both).toMatchObject({ order: 'ServiceRequest/7', orderFromCard: false });
    for (const said of [
      'ServiceRequest/8',
      '',
      'null',
      '{',
      { order: 'Patient/1' },
      { order: 'https://evil.example.org/fhir/ServiceRequest/8' },
      { order: 'ServiceRequest/../Patient' },
      { order: { reference: 'ServiceRequest/8' } },
      ['ServiceRequest/8'],
    ])
      expect({ said, ...ofCard(said) }).toMatchObject({ said, order: undefined, orderFromCard: false });
  });

  test('shows a banner unless the EHR says that it shows one', () => {
    expect(read({}).needsBanner).toBe(true);
    expect(read({ need_patient_banner: true }).needsBanner).toBe(true);
    expect(read({ need_patient_banner: 'false' }).needsBanner).toBe(true);
    expect(read({ need_patient_banner: false }).needsBanner).toBe(false);
  });

  test('takes the granted scopes apart', () => {
    expect(read({ scope: 'launch  patient/Patient.r' }).scopes).toEqual(['launch', 'patient/Patient.r']);
  });

  test('takes silence about scopes for a grant of what was asked, and an answer for nothing more than it says', () => {
    const asked = 'launch patient/Patient.r';
    expect(readLaunchContext('https://ehr.example.org/fhir', 'key', {}, asked).scopes).toEqual(['launch', 'patient/Patient.r']);
    expect(readLaunchContext('https://ehr.example.org/fhir', 'key', { scope: 'launch' }, asked).scopes).toEqual(['launch']);
    expect(read({}).scopes).toEqual([]);
  });
});
