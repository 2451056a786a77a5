import type { AuditEntry } from '@refloop/domain/audit/entry';
import type { Referral } from '@refloop/domain/referral/referral';
import { inChart, minute } from '@refloop/domain/referral/test-care';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cms50Question } from '../client/cms50.ts';
import type { ExportFormat, RowsQuestion } from '../client/insights.ts';
import type { Session } from '../sessions/session.ts';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { openTestWarehouse, type TestWarehouse } from '../test-warehouse.ts';
import { createInsightsService, type InsightsService } from './insights.ts';
import { createExportService } from './insights-export.ts';
import { createLoopClosureService } from './loop-closure.ts';
import { newEvent, projectionOf } from './referral-log.ts';

const north: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const south: Scope = { ...north, tenant: 'south', site: 'South clinic' };
/** Long enough after the orders of the tests to judge them. */
const NOW = new Date('2027-08-01T10:00:00.000Z');

let opened: TestStore;
let numbers: TestWarehouse;
let insights: InsightsService;

const lead = (scope: Scope): Session =>
  ({
    scope,
    subject: 'lead',
    fhirUser: 'Practitioner/lead',
    name: 'Priya Castellan',
    roles: ['lead'],
    id: 's',
    patientId: null,
  }) as unknown as Session;

/** So many whose visit is known of, and so many of which nothing was heard again. */
async function referrals(scope: Scope, seen: number, silent: number): Promise<void> {
  await opened.store.enrol(scope);
  for (let at = 0; at < seen + silent; at += 1) {
    const history = inChart();
    const seenBy = { npi: '1234567893', nucc: null, network: 'in' } as const;
    if (at < seen) history.see({ kind: 'visit', attempt: null, seenBy, evidence: 'note', at: minute(60), key: 'k' }, 90);
    const referralId = `${scope.tenant}-${at}`;
    const state: Referral = { ...history.referral, id: referralId };
    await opened.store.transaction(scope, async (unit) => {
      const events = history.events.map(({ actor, recordedAt, effectiveAt, factKey, fact }) =>
        newEvent({ effectiveAt, factKey: factKey && `${referralId}-${factKey}`, fact }, actor, recordedAt),
      );
      await unit.events.append(referralId, 0, events);
      await unit.referrals.put(projectionOf(state, minute(90)));
    });
  }
}

beforeAll(async () => {
  opened = await openTestStore();
  numbers = openTestWarehouse();
  insights = createInsightsService({ store: opened.store, warehouse: numbers.warehouse });
  await opened.store.enrol(north);
});
afterAll(async () => {
  await numbers.close();
  await opened.close();
});

const question: RowsQuestion = {
  metric: 'completion',
  part: 'numerator',
  segment: {},
  category: null,
  specialist: null,
  filter: {},
  purpose: 'To call them',
};
const whole = async (scope: Scope, filter = {}) => {
  const answer = await insights.metric(lead(scope), 'completion', filter);
  if ('refused' in answer) throw new Error(answer.detail);
  return answer.rows.map(({ n, value }) => [n, value]);
};
const rowsOf = async (scope: Scope, more: Partial<RowsQuestion> = {}) => {
  const answer = await insights.rows(lead(scope), { ...question, ...more }, NOW);
  if ('refused' in answer) throw new Error(answer.detail);
  return answer;
};

test('before the first snapshot nothing is counted, and the page is told so', async () => {
  expect(await insights.status(lead(north))).toMatchObject({ snapshot: null, history: null });
  expect(await insights.metric(lead(north), 'completion', {})).toMatchObject({ refused: 'not-found' });
  expect(await insights.rows(lead(north), question, NOW)).toMatchObject({ refused: 'not-found' });
});

describe('once there is one', () => {
  beforeAll(async () => {
    await referrals(north, 3, 1);
    await referrals(south, 1, 4);
    await numbers.refresh(opened.store, NOW);
  });

  test('each EHR’s people see their own numbers and nobody else’s', async () => {
    expect([await whole(north), await whole(south)]).toEqual([[[4, 0.75]], [[5, 0.2]]]);
    expect(await insights.status(lead(south))).toMatchObject({ snapshot: { referrals: 5 }, choices: { specialty: ['cardiology'] } });
  });

  test('a filter leaves out what it is not about', async () => {
    expect(await whole(north, { specialty: 'dermatology' })).toEqual([]);
    expect(await whole(north, { from: '2026-11', to: '2026-11' })).toEqual([[4, 0.75]]);
    expect(await whole(north, { from: '2026-12' })).toEqual([]);
    expect(await whole(north, { payer: 'unknown' })).toEqual([[4, 0.75]]);
    expect(await whole(north, { payer: `unknown' or 'x' = 'x` })).toEqual([]);
  });

  test('CMS50 as far as the referrals tell: of the year that is named, of one snapshot, with its rows', async () => {
    const cms50 = async (scope: Scope, asked: Cms50Question) => {
      const answer = await insights.cms50(lead(scope), asked);
      if ('refused' in answer) throw new Error(answer.detail);
      return answer;
    };
    const { own, reconciliation, open, period, snapshot, cannotKnow } = await cms50(north, { period: '2026' });
    // Ordered in November 2026: too late in the year for the measure, and all of one patient.
    expect(period).toEqual({ year: 2026, start: '2026-01-01', end: '2026-12-31', referralsUntil: '2026-10-31' });
    expect(own.rows[0]).toMatchObject({ n: 0, value: null, parts: { left_out_after_october: 4 } });
    expect(reconciliation.rows.map(({ category, n }) => [category, n])).toEqual([
      ['closed-loop', 4],
      ['every-age', 4],
      ['at-any-time', 4],
      ['every-service', 4],
      ['as-in-chart', 4],
      ['received', 4],
      ['until-october', 0],
      ['first-only', 0],
    ]);
    expect(open.rows[0]).toMatchObject({ n: 0, note: 'Every first referral of the year is answered, or there is none.' });
    expect([own.snapshot, reconciliation.snapshot, open.snapshot]).toEqual([snapshot, snapshot, snapshot]);
    expect(cannotKnow.join(' ')).toContain('Visits to the practice are not in our events');
    expect((await cms50(south, { period: '2026' })).reconciliation.rows[0]?.n).toBe(5);
    // The year of the months, else of the snapshot.
    expect((await cms50(north, { to: '2026-11' })).reconciliation.rows[0]?.n).toBe(4);
    expect((await cms50(north, {})).period.year).toBe(2027);
    const left = await rowsOf(north, {
      metric: 'cms50_reconciliation',
      category: 'until-october',
      part: 'excluded',
      filter: { from: '2026-01', to: '2026-12' },
    });
    expect(left.rows.map(({ why }) => why)).toEqual(Array.from({ length: 4 }, () => 'left-the-count'));
  });

  test('CMS50 is of the year that it is where the practice is, and says whose days these are', async () => {
    const local = openTestWarehouse();
    try {
      await local.refresh(opened.store, new Date('2027-01-01T03:00:00.000Z'), 'America/Chicago');
      const { cms50 } = createInsightsService({ store: opened.store, warehouse: local.warehouse });
      expect(await cms50(lead(north), {})).toMatchObject({
        period: { year: 2026 },
        timezone: 'America/Chicago',
        own: { rows: [{ parts: { left_out_after_october: 4 } }] },
      });
      expect(await insights.cms50(lead(north), {})).toMatchObject({ period: { year: 2027 }, timezone: 'UTC' });
    } finally {
      await local.close();
    }
  });

  test('the rows behind a mark are those it counts, of one’s own EHR', async () => {
    const { total, rows } = await rowsOf(north);
    expect([total, rows.map(({ referralId }) => referralId).toSorted()]).toEqual([3, ['north-0', 'north-1', 'north-2']]);
    expect(rows[0]).toMatchObject({ specialty: 'cardiology', status: 'seen', performer: 'Ana Rivera, MD', why: null });
    expect((await rowsOf(south, { part: 'denominator', segment: { specialty: 'cardiology' } })).total).toBe(5);
    expect((await rowsOf(south, { filter: { from: '2026-12' } })).total).toBe(0);
  });

  test('nobody is listed behind what clinicians said of their work', async () => {
    const asked = { ...question, metric: 'provider_pulse', part: 'denominator' as const };
    expect(await insights.rows(lead(north), asked, NOW)).toMatchObject({ refused: 'unprocessable' });
    for (const by of ['requester', 'specialty,requester'])
      expect(await insights.metric(lead(north), 'provider_pulse', { by })).toMatchObject({ refused: 'unprocessable' });
    expect(await insights.metric(lead(north), 'provider_pulse', { by: 'specialty' })).toMatchObject({ by: ['specialty'] });
  });

  test('a referral that counts twice stands there twice, each time with its reason', async () => {
    const { warehouse } = numbers;
    const twice = createInsightsService({
      store: opened.store,
      warehouse: {
        ...warehouse,
        drill: async (asked) => {
          const found = await warehouse.drill(asked);
          return { ...found, total: 2 * found.total, rows: found.rows.flatMap((row) => [row, { ...row, why: 'moved' }]) };
        },
      },
    });
    const answer = await twice.rows(lead(south), { ...question, metric: 'completion' }, NOW);
    if ('refused' in answer) throw new Error(answer.detail);
    expect([answer.total, answer.rows.map(({ referralId, why }) => [referralId, why])]).toEqual([
      2,
      [
        ['south-0', null],
        ['south-0', 'moved'],
      ],
    ]);
  });

  test('who asked, and what for, is on record with whom it was about', async () => {
    await rowsOf(south);
    const entries = await opened.asOwner<{ entry: string }>(
      `select convert_from(entry, 'UTF8') as entry from audit_entry where tenant = 'south'`,
    );
    const asked = entries.map(({ entry }) => JSON.parse(entry) as AuditEntry).filter(({ action }) => action === 'insights.rows');
    expect(asked.at(-1)).toMatchObject({ actor: { subject: 'lead' }, purpose: 'HOPERAT' });
    // Who it was about, and in whose words, is sealed.
    for (const { entry } of entries) expect(entry).not.toMatch(/To call them|south-0/);
  });

  test('two things are told apart at once, and places are where the ZIP codes are', async () => {
    const answer = await insights.metric(lead(north), 'completion', { by: 'specialty,month' });
    expect(answer).toMatchObject({ by: ['specialty', 'month'], rows: [{ segment: { specialty: 'cardiology', month: '2026-11' } }] });
    expect(await insights.places(lead(north))).toEqual({ places: [] });
  });

  test('a file holds no cell below eleven, and who took it and what for is on record', async () => {
    const exports = createExportService({ store: opened.store, warehouse: numbers.warehouse });
    const asked = { title: 'Executive', metrics: ['completion'], by: 'specialty', filter: {}, purpose: 'To show the board' } as const;
    const take = async (format: ExportFormat): Promise<Buffer> => {
      const file = await exports.file(lead(south), format, { ...asked, metrics: [...asked.metrics] }, NOW);
      if ('refused' in file) throw new Error(file.detail);
      return Buffer.from(file);
    };
    const [names = '', first = ''] = (await take('csv')).toString('utf8').split('\r\n');
    expect(names).toContain(',specialty,category,n,value,low,high,');
    expect(first).toMatch(/,cardiology,,,,,,0.95,share,.*,n value low high/);
    expect((await take('parquet')).subarray(0, 4).toString()).toBe('PAR1');
    expect((await take('pdf')).subarray(0, 5).toString()).toBe('%PDF-');
    const entries = await opened.asOwner<{ entry: string }>(
      `select convert_from(entry, 'UTF8') as entry from audit_entry where tenant = 'south'`,
    );
    const taken = entries.map(({ entry }) => JSON.parse(entry) as AuditEntry).filter(({ action }) => action === 'insights.exported');
    expect(taken).toHaveLength(3);
    for (const { entry } of entries) expect(entry).not.toContain('To show the board');
    expect(await exports.file(lead(south), 'csv', { ...asked, metrics: ['completion', 'nothing'] }, NOW)).toMatchObject({
      refused: 'not-found',
    });
  });

  test('the loop-closure log names the referrals of its days, and who took it is on record', async () => {
    const { warehouse } = numbers;
    const { rows } = await warehouse.drill({
      metric: 'completion',
      part: 'denominator',
      segment: {},
      category: null,
      limit: 1,
      scope: { tenant: south.tenant, issuer: south.issuer },
    });
    const [{ referral } = { referral: '' }] = rows;
    const days = { orderedOn: '2026-10-05', receivedOn: '2026-10-06', seenOn: null, noteOn: '2026-10-23', closedOn: '2026-10-24' };
    const loop = { referral, specialty: 'cardiology', urgency: 'urgent', site: '+clinic', ...days };
    const log = { snapshot: 'one', asOf: '2026-11-20T10:00:00.000Z', loops: [loop, { ...loop, referral: 'of nobody here' }], more: 0 };
    const loops = (more: number) =>
      createLoopClosureService({ store: opened.store, warehouse: { ...warehouse, loopClosure: async () => ({ ...log, more }) } });
    const question = { filter: {}, purpose: 'For the payer' };
    const file = await loops(0).file(lead(south), question, NOW);
    if ('refused' in file) throw new Error(file.detail);
    expect(Buffer.from(file).toString('utf8').split('\r\n')).toEqual([
      'referral,specialty,urgency,site,ordered_on,received_on,seen_on,note_returned_on,closed_on,as_of,snapshot',
      expect.stringMatching(
        /^south-\d,Cardiology,urgent,'\+clinic,2026-10-05,2026-10-06,,2026-10-23,2026-10-24,2026-11-20T10:00:00\.000Z,one$/,
      ),
      '',
    ]);
    expect(await loops(5).file(lead(south), question, NOW)).toMatchObject({ refused: 'unprocessable' });
    const entries = await opened.asOwner<{ entry: string }>(
      `select convert_from(entry, 'UTF8') as entry from audit_entry where tenant = 'south'`,
    );
    const taken = entries
      .map(({ entry }) => JSON.parse(entry) as AuditEntry)
      .filter(({ action }) => action === 'insights.loop-closure-exported');
    expect(taken).toHaveLength(1);
    // The real one, of a snapshot in which nothing has closed.
    const empty = await createLoopClosureService({ store: opened.store, warehouse }).file(lead(south), question, NOW);
    expect('refused' in empty ? empty : Buffer.from(empty).toString('utf8').split('\r\n')).toHaveLength(2);
  });

  test('there is no metric of another name', async () => {
    expect(await insights.metric(lead(north), '../secret', {})).toMatchObject({ refused: 'not-found' });
  });
});
