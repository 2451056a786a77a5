import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatScope, negotiateScopes, parseScope, parseScopes, scopesBeyond } from './scopes.ts';

describe('one scope', () => {
  test.each([
    ['patient/Observation.rs', 'patient/Observation.rs'],
    ['patient/Observation.read', 'patient/Observation.rs'],
    ['user/*.write', 'user/*.cud'],
    ['system/Group.*', 'system/Group.cruds'],
    [
      'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
      'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory',
    ],
    ['patient/Observation.rs?b=2&a=1', 'patient/Observation.rs?a=1&b=2'],
    ['launch/servicerequest', 'launch/servicerequest'],
  ])('%s is read as %s', (text, expected) => {
    const scope = parseScope(text);
    expect(scope && formatScope(scope)).toBe(expected);
  });

  test.each([
    'patient/Observation.sr',
    'patient/Observation.',
    'patient/Observation',
    'patient/observation.rs',
    'patients/Observation.rs',
    'patient/Observation.rs?',
    'patient/Observation.rs?category',
    'launch/ServiceRequest',
    'admin',
    '',
  ])('%s is none', (text) => {
    expect(parseScope(text)).toBeUndefined();
  });
});

describe('agreeing on scopes', () => {
  test.each([
    ['the narrower of both', 'patient/ServiceRequest.cruds', 'patient/ServiceRequest.crus', 'patient/ServiceRequest.crus'],
    [
      'a wildcard asked for becomes what is registered',
      'patient/*.rs',
      'patient/Condition.rs patient/Task.crus',
      'patient/Condition.rs patient/Task.rs',
    ],
    ['a wildcard registered grants the type asked for', 'patient/Condition.rs', 'patient/*.rs', 'patient/Condition.rs'],
    ['another level is another thing', 'user/Condition.rs', 'patient/*.cruds', ''],
    [
      'a restriction registered stays',
      'patient/Observation.rs',
      'patient/Observation.rs?category=laboratory',
      'patient/Observation.rs?category=laboratory',
    ],
    [
      'restrictions of both hold',
      'patient/Observation.rs?code=1',
      'patient/Observation.rs?category=laboratory',
      'patient/Observation.rs?category=laboratory&code=1',
    ],
    ['letters of two registrations join', 'patient/Task.cruds', 'patient/Task.rs patient/Task.c', 'patient/Task.crs'],
    ['what a wider one covers is not said twice', 'patient/*.rs patient/Condition.rs', 'patient/*.rs', 'patient/*.rs'],
    [
      'a letter that a wider one covers is not said twice either',
      'patient/Task.ds?a=1&b=2 patient/*.cs',
      'patient/Task.cs?b=2 patient/*.cds?a=1',
      'patient/Task.d?a=1&b=2 patient/Task.cs?b=2 patient/*.cs?a=1',
    ],
    ['unknown words are left out', 'openid email patient/Foo.xyz', 'openid fhirUser', 'openid'],
  ])('%s', (_, requested, registered, granted) => {
    expect(negotiateScopes(requested, registered)).toBe(granted);
  });

  const clinical = fc
    .record({
      level: fc.constantFrom('patient', 'user'),
      resource: fc.constantFrom('*', 'Condition', 'Observation', 'Task'),
      letters: fc.subarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }),
      query: fc.constantFrom('', '?a=1', '?b=2', '?a=1&b=2'),
    })
    .map(({ level, resource, letters, query }) => `${level}/${resource}.${letters.join('')}${query}`);
  const list = fc
    .array(fc.oneof(clinical, fc.constantFrom('openid', 'launch', 'offline_access')), { maxLength: 8 })
    .map((all) => all.join(' '));

  test('never grants more than was asked for, nor more than is registered', () => {
    fc.assert(
      fc.property(list, list, (requested, registered) => {
        const granted = negotiateScopes(requested, registered);
        expect(scopesBeyond(granted, requested)).toEqual([]);
        expect(scopesBeyond(granted, registered)).toEqual([]);
      }),
    );
  });

  test('grants all of a request that is within the registration', () => {
    fc.assert(
      fc.property(list, list, (requested, extra) => {
        const granted = negotiateScopes(requested, `${requested} ${extra}`);
        expect(scopesBeyond(requested, granted)).toEqual([]);
      }),
    );
  });

  test('is settled: agreeing again on what was granted changes nothing', () => {
    fc.assert(
      fc.property(list, list, (requested, registered) => {
        const granted = negotiateScopes(requested, registered);
        expect(parseScopes(negotiateScopes(granted, registered)).map(formatScope).sort()).toEqual(
          parseScopes(granted).map(formatScope).sort(),
        );
      }),
    );
  });
});

describe('asking for less at a refresh', () => {
  test.each([
    ['a subset', 'patient/Condition.r openid', 'openid patient/Condition.rs', []],
    ['another type', 'patient/Task.r', 'patient/Condition.rs', ['patient/Task.r']],
    ['another letter', 'patient/Condition.rus', 'patient/Condition.rs', ['patient/Condition.rus']],
    ['a type under a wildcard', 'patient/Condition.rs', 'patient/*.rs', []],
    ['a wildcard over a type', 'patient/*.rs', 'patient/Condition.rs', ['patient/*.rs']],
    ['dropping a restriction', 'patient/Observation.rs', 'patient/Observation.rs?a=1', ['patient/Observation.rs']],
    ['adding a restriction', 'patient/Observation.rs?a=1', 'patient/Observation.rs', []],
    ['an unknown word', 'openid email', 'openid', ['email']],
  ])('%s', (_, requested, granted, beyond) => {
    expect(scopesBeyond(requested, granted)).toEqual(beyond);
  });
});
