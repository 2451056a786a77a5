import type { DirectoryEntry } from '@refloop/domain/network/directory';
import type { Referral } from '@refloop/domain/referral/referral';
import { inChart, minute } from '@refloop/domain/referral/test-care';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DriftAnswer, FairnessAnswer } from '../client/fairness.ts';
import type { Refusal } from '../problem.ts';
import type { Session } from '../sessions/session.ts';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { openTestWarehouse, type TestWarehouse } from '../test-warehouse.ts';
import { createFairnessService, type FairnessService } from './fairness.ts';
import { newEvent, projectionOf } from './referral-log.ts';

const north: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const south: Scope = { ...north, tenant: 'south', site: 'South clinic' };
/** The histories of test-care.ts are of November 2026: the last whole quarter of this day. */
const NOW = new Date('2027-01-10T10:00:00.000Z');
const NPI = inChart().referral.attempts[0]?.performer.npi ?? '';

const lead = (scope: Scope): Session => ({ scope, subject: 'lead', roles: ['lead'], id: 's', patientId: null }) as unknown as Session;

let opened: TestStore;
let numbers: TestWarehouse;
let fairness: FairnessService;

/** Orders that stand in the chart, the first `spanish` of them for patients who speak Spanish. */
async function orders(scope: Scope, many: number, spanish: number): Promise<void> {
  await opened.store.enrol(scope);
  for (let at = 0; at < many; at += 1) {
    const history = inChart();
    const referralId = `${scope.tenant}-${at}`;
    const state: Referral = { ...history.referral, id: referralId };
    await opened.store.transaction(scope, async (unit) => {
      const events = history.events.map(({ actor, recordedAt, effectiveAt, factKey, fact }) => {
        const language = at < spanish ? 'es' : 'en';
        const told =
          fact.type === 'referral-approved'
            ? { ...fact, setting: { clinic: 'North clinic', payer: 'Plan A', zip3: '606', miles: 3, language } }
            : fact;
        return newEvent({ effectiveAt, factKey: factKey && `${referralId}-${factKey}`, fact: told }, actor, recordedAt);
      });
      await unit.events.append(referralId, 0, events);
      await unit.referrals.put(projectionOf(state, minute(90)));
    });
  }
}

beforeAll(async () => {
  opened = await openTestStore();
  numbers = openTestWarehouse();
  const entry = { name: { given: 'Ana', family: 'Rivera', credential: 'MD' } } as unknown as DirectoryEntry;
  const index = () => ({ ofNpi: (npi: string) => (npi === NPI ? entry : undefined) });
  fairness = createFairnessService({ store: opened.store, warehouse: numbers.warehouse, index });
  await opened.store.enrol(north);
});
afterAll(async () => {
  await numbers.close();
  await opened.close();
});

function answered<Value>(answer: Value | Refusal): Value {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) throw new Error(answer.detail);
  return answer as Value;
}

test('before the first snapshot there is neither', async () => {
  expect(await fairness.fairness(lead(north), {})).toMatchObject({ refused: 'not-found' });
  expect(await fairness.drift(lead(north), {})).toMatchObject({ refused: 'not-found' });
});

test('each EHR’s people see their own groups and specialists, named by the directory, and no number of fewer than ten', async () => {
  await orders(north, 24, 12);
  await orders(south, 12, 3);
  await numbers.refresh(opened.store, NOW);
  const answer = answered(await fairness.fairness(lead(north), {}));
  // Exactly what the page is promised, and nothing besides.
  expect(FairnessAnswer.parse(answer)).toEqual(answer);
  const spanish = ({ gaps }: FairnessAnswer) => gaps.gaps.find(({ measure, member }) => measure === 'override' && member === 'es');
  expect(spanish(answer)).toMatchObject({ n: 12, restN: 12, verdict: 'not-distinguishable', found: { value: 0 } });
  expect(answer.exposure.specialties).toMatchObject([{ orders: 24, specialists: [{ npi: NPI, name: 'Ana Rivera, MD', orders: 24 }] }]);
  const elsewhere = answered(await fairness.fairness(lead(south), {}));
  expect(spanish(elsewhere)).toMatchObject({ n: 3, restN: 9, verdict: 'too-few', found: null });
  const other = answered(await fairness.fairness(lead(north), { specialty: 'dermatology' }));
  expect([other.gaps.gaps, other.exposure.specialties]).toEqual([[], []]);
});

test('drift is told with the versions that recommended, the ranking policy among them', async () => {
  await opened.store.transaction(north, (unit) =>
    unit.recommendations.insert({
      id: 'a',
      referralId: 'north-0',
      madeAt: minute(0),
      subject: 'lee',
      userName: 'Lee',
      status: 'APPROVED',
      outcome: 'accepted',
      specialty: 'cardiology',
      policy: 'seed-v1',
      composer: 'composer 1',
      patientId: '1',
      kept: {},
      working: {},
      pendedFor: null,
      prepared: null,
    }),
  );
  const drift = answered(await fairness.drift(lead(north), {}));
  expect(DriftAnswer.parse(drift)).toEqual(drift);
  expect(drift.quarters).toEqual({ before: '2026-Q3', last: '2026-Q4' });
  expect(drift.routing).toMatchObject([{ before: 0, last: 24, verdict: 'too-few', found: null }]);
  expect(drift.versions).toEqual([{ policy: 'seed-v1', composer: 'composer 1', since: minute(0) }]);
  expect(answered(await fairness.drift(lead(south), {})).versions).toEqual([]);
});
