import { expect, test } from 'vitest';
import { addressedTo } from './addressed-to.ts';
import type { Packet } from './packet.ts';

const specialist: Packet['specialist'] = {
  name: 'Ana Rivera, MD',
  specialty: 'Cardiology',
  organization: 'Bay Heart',
  address: '1 Bay Street, Oakland, CA 94601',
  npi: '1234567893',
  phone: '510-555-0100',
  fax: '510-555-0101',
  network: 'In the patient’s network',
};
const packet = { title: 'Referral', specialist } as Packet;
const first = { entryId: 'e1', npi: '1234567893', display: 'Ana Rivera, MD', nucc: '207RC0000X', network: 'in', rank: 1 } as const;
const next = { ...first, entryId: 'e2', npi: '1538271645', display: 'Ben Okafor, MD', network: 'unknown' } as const;
const practice = { specialtyName: 'Cardiology', organization: 'Hill Heart', address: '2 Hill Road', phone: '510-555-0200', fax: null };

test('for whom it was approved it is as it was approved', () => {
  expect(addressedTo(packet, first, practice)).toBe(packet);
});

test('the next specialist reads their own name and practice, and nothing of the first', () => {
  const { title, specialist: to } = addressedTo(packet, next, practice);
  expect(title).toBe('Referral');
  expect(to).toEqual({
    name: 'Ben Okafor, MD',
    specialty: 'Cardiology',
    organization: 'Hill Heart',
    address: '2 Hill Road',
    npi: '1538271645',
    phone: '510-555-0200',
    fax: 'not recorded',
    network: 'Network status not known: call to confirm',
  });
});

test('of whom the directory no longer knows, what it does not say is not made up', () => {
  const { specialist: to } = addressedTo(packet, next, undefined);
  expect([to.name, to.organization, to.address, to.phone]).toEqual(['Ben Okafor, MD', 'not recorded', 'not recorded', 'not recorded']);
});
