import { expect, test } from 'vitest';
import { medicalHubs } from './medical-hubs.ts';
import { milesBetween, usZipCodes } from './zip-codes.ts';

test('hubs are where people are: the largest in the largest cities, all apart from each other, none placed twice', () => {
  const hubs = medicalHubs(120);
  expect(hubs).toHaveLength(120);
  expect(hubs.slice(0, 3).map((hub) => hub.city)).toEqual(['New York', 'Washington', 'Los Angeles']);
  expect(new Set(hubs.map((hub) => hub.id)).size).toBe(120);
  const draws = hubs.map((hub) => hub.draw);
  expect(draws).toEqual([...draws].sort((a, b) => b - a));
  const large = hubs.filter((hub) => hub.kind === 'metropolitan');
  expect(large).toHaveLength(60);
  const pairs = large.flatMap((hub, index) => large.slice(index + 1).map((other) => milesBetween(hub.center, other.center)));
  expect(Math.min(...pairs)).toBeGreaterThanOrEqual(35);
});

test('the regional hubs serve what the cities leave out', () => {
  const hubs = medicalHubs(120);
  const every = usZipCodes.filter((_, index) => index % 20 === 0);
  const served = (among: typeof hubs) =>
    every.filter((code) => among.some((hub) => milesBetween(hub.center, code) <= 48)).length / every.length;
  const cities = served(hubs.filter((hub) => hub.kind === 'metropolitan'));
  expect(cities).toBeGreaterThan(0.35);
  expect(served(hubs)).toBeGreaterThan(cities + 0.15);
});

test('a hub on a state line contracts with the plans of both sides', () => {
  const kansasCity = medicalHubs(120).find((hub) => hub.city === 'Kansas City');
  expect(kansasCity?.states).toEqual(['KS', 'MO']);
});
