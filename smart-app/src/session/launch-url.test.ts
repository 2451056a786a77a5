import { describe, expect, test } from 'vitest';
import { readLaunchUrl, readRedirectUrl } from './launch-url.ts';

const sandbox = { iss: 'http://localhost:4010/fhir', name: 'Sandbox', clientId: 'refloop', scopes: 'launch openid' };
const sites = [sandbox, { ...sandbox, iss: 'https://ehr.example.org/fhir', name: 'Other' }];
const query = (entries: Record<string, string>) => `?${new URLSearchParams(entries).toString()}`;

describe('the address of a launch', () => {
  test('names a listed EHR and a launch', () => {
    const read = readLaunchUrl(query({ iss: sandbox.iss, launch: 'abc' }), sites);
    expect(read).toEqual({ ok: true, value: { site: sandbox, launch: 'abc' } });
  });

  test.each([
    ['a slash more', 'http://localhost:4010/fhir/'],
    ['a slash less', 'http://localhost:4010'],
    ['another case', 'http://LOCALHOST:4010/fhir'],
    ['another scheme', 'https://localhost:4010/fhir'],
    ['a longer path', 'http://localhost:4010/fhir2'],
    ['another host', 'http://evil.example.org/fhir'],
  ])('refuses an EHR that differs by %s', (_what, iss) => {
    expect(readLaunchUrl(query({ iss, launch: 'abc' }), sites)).toEqual({ ok: false, refusal: { kind: 'iss-not-allowed', iss } });
  });

  test.each(['fhirServiceUrl', 'patientId', 'clientId'])('refuses %s, by which fhirclient could be turned elsewhere', (name) => {
    const read = readLaunchUrl(query({ iss: sandbox.iss, launch: 'abc', [name]: 'x' }), sites);
    expect(read).toEqual({ ok: false, refusal: { kind: 'launch-parameter-refused', parameter: name } });
  });

  test('refuses a parameter given twice', () => {
    const read = readLaunchUrl(`${query({ iss: sandbox.iss, launch: 'abc' })}&iss=http%3A%2F%2Fevil.example.org`, sites);
    expect(read).toMatchObject({ ok: false, refusal: { kind: 'launch-parameter-refused' } });
  });

  test('says which parameters are missing', () => {
    const read = readLaunchUrl('', sites);
    expect(read).toMatchObject({ ok: false, refusal: { kind: 'launch-parameters-missing', missing: { length: 2 } } });
    expect(readLaunchUrl(query({ iss: sandbox.iss }), sites)).toMatchObject({ refusal: { missing: { length: 1 } } });
  });
});

describe('the address the EHR sends back to', () => {
  test('carries a code for a launch', () => {
    expect(readRedirectUrl('?code=c&state=s')).toEqual({ kind: 'code', code: 'c', state: 's' });
  });
  test('carries a refusal, which goes before everything else', () => {
    expect(readRedirectUrl('?error=access_denied&error_description=no&code=c&state=s')).toEqual({
      kind: 'error',
      error: 'access_denied',
      description: 'no',
    });
  });
  test('carries nothing when a code has no state to belong to', () => {
    expect(readRedirectUrl('?code=c')).toEqual({ kind: 'none' });
  });
});
