import { expect, test } from 'vitest';
import zipcodes from 'zipcodes';
import { placeOfZip3 } from './zip3-place.ts';

test('the middle of its ZIP codes, in the state of most of them', () => {
  const place = placeOfZip3('606');
  expect(place?.state).toBe('IL');
  const of606 = Object.values(zipcodes.codes).filter(({ zip }) => zip.startsWith('606'));
  for (const key of ['latitude', 'longitude'] as const) {
    const values = of606.map((code) => code[key]);
    expect(place?.[key]).toBeGreaterThan(Math.min(...values));
    expect(place?.[key]).toBeLessThan(Math.max(...values));
  }
});

test('what stands for no place has none, military post offices neither', () => {
  expect(['000', 'unknown', '606 ', '340'].map(placeOfZip3)).toEqual([undefined, undefined, undefined, undefined]);
});
