import { expect, test } from 'vitest';
import { patientQuery } from './patient-search.ts';

test.each([
  ['', ''],
  ['  ', ''],
  ['whit', 'name=whit'],
  ['nora achterberg', 'name=nora&name=achterberg'],
  ['MRN-1001', 'identifier=MRN-1001'],
  ['1961-04-09', 'birthdate=1961-04-09'],
  ['4/9/1961', 'birthdate=1961-04-09'],
  ['1961', 'birthdate=1961'],
  ['110301', 'identifier=110301'],
  // Characters with a meaning in a FHIR search are not typed into one.
  ['a,b|c$d\\e', 'name=abcde'],
])('"%s" is searched as %s', (typed, query) => {
  expect(patientQuery(typed).toString()).toBe(query);
});
