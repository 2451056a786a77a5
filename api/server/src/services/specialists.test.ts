import type { DirectoryEntry } from '@refloop/domain/network/directory';
import { npiCheckDigit } from '@refloop/domain/network/npi';
import type { Referral } from '@refloop/domain/referral/referral';
import { act, inChart, minute } from '@refloop/domain/referral/test-care';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpecialistsAnswer } from '../client/specialists.ts';
import type { Session } from '../sessions/session.ts';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { openTestWarehouse, type TestWarehouse } from '../test-warehouse.ts';
import { createInsightsService } from './insights.ts';
import { newEvent, projectionOf } from './referral-log.ts';
import { createSpecialistsService, type SpecialistsService } from './specialists.ts';

const north: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const south: Scope = { ...north, tenant: 'south', site: 'South clinic' };
/** Long enough after the sending to judge the answers. */
const NOW = new Date('2027-08-01T10:00:00.000Z');
const NPI = inChart().referral.attempts[0]?.performer.npi ?? '';

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

let opened: TestStore;
let numbers: TestWarehouse;
let specialists: SpecialistsService;

async function referrals(scope: Scope, accepted: number, declined: number): Promise<void> {
  await opened.store.enrol(scope);
  for (let at = 0; at < accepted + declined; at += 1) {
    const history = inChart();
    act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
    if (at < accepted) act(history, { type: 'accept' }, 5);
    else act(history, { type: 'decline', reason: 'not-taking-patients' }, 5);
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
  const entry = { name: { given: 'Ana', family: 'Rivera', credential: 'MD' } } as unknown as DirectoryEntry;
  const directory = { ofNpi: (npi: string) => (npi === NPI ? entry : undefined) };
  specialists = createSpecialistsService({ warehouse: numbers.warehouse, index: () => directory });
  await opened.store.enrol(north);
});
afterAll(async () => {
  await numbers.close();
  await opened.close();
});

async function compared(scope: Scope, filter = {}): Promise<SpecialistsAnswer> {
  const answer = await specialists.compare(lead(scope), { measure: 'acceptance', ...filter });
  if ('refused' in answer) throw new Error(answer.detail);
  return answer;
}

test('before the first snapshot nothing is compared', async () => {
  expect(await specialists.compare(lead(north), { measure: 'acceptance' })).toMatchObject({ refused: 'not-found' });
});

test('each EHR’s people see their own specialists, named by the directory, and no number of fewer than ten', async () => {
  await referrals(north, 8, 4);
  await referrals(south, 9, 0);
  await numbers.refresh(opened.store, NOW);
  const { specialists: rows, chance, measures, leftOut } = await compared(north);
  expect(rows).toMatchObject([
    { specialist: NPI, name: 'Ana Rivera, MD', n: 12, numbers: { observed: 8, verdict: 'not-distinguishable' } },
  ]);
  expect(rows[0]?.numbers?.raw.value).toBeCloseTo(8 / 12, 12);
  expect(chance).toMatchObject({ compared: 0, flagged: 0 });
  expect(measures.map(({ id }) => id)).toContain('days_to_note');
  expect(leftOut.every(({ n }) => n === 0)).toBe(true);
  expect((await compared(south)).specialists).toMatchObject([{ n: 9, numbers: null }]);
  expect((await compared(north, { specialty: 'dermatology' })).specialists).toEqual([]);
});

test('an NPI that the directory does not know, or no directory, stays a number', async () => {
  const unnamed = createSpecialistsService({ warehouse: numbers.warehouse, index: () => undefined });
  const answer = await unnamed.compare(lead(north), { measure: 'acceptance' });
  expect(answer).toMatchObject({ specialists: [{ specialist: NPI, name: null }] });
});

test('there is no measure of another name', async () => {
  expect(await specialists.compare(lead(north), { measure: '../secret' })).toMatchObject({ refused: 'not-found' });
});

test('behind a specialist are their referrals, and who asked for them is on record', async () => {
  const insights = createInsightsService({ store: opened.store, warehouse: numbers.warehouse });
  const question = {
    metric: 'acceptance',
    segment: { specialty: 'cardiology' },
    category: null,
    filter: {},
    purpose: 'To write to them',
  } as const;
  const rowsOf = async (specialist: string | null, part: 'numerator' | 'denominator'): Promise<unknown> => {
    const answer = await insights.rows(lead(north), { ...question, specialist, part }, NOW);
    return 'refused' in answer ? answer.refused : answer.total;
  };
  const nine = '123456780';
  expect([await rowsOf(NPI, 'numerator'), await rowsOf(NPI, 'denominator')]).toEqual([8, 12]);
  expect(await rowsOf(`${nine}${npiCheckDigit(nine)}`, 'denominator')).toBe(0);
  const entries = await opened.asOwner<{ entry: string }>(
    `select convert_from(entry, 'UTF8') as entry from audit_entry where tenant = 'north'`,
  );
  expect(entries.filter(({ entry }) => (JSON.parse(entry) as { action: string }).action === 'insights.rows')).toHaveLength(3);
});
