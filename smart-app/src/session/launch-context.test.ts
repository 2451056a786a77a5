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
});
