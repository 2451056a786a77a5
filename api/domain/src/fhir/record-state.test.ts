import { expect, test } from 'vitest';
import { recordState } from './record-state.ts';

test.each([
  ['an ordinary record', {}, { deceased: null, mergedInto: null }],
  ['alive by its own word', { deceasedBoolean: false }, { deceased: null, mergedInto: null }],
  ['died, on a day unsaid', { deceasedBoolean: true }, { deceased: { on: '' }, mergedInto: null }],
  ['died on a day', { deceasedDateTime: '2026-11-07T04:10:00Z' }, { deceased: { on: '2026-11-07' }, mergedInto: null }],
  ['died in a year', { deceasedDateTime: '2026' }, { deceased: { on: '2026' }, mergedInto: null }],
  [
    'merged into another',
    { active: false, link: [{ type: 'replaced-by', other: { reference: 'Patient/survivor' } }] },
    { deceased: null, mergedInto: 'survivor' },
  ],
  [
    'merged into one that is named absolutely',
    { link: [{ type: 'replaced-by', other: { reference: 'https://ehr.example.org/fhir/Patient/survivor' } }] },
    { deceased: null, mergedInto: 'survivor' },
  ],
  [
    'merged into one that is not named',
    { link: [{ type: 'replaced-by', other: { display: 'Another' } }] },
    { deceased: null, mergedInto: '' },
  ],
  ['the surviving one', { link: [{ type: 'replaces', other: { reference: 'Patient/old' } }] }, { deceased: null, mergedInto: null }],
  ['seen also elsewhere', { link: [{ type: 'seealso', other: { reference: 'Patient/other' } }] }, { deceased: null, mergedInto: null }],
  ['put out of use without a word of why', { active: false }, { deceased: null, mergedInto: null }],
])('%s', (_what, patient, state) => {
  expect(recordState({ resourceType: 'Patient', id: 'p', ...patient })).toEqual(state);
});
