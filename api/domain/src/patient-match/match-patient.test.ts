import { describe, expect, test } from 'vitest';
import type { Identity } from './identity.ts';
import { type Candidate, matchPatient, type PatientMatch, THRESHOLDS, thresholdsFor } from './match-patient.ts';
import { identity } from './test-identity.ts';
import { WEIGHTS } from './weights.ts';

const chart = (patientId: string, more: Partial<Identity> = {}): Candidate => ({
  patientId,
  identity: identity({ recordNumbers: ['SYN-100200'], ...more }),
});
const match = (document: Partial<Identity>, candidates: Candidate[], replacedBy?: ReadonlyMap<string, string>): PatientMatch =>
  matchPatient(identity(document), candidates, { weights: WEIGHTS, thresholds: THRESHOLDS, ...(replacedBy ? { replacedBy } : {}) });
const against = (answer: PatientMatch): string[] => (answer.kind === 'review' ? (answer.candidates[0]?.against ?? []) : [answer.kind]);

describe('by the record number', () => {
  const elsewhere = { line: '', city: '', postalCode: '', phone: '' };

  test('with the birth date it is certain, whatever else is not told', () => {
    const answer = match({ ...elsewhere, recordNumbers: ['syn 100200'] }, [chart('one')]);
    expect(answer).toMatchObject({ kind: 'accepted', patientId: 'one', by: 'record-number' });
  });

  test('with another birth date, or a name that says otherwise, a person decides', () => {
    expect(match({ recordNumbers: ['SYN-100200'], born: '1999-01-01' }, [chart('one')]).kind).toBe('review');
    expect(match({ recordNumbers: ['SYN-100200'], given: ['Rocio'] }, [chart('one')]).kind).toBe('review');
  });

  test('a number that is not of the practice says nothing against anybody: offices have their own', () => {
    expect(match({ recordNumbers: ['A-17'] }, [chart('one')])).toMatchObject({ kind: 'accepted', by: 'weight' });
  });
});

describe('by what agrees', () => {
  test('name, birth date and where they live are enough; somebody else is nobody', () => {
    expect(match({}, [chart('one'), chart('other', { family: 'Okafor', given: ['Ngozi'], born: '1951-02-11' })])).toMatchObject({
      kind: 'accepted',
      patientId: 'one',
      by: 'weight',
    });
    expect(
      match({ family: 'Lund', given: ['Per'], born: '1941-12-30', sex: 'male', line: '', postalCode: '60614', phone: '' }, [chart('one')]),
    ).toEqual({ kind: 'nobody' });
  });

  test('a twin is never taken for the other, however alike the names', () => {
    for (const given of ['Rocio', 'Marisel', 'M', ''])
      expect(against(match({ given: given === '' ? [] : [given] }, [chart('one')])), given).toContain('given-name');
    const both = match({ given: ['Marisol'] }, [chart('one'), chart('twin', { given: ['Rocio'], recordNumbers: ['SYN-2'] })]);
    expect(both).toMatchObject({ kind: 'accepted', patientId: 'one' });
  });

  test('two of one name, born on the same day, are left to a person', () => {
    expect(against(match({ line: '9 Oak Rd', postalCode: '98103', phone: '206-555-0188' }, [chart('one')]))).toEqual([
      'nothing-beside-name',
    ]);
  });

  test.each<[string, Partial<Identity>, string]>([
    ['a parent and a child of one name', { born: '2004-06-02' }, 'birth-date'],
    ['a slip in the date, and a telephone that does not bear it out', { born: '1984-06-03', phone: '' }, 'birth-date-slip'],
    ['another sex', { sex: 'male' }, 'sex'],
    ['another family name', { family: 'Ferrante' }, 'family-name'],
  ])('%s: a person looks', (_, document, guard) => {
    expect(against(match(document, [chart('one')]))).toContain(guard);
  });

  test('senior and junior', () => {
    expect(against(match({ suffix: 'Jr.' }, [chart('one', { family: 'Delgado Sr' })]))).toEqual(['suffix']);
  });

  test('names in each other’s place, and a slip that all else bears out, are the same person', () => {
    expect(match({ family: 'Marisol', given: ['Delgado'] }, [chart('one')]).kind).toBe('accepted');
    expect(match({ born: '1984-06-03' }, [chart('one')]).kind).toBe('accepted');
  });

  test('two charts that are both certain are a question, until one was merged into the other', () => {
    const double = [chart('one'), chart('double', { recordNumbers: ['SYN-7'] })];
    expect(match({}, double).kind).toBe('review');
    expect(match({}, double, new Map([['double', 'one']]))).toMatchObject({ kind: 'accepted', patientId: 'one' });
    // What was written about the merged chart lands with the one in force.
    expect(
      match({ recordNumbers: ['SYN-7'] }, [chart('double', { recordNumbers: ['SYN-7'] })], new Map([['double', 'one']])),
    ).toMatchObject({
      kind: 'accepted',
      patientId: 'one',
    });
  });
});

describe('thresholds', () => {
  test('follow from how many patients there are and how many may be wrong', () => {
    expect(thresholdsFor(1024, 1 / 1024)).toEqual({ accept: 20, review: 10 - Math.log2(100) });
  });

  test('are configurable: what is certain for a small practice is a question for a large one', () => {
    const answer = (patients: number) =>
      matchPatient(identity({ phone: '' }), [chart('one')], { weights: WEIGHTS, thresholds: thresholdsFor(patients, 1e-5) }).kind;
    expect([answer(1000), answer(1e9)]).toEqual(['accepted', 'review']);
  });
});
