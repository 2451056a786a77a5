import { describe, expect, test } from 'vitest';
import { ehrUrl } from './ehr-url.ts';

const base = 'https://ehr.example.org/tenant/fhir';

describe('where the token may go', () => {
  test.each([
    ['Patient/1', 'https://ehr.example.org/tenant/fhir/Patient/1'],
    ['Observation?patient=1&_count=200', 'https://ehr.example.org/tenant/fhir/Observation?patient=1&_count=200'],
    ['https://ehr.example.org/tenant/fhir/Observation?page=2', 'https://ehr.example.org/tenant/fhir/Observation?page=2'],
    ['https://ehr.example.org/tenant/fhir?_getpages=7', 'https://ehr.example.org/tenant/fhir?_getpages=7'],
  ])('%s stays below the FHIR base', (path, url) => {
    expect(ehrUrl(base, path)).toBe(url);
  });

  test.each([
    'https://evil.example.org/fhir/Patient/1',
    'http://ehr.example.org/tenant/fhir/Patient/1',
    'https://ehr.example.org/tenant/fhir2/Patient/1',
    'https://ehr.example.org/other/fhir/Patient/1',
    'https://ehr.example.org/tenant?_getpages=7',
    'https://ehr.example.org/tenant/fhir2?_getpages=7',
    'https://ehr.example.org.evil.example.org/tenant/fhir/Patient/1',
    'https://user:pass@ehr.example.org/tenant/fhir/Patient/1',
    '//evil.example.org/Patient/1',
    '/Patient/1',
    '../admin/Patient/1',
    'Patient/../../../admin',
    'javascript:alert(1)',
  ])('%s does not', (path) => {
    expect(ehrUrl(base, path)).toBeUndefined();
  });
});
