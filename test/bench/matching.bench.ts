/**
 * `npm run bench -- matching [ENTRIES] [REQUESTS]`: the index against a linear scan and PostgreSQL, in one run, taking
 * turns request by request, correctness before speed. The index is timed for the whole answer (explanations, counts,
 * exclusions), its rivals for the ids of the best five alone.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import { match } from '@refloop/domain/matching/match';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import type { MatchRequest } from '@refloop/domain/matching/request';
import { snapshotOf } from '@refloop/domain/matching/snapshot';
import type { Directory } from '@refloop/domain/network/directory';
import { buildIndex, type MatchIndex } from '@refloop/server/matching/match-index';
import pg from 'pg';
import { ensureDatabase, openPostgres } from '../../tools/postgres.ts';
import { BENCH_PLANS, BENCH_TODAY, benchDirectory, randomFrom } from './matching-directory.ts';
import { fillPostgres, linearScan, postgresByBox, postgresByDistance, type Rival } from './matching-rivals.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Patients live where specialists do, roughly: a place is that of an entry drawn at random. */
function requests(count: number, directory: Directory, seed: number): MatchRequest[] {
  const random = randomFrom(seed);
  const one = <Value>(list: readonly Value[]): Value => {
    const value = list[Math.floor(random() * list.length)];
    if (value === undefined) throw new Error('the list to draw from is empty');
    return value;
  };
  return Array.from({ length: count }, () => ({
    specialty: one(SPECIALTIES).id,
    urgency: one(['routine', 'urgent', 'emergency'] as const),
    origin: { unit: one(directory.entries).location.unit, precision: 'zip' },
    coverage: { kind: 'plan', planId: one(BENCH_PLANS).id },
    patient: random() < 0.8 ? 'adult' : 'child',
    languages: [],
    radiusMiles: 25,
    limit: 5,
    today: BENCH_TODAY,
  }));
}

/** Microseconds at a share of the sorted times. */
function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
const inMicroseconds = (value: number): string => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US'));

type Timed = { name: string; times: number[]; same: number };

/** Asks each engine in turn for each request, so that none has the machine to itself. */
async function race(rivals: readonly Rival[], asked: readonly MatchRequest[], expected: readonly (readonly string[])[]): Promise<Timed[]> {
  const timed = rivals.map(({ name }): Timed => ({ name, times: [], same: 0 }));
  for (const [at, request] of asked.entries()) {
    for (const [place, rival] of rivals.entries()) {
      const started = performance.now();
      const top = await rival.top(request);
      const row = timed[place];
      row?.times.push((performance.now() - started) * 1000);
      if (row && JSON.stringify(top) === JSON.stringify(expected[at])) row.same += 1;
    }
  }
  return timed;
}

const ours = (name: string, index: MatchIndex): Rival => ({
  name,
  top: (request) => {
    const { ranked, steps } = index.match(request, SEED_V1);
    return steps.length === 1 ? ranked.map(({ entryId }) => entryId) : [];
  },
});

export default async function matchingBench(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const [size = 100_000, count = 400] = args.map(Number);
  if (!Number.isInteger(size) || !Number.isInteger(count) || size < 1 || count < 1) {
    return { lastLine: 'matching: usage: npm run bench -- matching [ENTRIES] [REQUESTS], both whole numbers', good: false };
  }
  say(`matching: ${size} entries, ${count} requests, circle of 25 miles, best 5`);
  const directory = benchDirectory(size, 1);
  const snapshot = snapshotOf(directory, 'bench');
  const built = performance.now();
  const index = buildIndex(directory, 'bench');
  say(`index built in ${Math.round(performance.now() - built)} ms`);
  const asked = requests(count, directory, 2);

  const checked = asked.slice(0, Math.min(count, 200));
  const wrong = checked.filter(
    (request) => JSON.stringify(index.match(request, SEED_V1)) !== JSON.stringify(match(snapshot, request, SEED_V1)),
  );
  say(`whole answers equal to the plain search: ${checked.length - wrong.length} of ${checked.length}`);

  const folder = mkdtempSync(join(tmpdir(), 'refloop-bench-'));
  // For root, PostgreSQL runs as another user, who must be able to reach it.
  chmodSync(folder, 0o755);
  const server = await openPostgres({ stateFolder: folder, hold: 'own', say });
  const client = new pg.Client({ connectionString: await ensureDatabase(server, 'matching') });
  try {
    await client.connect();
    await fillPostgres(client, snapshot);
    await client.query('create index on specialist (nucc)');
    await client.query('create index on specialist using gist (place)');
    await client.query('vacuum analyze');
    const rivals = [
      ours('index, whole answer', index),
      linearScan(snapshot),
      postgresByBox(client, snapshot),
      postgresByDistance(client, snapshot),
    ];
    const linear = linearScan(snapshot);
    const expected: (readonly string[])[] = [];
    for (const request of asked) expected.push(await linear.top(request));
    const fresh = await race([ours('index, first time in new circumstances', buildIndex(directory, 'bench'))], asked, expected);
    await race(rivals, asked.slice(0, 100), expected);
    const timed = [...(await race(rivals, asked, expected)), ...fresh];

    const base = timed[0];
    const median = quantile(base?.times ?? [], 0.5);
    for (const { name, times, same } of timed) {
      const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
      say(
        `${name}: p50 ${inMicroseconds(p50)} µs, p99 ${inMicroseconds(p99)} µs, n ${times.length}, ${(p50 / median).toFixed(1)}× ours, same best five ${same} of ${count}`,
      );
    }
    const answered = expected.filter((ids) => ids.length > 0).length;
    const good = wrong.length === 0 && timed.every(({ same }) => same === count);
    const ratios = timed.slice(1, 4).map(({ times }) => `${(quantile(times, 0.5) / median).toFixed(0)}×`);
    return {
      lastLine:
        `matching: ${size} entries, n ${count} (${answered} with somebody in 25 miles), whole answer p50 ${inMicroseconds(median)} µs, ` +
        `p99 ${inMicroseconds(quantile(base?.times ?? [], 0.99))} µs; linear scan ${ratios[0]}, PostgreSQL GiST ${ratios[1]}, PostgreSQL by distance ${ratios[2]}; ` +
        (good ? 'all the same best five' : 'NOT all the same best five'),
      good,
    };
  } finally {
    await client.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
