import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { UnitVector } from '../network/directory.ts';
import { exampleRequest, exampleSnapshot, inNetwork } from './example-directory.ts';
import { match } from './match.ts';
import { EARTH_RADIUS_MILES, milesBetween } from './miles.ts';
import { SEED_V1 } from './policies.ts';

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const unit = (latitude: number, longitude: number): UnitVector => [
  Math.cos(radians(latitude)) * Math.cos(radians(longitude)),
  Math.cos(radians(latitude)) * Math.sin(radians(longitude)),
  Math.sin(radians(latitude)),
];

function haversine([lat1, lon1]: readonly [number, number], [lat2, lon2]: readonly [number, number]): number {
  const a =
    Math.sin(radians(lat2 - lat1) / 2) ** 2 + Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * Math.sin(radians(lon2 - lon1) / 2) ** 2;
  return 2 * EARTH_RADIUS_MILES * Math.asin(Math.sqrt(a));
}

describe('R4: miles', () => {
  test('agree with the haversine formula within 0.001 mile up to 500 miles', () => {
    for (let at = 0; at < 20_000; at += 1) {
      // Low-discrepancy points over the states, Alaska and Hawaii among them, and a second point up to 500 miles away.
      const latitude = 19 + ((at * 0.618_033_988_7) % 1) * 52;
      const longitude = -165 + ((at * 0.754_877_666_2) % 1) * 98;
      const otherLatitude = latitude + (((at * 0.569_840_290_9) % 1) - 0.5) * 14;
      const otherLongitude = longitude + (((at * 0.324_717_957_2) % 1) - 0.5) * 14;
      const expected = haversine([latitude, longitude], [otherLatitude, otherLongitude]);
      if (expected > 500) continue;
      expect(Math.abs(milesBetween(unit(latitude, longitude), unit(otherLatitude, otherLongitude)) - expected)).toBeLessThan(0.001);
    }
  });

  test('are 0 at home and the same in both directions', () => {
    const [omaha, lincoln] = [unit(41.2565, -95.9345), unit(40.8136, -96.7026)];
    expect(milesBetween(omaha, omaha)).toBe(0);
    expect(milesBetween(omaha, lincoln)).toBe(milesBetween(lincoln, omaha));
  });
});

describe('nothing that runs at rank time calls a function whose last bits differ between machines', () => {
  // ECMAScript lets each implementation approximate all of Math but these.
  const exact = new Set(['abs', 'max', 'min', 'round', 'sqrt', 'floor', 'ceil', 'trunc']);
  const folder = new URL('.', import.meta.url);

  test('in the text of the rules', () => {
    const rules = readdirSync(folder).filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^example-directory\.ts$/.test(name));
    expect(rules).toContain('match.ts');
    const used = rules.flatMap((name) =>
      [...readFileSync(new URL(name, folder), 'utf8').matchAll(/\bMath\s*\.\s*(\w+)|[\w)\]]\s*(\*\*)\s*[\w(]/g)].map(
        (found) => `${name}: ${found[1] ?? found[2]}`,
      ),
    );
    expect(used.filter((use) => !exact.has(use.split(': ')[1] ?? ''))).toEqual([]);
    expect(used).toContain('miles.ts: sqrt');
  });

  test('in an answer', () => {
    const snapshot = exampleSnapshot({ id: 'a', miles: 30 }, { id: 'b', miles: 3, networks: [inNetwork({ networkId: 'net-b' })] });
    const request = exampleRequest();
    const called: string[] = [];
    const spies = Object.getOwnPropertyNames(Math)
      .filter((name): name is 'sin' => typeof Math[name as 'sin'] === 'function' && !exact.has(name))
      .map((name) => {
        const original = Math[name];
        return vi.spyOn(Math, name).mockImplementation((value) => {
          called.push(name);
          return original(value);
        });
      });
    const answer = match(snapshot, request, SEED_V1);
    for (const spy of spies) spy.mockRestore();
    expect(spies.length).toBeGreaterThan(20);
    expect(answer.ranked).toHaveLength(1);
    expect(called).toEqual([]);
  });
});
