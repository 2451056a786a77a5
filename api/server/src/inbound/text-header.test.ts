import { describe, expect, test } from 'vitest';
import { dayIn, headerIn, nameIn } from './text-header.ts';

describe('a date', () => {
  test.each([
    ['2026-11-09', '2026-11-09'],
    ['11/09/2026', '2026-11-09'],
    ['1-2-1984', '1984-01-02'],
    ['Nov 9, 2026', '2026-11-09'],
    ['November 9 2026', '2026-11-09'],
    ['9 Nov. 2026', '2026-11-09'],
    ['02/30/2026', ''],
    ['13/01/2026', ''],
    ['soon', ''],
  ])('%s', (written, day) => {
    expect(dayIn(written)).toBe(day);
  });
});

describe('a name', () => {
  test.each<[string, string, string[], string]>([
    ['Delgado, Marisol A', 'Delgado', ['Marisol', 'A'], ''],
    ['Mrs. Marisol Delgado', 'Delgado', ['Marisol'], ''],
    ['Smith, John, Jr.', 'Smith', ['John'], 'Jr'],
    ['María José O’Neil-Paz (she/her)', 'O’Neil-Paz', ['María', 'José'], ''],
    ['Delgado', '', [], ''],
    ['12 Elm St', '', [], ''],
  ])('%s', (written, family, given, suffix) => {
    expect(nameIn(written)).toEqual({ family, given, suffix });
  });
});

describe('the header of a note', () => {
  test('in columns, with the patient’s own address and telephone', () => {
    const { patient, npis, author, date, orders } = headerIn(`Eastside Dermatology    Phone: 510-555-0199
CONSULTATION
Patient Name: Delgado, Marisol   DOB: 06/02/1984   Sex: Female   MRN: SYN-100200
Address: 2214 Alder Ct, Oakland, CA 94601-2201
Home phone: (510) 555-0142
Referral number: 01JD7T9Q4Z
Date: 11/19/2026
Dear Dr. Lee, thank you for sending this patient: she has a rash.
Electronically signed by: Tom Okafor, MD   NPI 1245319599`);
    expect(patient).toEqual({
      family: 'Delgado',
      given: ['Marisol'],
      suffix: '',
      born: '1984-06-02',
      sex: 'female',
      line: '2214 Alder Ct',
      city: 'Oakland',
      postalCode: '94601',
      phone: '(510) 555-0142',
      recordNumbers: ['SYN-100200'],
    });
    expect({ npis, author, date, orders }).toEqual({
      npis: ['1245319599'],
      author: 'Tom Okafor, MD',
      date: '2026-11-19',
      orders: ['01JD7T9Q4Z'],
    });
  });

  test('an office’s telephone is not the patient’s, a number that is no NPI is none, and nothing is said of what is not there', () => {
    const { patient, npis } = headerIn('Bay Heart\nPhone: 510-555-0100\nNPI: 1234567890\nShe was born in Texas: no DOB given.');
    expect([patient.phone, patient.born, patient.family, npis]).toEqual(['', '', '', []]);
  });
});
