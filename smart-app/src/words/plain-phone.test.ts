import { expect, test } from 'vitest';
import { plainPhone } from './plain-phone.ts';

test.each([
  ['+14155550154', '415-555-0154'],
  ['(415) 555-0154', '(415) 555-0154'],
  ['+442079460018', '+442079460018'],
  ['+1415555015', '+1415555015'],
])('%s is read as %s', (phone, read) => {
  expect(plainPhone(phone)).toBe(read);
});
