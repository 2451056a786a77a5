import { beforeEach, expect, test } from 'vitest';
import { createReadiness, type Readiness } from './readiness.ts';

let at: number;
let pings: number;
let away: boolean;
let readiness: Readiness;

beforeEach(() => {
  at = Date.parse('2026-11-20T10:00:00.000Z');
  pings = 0;
  away = false;
  readiness = createReadiness(() => new Date(at));
});

const ping = async (): Promise<void> => {
  pings += 1;
  if (away) throw new Error('away');
};

test('tells the stage of the start, and asks no database before it is over', async () => {
  expect(await readiness.reason()).toBe('The database is being prepared.');
  readiness.starting('The directory is being loaded.');
  expect(await readiness.reason()).toBe('The directory is being loaded.');
  expect(readiness.stillStarting()).toBe('The directory is being loaded.');
  readiness.serving(ping);
  expect(readiness.stillStarting()).toBeUndefined();
  expect(pings).toBe(0);
});

test('follows the database away and back, within a second and without a start', async () => {
  readiness.serving(ping);
  expect(await readiness.reason()).toBeUndefined();
  away = true;
  at += 1000;
  expect(await readiness.reason()).toBe('PostgreSQL does not answer.');
  expect(readiness.stillStarting(), 'requests are still tried').toBeUndefined();
  away = false;
  at += 1000;
  expect(await readiness.reason()).toBeUndefined();
});

test('asks the database once a second, however many probes come', async () => {
  readiness.serving(ping);
  await Promise.all(Array.from({ length: 500 }, readiness.reason));
  at += 999;
  await readiness.reason();
  expect(pings).toBe(1);
  at += 1;
  await readiness.reason();
  expect(pings).toBe(2);
});

test('one that is being stopped says so first, and goes on answering', async () => {
  readiness.serving(ping);
  readiness.stopping();
  expect(await readiness.reason()).toContain('being stopped');
  expect(readiness.stillStarting()).toBeUndefined();
});
