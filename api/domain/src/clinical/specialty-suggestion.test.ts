import { expect, test } from 'vitest';
import { ICD10CM, SNOMED } from '../fhir/read.ts';
import table from './diagnosis-specialties.json' with { type: 'json' };
import { SPECIALTIES, specialtyById } from './specialty.ts';
import { suggestSpecialty } from './specialty-suggestion.ts';

const icd = (code: string) => ({ system: ICD10CM, code });

test('every row of the table names specialties we know, and no prefix stands twice', () => {
  for (const row of table.rows) {
    expect(specialtyById(row.specialty)?.id).toBe(row.specialty);
    if (row.subSpecialty !== undefined) expect(specialtyById(row.subSpecialty)?.parent ?? row.specialty).toBe(row.specialty);
    expect(row.prefix).toMatch(/^[A-Z][0-9A-Z]{2}(\.[0-9A-Z]{1,4})?$/);
  }
  expect(new Set(table.rows.map((row) => row.prefix)).size).toBe(table.rows.length);
});

test.each([
  ['I47.10', 'cardiology', 'cardiac-electrophysiology'],
  ['R55', 'cardiology', undefined],
  ['K50.90', 'gastroenterology', undefined],
  ['L40.0', 'dermatology', undefined],
  ['M17.11', 'orthopedic-surgery', 'joint-replacement'],
  ['E11.65', 'endocrinology', undefined],
  ['E11.21', 'nephrology', undefined],
  ['e1165', 'endocrinology', undefined],
])('ICD-10 %s suggests %s', (code, specialty, subSpecialty) => {
  const suggestion = suggestSpecialty([], [icd(code)]);
  expect(suggestion?.specialty.id).toBe(specialty);
  expect(suggestion?.subSpecialty?.id).toBe(subSpecialty);
  expect(suggestion?.basis).toBe(`ICD-10 ${code.toUpperCase()}`);
});

test('the order’s own code goes before any diagnosis', () => {
  const suggestion = suggestSpecialty([{ system: SNOMED, code: '308472003', display: 'Referral to dermatologist' }], [icd('I47.10')]);
  expect(suggestion?.specialty.id).toBe('dermatology');
  expect(suggestion?.basis).toBe('the order’s code 308472003 Referral to dermatologist');
});

test('every primary referral code leads back to its specialty', () => {
  for (const specialty of SPECIALTIES.filter((one) => one.referral.primary)) {
    expect(suggestSpecialty([{ system: SNOMED, code: specialty.referral.code }], [])?.specialty.id).toBe(specialty.id);
  }
});

test('says nothing where the table says nothing; the first known diagnosis counts', () => {
  expect(suggestSpecialty([], [])).toBeUndefined();
  expect(suggestSpecialty([], [icd('Z99.89')])).toBeUndefined();
  expect(suggestSpecialty([], [{ system: SNOMED, code: 'I47.10' }])).toBeUndefined();
  expect(suggestSpecialty([], [icd('Z99.89'), icd('L40.0')])?.specialty.id).toBe('dermatology');
});
