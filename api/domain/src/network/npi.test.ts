import { expect, test } from 'vitest';
import { isNpi, npiCheckDigit } from './npi.ts';

test('the worked example of the CMS check digit rule: 123456789 ends in 3', () => {
  expect(npiCheckDigit('123456789')).toBe('3');
  expect(isNpi('1234567893')).toBe(true);
});

test.each(['1234567890', '123456789', '12345678933', 'NPI3233', '3234567899', ''])('"%s" is refused', (text) => {
  expect(isNpi(text)).toBe(false);
});

const bodies = Array.from({ length: 2_000 }, (_, index) => String(100_000_000 + ((index * 99_991) % 200_000_000)));

test('changing any one digit breaks an NPI', () => {
  for (const body of bodies) {
    const npi = body + npiCheckDigit(body);
    expect(isNpi(npi)).toBe(true);
    for (let position = 1; position < 10; position += 1) {
      const shift = 1 + ((Number(body) + position) % 9);
      const changed = npi.slice(0, position) + String((Number(npi[position]) + shift) % 10) + npi.slice(position + 1);
      expect({ npi, changed, accepted: isNpi(changed) }).toEqual({ npi, changed, accepted: false });
    }
  }
});

test('swapping two different neighbours breaks an NPI, 0 and 9 aside (the known gap of the Luhn rule)', () => {
  for (const body of bodies) {
    const npi = body + npiCheckDigit(body);
    for (let position = 1; position < 9; position += 1) {
      const pair = npi.slice(position, position + 2);
      const swapped = pair.charAt(1) + pair.charAt(0);
      if (pair === swapped || pair === '09' || pair === '90') continue;
      const changed = npi.slice(0, position) + swapped + npi.slice(position + 2);
      expect({ npi, changed, accepted: isNpi(changed) }).toEqual({ npi, changed, accepted: false });
    }
  }
});
