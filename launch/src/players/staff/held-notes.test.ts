/** What of a held fax is certain enough to be put on record without anybody's judgement. */
import { describe, expect, test } from 'vitest';
import { answerLines } from '../note-words.ts';
import { actOf, certainChoice, type Held } from './held-notes.ts';

const field = (name: string, agrees: string) => ({ field: name, agrees });
const referral = { referralId: 'r1', attempt: 1, specialist: 'Ana Rivera, MD', writtenBy: 'same', date: 'after', named: false };
const patient = {
  name: 'Jo Doe',
  fields: [field('name', 'yes'), field('born', 'yes'), field('record number', 'not said')],
  against: [],
  referrals: [referral],
} satisfies Held['patients'][number];
const held = (...patients: Held['patients']) => ({ patients });

describe('a document is certainly of one patient and one referral', () => {
  test('where name, birth date and writer are theirs', () => {
    expect(certainChoice(held(patient))).toMatchObject({ patient: 'Jo Doe', referralId: 'r1', attempt: 1 });
  });
  test('of two referrals the one that it names', () => {
    const other = { ...referral, referralId: 'r2' };
    expect(certainChoice(held({ ...patient, referrals: [referral, other] }))).toBeUndefined();
    expect(certainChoice(held({ ...patient, referrals: [referral, { ...other, named: true }] }))?.referralId).toBe('r2');
  });
  test.each([
    ['the birth date is nearly theirs', { ...patient, fields: [field('name', 'yes'), field('born', 'nearly')] }],
    ['the record number is another', { ...patient, fields: [...patient.fields.slice(0, 2), field('record number', 'no')] }],
    ['something speaks against it', { ...patient, against: ['twin'] }],
    ['somebody else wrote it', { ...patient, referrals: [{ ...referral, writtenBy: 'different' }] }],
    ['it is from before the order', { ...patient, referrals: [{ ...referral, date: 'before' }] }],
  ])('and it is left for a person where %s', (_why, one) => expect(certainChoice(held(one))).toBeUndefined());
  test('or where two may be the one', () => expect(certainChoice(held(patient, { ...patient, name: 'Jo Doe II' }))).toBeUndefined());
});

test('an office’s own words become what somebody puts on record, and nothing else does', () => {
  const AT = '2026-12-02T15:00:00.000Z';
  const of = { patient: 'Jo Doe', specialist: 'Ana Rivera, MD', npi: '1234567893', date: '2026-12-02' };
  const read = (answer: string) => actOf(answerLines(of, answer).join('\n'), AT);
  expect(read('accepted')).toEqual({ act: 'accepted', at: AT });
  expect(read('declined: not taking patients')).toEqual({ act: 'declined', reason: 'not-taking-patients', at: AT });
  expect(read(`booked for ${AT}`)).toEqual({ act: 'booked', startsAt: AT, at: AT });
  expect(read('no-show: the patient did not come')).toEqual({ act: 'missed', at: AT });
  expect([read('call us'), actOf('Consultation note\nAssessment\nFine', AT)]).toEqual([undefined, undefined]);
});
