import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDuckDb, type Query, quoted, type Session } from './duckdb.ts';
import { INPUT_COLUMNS } from './input-event.ts';
import { keptTally } from './kept-tally.ts';
import { metricIds, readMetric } from './metric-definition.ts';
import type { MetricFilter, SegmentName } from './metric-result.ts';
import { createReferenceTables, runModels } from './models.ts';
import { type Moment, runMetric } from './run-metric.ts';
import { type KeptTallies, tallyFile, usableTallies, writeTallies } from './tallies.ts';

const SCOPE = { tenant: 'north', issuer: 'https://ehr.example.org/fhir' };
const MOMENT: Moment = { asOf: '2026-11-28T00:00:00.000Z', snapshot: 'test' };
const TALLIED = metricIds().filter((id) => readMetric(id).rules.includes('tally') && id !== 'network_adequacy');

const COUNT = 800;

const one = (salt: number, values: readonly (string | null)[]): string =>
  `[${values.map((value) => (value === null ? 'null' : quoted(value))).join(', ')}][1 + (hash(i || '-' || ${salt}) % ${values.length})::integer]`;

/** Rows whose columns are drawn apart from each other, so that every combination comes, also those that no life has. */
const drawn = (count: number): string => {
  const day = (salt: number): string =>
    `if(hash(i || '-' || ${salt}) % 3 = 0, null, date '2026-11-28' - (hash(i || '-' || ${salt + 1000}) % 40)::integer)`;
  const days = [
    'ended_on',
    'sent_on',
    'sent_by',
    'answered_on',
    'answered_by',
    'accepted_on',
    'accepted_by',
    'declined_by',
    'booked_on',
    'booked_by',
  ]
    .concat([
      'seen_on',
      'seen_by',
      'asked_seen_on',
      'asked_seen_by',
      'report_received_by',
      'note_received_by',
      'note_on',
      'note_by',
      'closed_on',
    ])
    .map((name, at) => `${day(at)} as ${name}`);
  const ordered = `if(hash(i || '-' || 99) % 20 = 0, null, date '2026-11-28' - (hash(i || '-' || 98) % 250)::integer)`;
  return `select
    ${one(1, ['north', 'south'])} as tenant, 'https://ehr.example.org/fhir' as issuer, 'r' || i as referral, 'p' || (i // 2) as patient,
    ${one(2, ['cardiology', 'gastroenterology', 'neurology', null])} as specialty, ${one(3, ['A', 'B', null])} as site,
    ${one(4, ['Payer 1', 'Payer 2', null])} as payer, ${one(5, ['visit', 'visit', 'advice'])} as service, ${one(6, ['routine', 'urgent'])} as urgency,
    ${ordered} as ordered_on, strftime(${ordered}, '%Y-%m') as month, hash(i || '-' || 7) % 10 > 0 as was_active, hash(i || '-' || 8) % 5 > 0 as recommended,
    (1 + hash(i || '-' || 9) % 5)::integer as ordered_rank, ${one(10, ['in', 'out', 'unknown', null])} as ordered_network,
    ${one(11, [null, null, 'patient-declined', 'cancelled', 'revoked', 'expired', 'died'])} as ended_how, (hash(i || '-' || 12) % 3)::integer as visits,
    ${one(13, ['asked', 'elsewhere', null])} as seen_place, ${one(14, ['in', 'out', 'unknown', null])} as seen_network,
    ${one(15, ['in', 'out', 'unknown', null])} as asked_network, hash(i || '-' || 16) % 7 = 0 as lawful_choice, ${days.join(', ')}
    from range(${count}) as numbers (i)`;
};

/** What else the metrics read of a referral. */
const BESIDE: Record<string, string> = {
  core__authorization: `${one(21, ['approved', 'denied', 'pending', 'not-needed'])} as outcome, i % 3 = 0 as ever_denied,
    ${one(22, ['not-covered', 'other'])} as denial_reason`,
  core__appointment: `date '2026-11-28' + (i % 9 - 5)::integer as starts_on, ${one(23, ['kept', 'missed', 'cancelled', 'moved', 'open'])} as outcome,
    i % 2 = 0 as cancelled_late, i % 40 as lead_days, ${one(27, ['patient', 'staff', 'office', 'software', null])} as booked_by_side`,
  core__act: `1 as act, ${one(28, ['c-1', 'c-2'])} as person, ${one(29, ['order', 'sending', 'note', 'other'])} as kind`,
  core__message: `${one(30, ['book', 'remind', 'rate'])} as topic`,
  core__rating: `i % 5 + 1 as score`,
  core__pulse: `1 as sequence, 'c-' || i % 40 as person, i % 5 + 1 as score, date '2026-11-28' - (i % 120)::integer as said_on`,
  core__loss: `${one(24, ['patient-choice', null])} as override_reason, ${one(25, ['lawful-choice', 'habit'])} as override_group,
    ${one(26, ['no-answer', 'unknown'])} as leak_cause, 'process' as leak_group, 'avoidable' as leak_avoidability, i % 5 = 0 as leak_recorded,
    'not-sent' as unseen_cause, 'process' as unseen_group, 'avoidable' as unseen_avoidability, i % 7 = 0 as unseen_recorded`,
};

const folder = mkdtempSync(join(tmpdir(), 'refloop-tallies-'));
let session: Session;
let query: Query;
let kept: KeptTallies;

beforeAll(async () => {
  session = await openDuckDb({ folders: [folder], spillFolder: null, memoryMegabytes: 256, threads: 1, seconds: 60 });
  query = await session.connect();
  await createReferenceTables(query, MOMENT.asOf);
  await query.run(
    `create table staged_event (${Object.entries(INPUT_COLUMNS)
      .map(([name, type]) => `${name} ${type}`)
      .join(', ')})`,
  );
  await runModels(query, () => undefined);
  // Whoever has not ended has no day of it.
  await query.run(
    `insert into core__referral by name (select * replace (if(ended_on is null, null, coalesce(ended_how, 'expired')) as ended_how) from (${drawn(COUNT)}))`,
  );
  for (const [table, columns] of Object.entries(BESIDE))
    await query.run(`insert into ${table} by name (select 'r' || i as referral, ${columns} from range(0, ${COUNT}, 2) as numbers (i))`);
  kept = await writeTallies(query, folder, MOMENT, { least: 0 });
  for (const id of Object.keys(kept))
    await query.run(`create view tally__${id} as select * from read_parquet(${quoted(join(folder, tallyFile(id)))})`);
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

const QUESTIONS: { by: SegmentName[]; filter: MetricFilter; scope?: typeof SCOPE }[] = [
  { by: [], filter: { specialty: 'unknown' }, scope: SCOPE },
  { by: ['specialty'], filter: {} },
  { by: ['site', 'month'], filter: { from: '2026-06', to: '2026-10' } },
];

test('every metric with a rule for it has one kept, and nothing else is written', () => {
  expect(Object.keys(kept)).toEqual(TALLIED);
  expect(readdirSync(folder).sort()).toEqual(TALLIED.map(tallyFile).sort());
});

describe.each(TALLIED)('%s', (metric) => {
  test('answers from what was kept as from the referrals themselves', async () => {
    const tallies = usableTallies(kept);
    for (const { by, filter, scope = null } of QUESTIONS) {
      const question = { metric, by, filter, scope, curves: by.length };
      expect(keptTally(question)).not.toBeNull();
      const anew = await runMetric(query, question, MOMENT);
      expect(await runMetric(query, question, { ...MOMENT, tallies })).toEqual(anew);
      expect(anew.rows.length, JSON.stringify(question)).toBeGreaterThan(0);
    }
  });
});

test.each<{ by: SegmentName[]; filter: MetricFilter }>([
  { by: ['requester'], filter: {} },
  { by: ['specialty', 'site'], filter: {} },
  { by: ['specialty'], filter: { payer: 'Payer 1' } },
  { by: [], filter: { site: 'A', specialty: 'cardiology' } },
])('what the kept rows do not tell apart is counted anew: $by $filter', (question) => {
  expect(keptTally({ metric: 'completion', scope: null, ...question })).toBeNull();
});

test('what was counted by other rules is not used, nor what is of a metric that is no more', () => {
  expect([...usableTallies({ ...kept, completion: 'another', gone: 'x' })]).toEqual(TALLIED.filter((id) => id !== 'completion'));
  expect([...usableTallies(undefined)]).toEqual([]);
});

test('of few referrals none is kept: counting them takes no longer', async () => {
  expect(await writeTallies(query, folder, MOMENT)).toEqual({});
});
