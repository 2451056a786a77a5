import type { ReferralFact } from '@refloop/domain/referral/event';
import { inChart, minute } from '@refloop/domain/referral/test-care';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ComparisonQuestion } from '../client/losses.ts';
import type { Session } from '../sessions/session.ts';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { openTestWarehouse, type TestWarehouse } from '../test-warehouse.ts';
import { createInsightsService } from './insights.ts';
import { createLossesService, type LossesService } from './losses.ts';
import { newEvent, projectionOf } from './referral-log.ts';

const north: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const south: Scope = { ...north, tenant: 'south', site: 'South clinic' };
const lead = (scope: Scope): Session => ({ scope, subject: 'lead', roles: ['lead'] }) as unknown as Session;
const question: ComparisonQuestion = {
  metric: 'completion',
  beforeFrom: '2026-09',
  beforeTo: '2026-10',
  afterFrom: '2026-11',
  afterTo: '2026-12',
};

let opened: TestStore;
let numbers: TestWarehouse;
let losses: LossesService;

const ofPatient = (fact: ReferralFact, patientId: string): ReferralFact =>
  fact.type === 'referral-started' ? { ...fact, patientId } : fact;

/** Of so many patients, seen outside the network, without anybody's choice. */
async function leaks(scope: Scope, many: number): Promise<void> {
  await opened.store.enrol(scope);
  for (let at = 0; at < many; at += 1) {
    const history = inChart();
    const seenBy = { npi: '1999999999', nucc: null, network: 'out' } as const;
    history.see({ kind: 'visit', attempt: null, seenBy, evidence: 'claim', at: minute(60), key: 'k' }, 90);
    const referralId = `${scope.tenant}-${at}`;
    await opened.store.transaction(scope, async (unit) => {
      const events = history.events.map(({ actor, recordedAt, effectiveAt, factKey, fact }) =>
        newEvent({ effectiveAt, factKey: factKey && `${referralId}-${factKey}`, fact: ofPatient(fact, `p-${at}`) }, actor, recordedAt),
      );
      await unit.events.append(referralId, 0, events);
      await unit.referrals.put(projectionOf({ ...history.referral, id: referralId }, minute(90)));
    });
  }
}

beforeAll(async () => {
  opened = await openTestStore();
  numbers = openTestWarehouse();
  losses = createLossesService({ warehouse: numbers.warehouse, index: () => undefined });
  await opened.store.enrol(north);
});
afterAll(async () => {
  await numbers.close();
  await opened.close();
});

test('before the first snapshot nothing is counted; the claims are there all the same', async () => {
  expect(await losses.contracting(lead(north), {})).toMatchObject({ refused: 'not-found' });
  expect(await losses.comparison(lead(north), question)).toMatchObject({ refused: 'not-found' });
  expect(losses.claims().claims[0]).toMatchObject({ saidBy: expect.stringContaining('Advisory Board') });
});

describe('once there is one', () => {
  beforeAll(async () => {
    await leaks(north, 10);
    await leaks(south, 9);
    await numbers.refresh(opened.store, new Date('2027-08-01T10:00:00.000Z'));
  });

  test('a line opens the referrals it counts, and none of another EHR', async () => {
    const insights = createInsightsService({ store: opened.store, warehouse: numbers.warehouse });
    const asked = {
      metric: 'contracting',
      part: 'numerator',
      segment: { specialty: 'cardiology' },
      category: null,
      specialist: '1999999999',
      filter: {},
      purpose: 'To ask for a contract',
    } as const;
    const total = async (scope: Scope) => {
      const answer = await insights.rows(lead(scope), asked, new Date('2027-08-01T10:00:00.000Z'));
      if ('refused' in answer) throw new Error(answer.detail);
      return [answer.total, answer.rows.filter(({ referralId }) => referralId.startsWith(scope.tenant)).length];
    };
    expect(await total(north)).toEqual([10, 10]);
    expect(await total(south)).toEqual([9, 9]);
  });

  test('each EHR’s people are told of their own specialists and of nobody else’s; nine are too few to name', async () => {
    const mine = await losses.contracting(lead(north), {});
    expect(mine).toMatchObject({ tooFew: { specialists: 0 } });
    expect('rows' in mine ? mine.rows.map(({ performer, wentOut }) => [performer, wentOut]) : mine).toContainEqual(['1999999999', 10]);
    expect(await losses.contracting(lead(south), {})).toMatchObject({ rows: [], tooFew: { specialists: 1, referrals: 9 } });
  });

  test('a comparison has both periods of one’s own, and says what it cannot show', async () => {
    const found = await losses.comparison(lead(north), question);
    expect(found).toMatchObject({
      metric: { id: 'completion' },
      places: [{ site: null, before: null, after: { n: 10, value: 1 }, change: null }],
      changeAgainst: null,
    });
    expect('warnings' in found ? found.warnings.join(' ') : '').toMatch(/A change is not an effect/);
  });

  test('what is no single share is not compared, and what could be is named', async () => {
    for (const metric of ['time_to_appointment', 'lost_causes'])
      expect(await losses.comparison(lead(north), { ...question, metric })).toMatchObject({
        refused: 'unprocessable',
        errors: [{ field: 'metric', fix: expect.stringContaining('completion') }],
      });
    expect(await losses.comparison(lead(north), { ...question, metric: 'luck' })).toMatchObject({ refused: 'not-found' });
  });
});

test.each([
  ['a period that ends before it begins', { beforeTo: '2026-08' }, 'beforeTo'],
  ['the other period likewise', { afterTo: '2026-10' }, 'afterTo'],
  ['a site to compare with and none to compare', { against: 'Hill' }, 'site'],
  ['a site with itself', { site: 'Hill', against: 'Hill' }, 'against'],
])('%s is refused by its field', (_, more, field) => {
  const read = ComparisonQuestion.safeParse({ ...question, ...more });
  expect(read.error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
});
