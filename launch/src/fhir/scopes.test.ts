import { describe, expect, it } from 'vitest';
import { parseScope, parseScopes } from './scopes.ts';

describe('a scope as text', () => {
  it.each<[string, string | undefined]>([
    ['patient/Condition.rs', 'rs'],
    ['patient/*.cruds', 'cruds'],
    ['user/ServiceRequest.cu', 'cu'],
    ['system/Task.d', 'd'],
    // version 1
    ['patient/Condition.read', 'rs'],
    ['patient/Condition.write', 'cud'],
    ['user/*.*', 'cruds'],
    // out of order, repeated, unknown, empty: nothing
    ['patient/Condition.sr', undefined],
    ['patient/Condition.rr', undefined],
    ['patient/Condition.x', undefined],
    ['patient/Condition.', undefined],
    ['patient/Condition', undefined],
    ['patients/Condition.rs', undefined],
    ['patient/condition.rs', undefined],
    ['patient/Condition.read?category=x', undefined],
    ['launch/patient', undefined],
    ['openid', undefined],
  ])('%s grants %s', (text, letters) => {
    const scope = parseScope(text);
    expect(scope && [...scope.interactions].join('')).toBe(letters);
  });

  it('keeps what a constraint asks for', () => {
    expect(
      parseScope('patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory')?.constraints,
    ).toEqual([{ code: 'category', value: 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory' }]);
  });

  it('leaves out of a list what is no clinical scope', () => {
    expect(
      parseScopes('launch openid fhirUser patient/Patient.r online_access user/Location.rs').map(({ resourceType }) => resourceType),
    ).toEqual(['Patient', 'Location']);
  });
});
