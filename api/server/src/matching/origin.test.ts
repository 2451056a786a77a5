import { milesBetween } from '@refloop/domain/matching/miles';
import { expect, test } from 'vitest';
import { originOf, unitVectorOf } from './origin.ts';

test('a position is a point of the unit sphere', () => {
  expect(originOf({ latitude: 90, longitude: 0 })?.unit[2]).toBe(1);
  expect(originOf({ latitude: 0, longitude: -90 })?.unit[1]).toBe(-1);
  const [x, y, z] = unitVectorOf({ latitude: 41.2565, longitude: -95.9345 });
  expect(x * x + y * y + z * z).toBeCloseTo(1, 14);
});

test('a ZIP code is its centroid and says so', () => {
  const omaha = originOf('68102');
  expect(omaha?.precision).toBe('zip');
  expect(milesBetween(omaha?.unit ?? [0, 0, 0], unitVectorOf({ latitude: 41.2565, longitude: -95.9345 }))).toBeLessThan(3);
});

test.each([
  ['nobody’s code', '00000'],
  ['a military post office, which the table puts at 0°, 0°', '34001'],
  ['a Canadian code', 'K1A'],
  ['a property of every object', 'constructor'],
])('%s has no place', (_name, zip) => expect(originOf(zip)).toBeNull());

test('no address is no origin', () => expect(originOf(null)).toBeNull());
