import type { Observation, Patient } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import {
  ageInYears,
  birthDateAndAge,
  conceptText,
  dateText,
  flagText,
  idIn,
  nameText,
  periodText,
  recordNumber,
  referenceRangeText,
  resultText,
  timeText,
} from './wording.ts';

const today = new Date('2026-11-20T11:30:00Z');
const observation = (facts: Partial<Observation>): Observation => ({ resourceType: 'Observation', status: 'final', code: {}, ...facts });
const patient = (facts: Partial<Patient>): Patient => ({ resourceType: 'Patient', ...facts });

describe('dates are as exact as they were written', () => {
  test.each([
    ['1961-04-09', '9 Apr 1961'],
    ['1961-04', 'Apr 1961'],
    ['1961', '1961'],
    ['2026-11-02T14:20:00-05:00', '2 Nov 2026'],
    ['soon', ''],
    [undefined, ''],
  ])('%s', (value, text) => {
    expect(dateText(value)).toBe(text);
  });

  test.each([
    ['2026-11-20T11:30:00Z', '20 Nov 2026, 11:30 UTC'],
    ['2026-11-20T22:30:00-05:00', '21 Nov 2026, 03:30 UTC'],
    ['2026-11-20', '20 Nov 2026'],
  ])('instant %s', (value, text) => {
    expect(timeText(value)).toBe(text);
  });

  test.each([
    [{ start: '2026-01-01', end: '2026-12-31' }, '1 Jan 2026 to 31 Dec 2026'],
    [{ start: '2026-01-01' }, 'from 1 Jan 2026'],
    [{ end: '2026-12-31' }, 'until 31 Dec 2026'],
    [{ start: '2026-11-02T14:00:00Z', end: '2026-11-02T14:30:00Z' }, '2 Nov 2026'],
    [undefined, ''],
  ])('period %j', (period, text) => {
    expect(periodText(period)).toBe(text);
  });
});

describe('age', () => {
  test.each([
    ['1961-11-20', 65],
    ['1961-11-21', 64],
    ['2026-11-20', 0],
    ['2024-02-29', 2],
    ['1961-11', undefined],
  ])('born %s', (birthDate, age) => {
    expect(ageInYears(birthDate, today)).toBe(age);
  });

  test.each<[Partial<Patient>, string]>([
    [{ birthDate: '1961-04-09' }, '9 Apr 1961 (65 y)'],
    [{ birthDate: '2025-12-21' }, '21 Dec 2025 (10 mo)'],
    [{ birthDate: '1961' }, '1961'],
    [{ birthDate: '1930-01-01', deceasedDateTime: '2020-01-01' }, '1 Jan 1930 (deceased)'],
    [{}, 'date of birth not recorded'],
  ])('%j', (facts, text) => {
    expect(birthDateAndAge(patient(facts), today)).toBe(text);
  });
});

test('names: the official one, family first', () => {
  expect(
    nameText([
      { use: 'old', family: 'Before' },
      { use: 'official', family: 'Achterberg', given: ['Nora', 'J.'] },
    ]),
  ).toBe('Achterberg, Nora J.');
  expect(nameText([{ text: 'Nora A.' }])).toBe('Nora A.');
  expect(nameText([])).toBe('Name not recorded');
});

test('the record number is the one typed MR', () => {
  const identifier = [{ value: 'SSN-1' }, { type: { coding: [{ code: 'MR' }] }, value: 'MRN-1' }];
  expect(recordNumber(patient({ identifier }))).toBe('MRN-1');
  expect(recordNumber(patient({ identifier: [{ value: 'first' }] }))).toBe('first');
  expect(recordNumber(patient({}))).toBeUndefined();
});

describe('results', () => {
  test.each<[Partial<Observation>, string]>([
    [{ valueQuantity: { value: 7.4, unit: '%' } }, '7.4 %'],
    [{ valueQuantity: { value: 5, comparator: '<', unit: 'ng/L' } }, '<5 ng/L'],
    [{ valueQuantity: { value: 0, unit: 'mg' } }, '0 mg'],
    [{ valueCodeableConcept: { text: 'Never smoked' } }, 'Never smoked'],
    [{ valueBoolean: false }, 'no'],
    [{ valueRange: { low: { value: 1, unit: 'h' }, high: { value: 2, unit: 'h' } } }, '1 to 2 h'],
    [{ dataAbsentReason: { text: 'unknown' } }, 'not recorded: unknown'],
    [
      {
        component: [
          { code: { coding: [{ system: 'http://loinc.org', code: '8462-4' }] }, valueQuantity: { value: 85, unit: 'mmHg' } },
          { code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] }, valueQuantity: { value: 128, unit: 'mmHg' } },
        ],
      },
      '128/85 mmHg',
    ],
    [{ component: [{ code: { text: 'Eye' }, valueInteger: 4 }] }, 'Eye 4'],
  ])('%j', (facts, text) => {
    expect(resultText(observation(facts))).toBe(text);
  });

  test.each([
    ['H', 'High'],
    ['LL', 'Critically low'],
    ['N', undefined],
  ])('flag %s', (code, text) => {
    expect(flagText(observation({ interpretation: [{ coding: [{ code }] }] }))).toBe(text);
  });

  test.each<[Observation['referenceRange'], string]>([
    [[{ low: { value: 135, unit: 'mmol/L' }, high: { value: 145, unit: 'mmol/L' } }], '135 to 145 mmol/L'],
    [[{ low: { value: 60, unit: 'mL/min' } }], '60 mL/min or more'],
    [[{ high: { value: 5.7, unit: '%' } }], '5.7 % or less'],
    [[{ text: 'negative' }], 'negative'],
    [undefined, ''],
  ])('range %j', (referenceRange, text) => {
    expect(referenceRangeText(observation(referenceRange ? { referenceRange } : {}))).toBe(text);
  });
});

test.each([
  ['ServiceRequest/1', '1'],
  ['ServiceRequest/1/_history/3', '1'],
  ['http://localhost:4010/fhir/ServiceRequest/1', '1'],
  ['Patient/1', undefined],
  ['ServiceRequest/1/extra', undefined],
])('the order in %s', (reference, id) => {
  expect(idIn({ reference }, 'ServiceRequest')).toBe(id);
});

test('a concept by its text, else a display, else its code', () => {
  expect(conceptText({ text: 'a', coding: [{ display: 'b', code: 'c' }] })).toBe('a');
  expect(conceptText({ coding: [{ code: 'x' }, { display: 'b', code: 'c' }] })).toBe('b');
  expect(conceptText({ coding: [{ code: 'c' }] })).toBe('c');
});
