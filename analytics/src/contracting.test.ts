import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ContractingDrill, drillIntoContracting, readContracting } from './contracting.ts';
import { type Core, type CoreRow, emptyCore, openCore, putReferrals, putRows } from './test-core.ts';

let core: Core;
beforeAll(async () => {
  core = await openCore();
});
afterAll(() => core?.close());
beforeEach(() => emptyCore(core));

const OUTSIDE = '1999999999';
const OTHER = '1888888888';

/** So many first seen by that specialist. */
async function seenBy(performer: string, network: 'in' | 'out', many: number, more: CoreRow = {}, loss: CoreRow = {}): Promise<void> {
  const ids = Array.from({ length: many }, (_, at) => `${performer} ${JSON.stringify([more, loss])} ${at}`);
  await putReferrals(
    core.query,
    ids.map((referral) => ({ referral, patient: referral, ordered_on: '2026-10-05', zip3: '946', asked_network: 'in', ...more })),
  );
  await putRows(
    core.query,
    'core__visit',
    ids.map((referral) => ({ referral, sequence: 9, known_on: '2026-10-20', place: 'elsewhere', performer, network })),
  );
  await putRows(
    core.query,
    'core__loss',
    ids.map((referral) => ({ referral, ...loss })),
  );
}

const read = (filter = {}) => readContracting(core.query, { scope: null, filter });

test('whoever sees ten is named with n and interval, by area and over all; lawful choices stand beside', async () => {
  await seenBy(OUTSIDE, 'out', 6, {}, { leak_group: 'access' });
  await seenBy(OUTSIDE, 'out', 4, { asked_network: 'out' }, { leak_group: 'habit' });
  await seenBy(OUTSIDE, 'out', 3, { lawful_choice: true });
  await seenBy('1538271645', 'in', 27);
  const { rows } = await read();
  expect(rows.map(({ zip3 }) => zip3)).toEqual([null, '946']);
  expect(rows[0]).toMatchObject({
    specialty: 'cardiology',
    performer: OUTSIDE,
    wentOut: 10,
    patients: 10,
    seenAnywhere: 40,
    value: 0.25,
    byLawfulChoice: 3,
    orderedOut: 4,
    forAccess: 6,
  });
  // Wilson, 10 of 40.
  expect([rows[0]?.low.toFixed(4), rows[0]?.high.toFixed(4)]).toEqual(['0.1419', '0.4019']);
});

test('nobody is named for nine; that there are such, and how many they saw, is told', async () => {
  await seenBy(OUTSIDE, 'out', 9);
  await seenBy(OTHER, 'out', 10, { zip3: '606' });
  await seenBy(OTHER, 'out', 5, { zip3: '946' });
  const { rows, tooFew } = await read();
  expect(rows.map(({ performer, zip3, wentOut }) => [performer, zip3, wentOut])).toEqual([
    [OTHER, null, 15],
    [OTHER, '606', 10],
  ]);
  expect(tooFew).toEqual({ specialists: 1, referrals: 9 });
});

test('whoever is named for one specialty is not told as too few to name for another', async () => {
  await seenBy(OUTSIDE, 'out', 10);
  await seenBy(OUTSIDE, 'out', 3, { specialty: 'dermatology' });
  await seenBy(OTHER, 'out', 4, { specialty: 'dermatology' });
  await seenBy(OTHER, 'out', 2);
  const { rows, tooFew } = await read();
  expect(new Set(rows.map(({ performer, specialty }) => `${performer} ${specialty}`))).toEqual(new Set([`${OUTSIDE} cardiology`]));
  expect(tooFew).toEqual({ specialists: 1, referrals: 6 });
});

test('whoever sees the same few patients again and again is not named; a share counts referrals', async () => {
  await seenBy(OUTSIDE, 'out', 9);
  await seenBy(OUTSIDE, 'out', 5, { patient: 'the tenth', lawful_choice: true });
  await seenBy(OUTSIDE, 'out', 5, { patient: `${OUTSIDE} [{},{}] 0` });
  expect(await read()).toMatchObject({ rows: [], tooFew: { specialists: 1, referrals: 14 } });
  await seenBy(OUTSIDE, 'out', 1, { patient: 'the tenth' });
  expect((await read()).rows[0]).toMatchObject({ wentOut: 15, patients: 10, seenAnywhere: 20 });
});

test('an order that never stood in the chart, and a specialist of unknown network status, are nobody’s loss', async () => {
  await seenBy(OUTSIDE, 'out', 12, { was_active: false });
  expect(await read()).toMatchObject({ rows: [], tooFew: { specialists: 0, referrals: 0 } });
  await seenBy(OTHER, 'out', 12);
  expect((await read({ specialty: 'dermatology' })).rows).toEqual([]);
});

test('behind a line stand those it counts, those it is a share of, and apart those seen there by lawful choice', async () => {
  await seenBy(OUTSIDE, 'out', 10);
  await seenBy(OUTSIDE, 'out', 2, { zip3: null });
  await seenBy(OUTSIDE, 'out', 3, { lawful_choice: true });
  await seenBy(OTHER, 'out', 4);
  await seenBy('1538271645', 'in', 20);
  await seenBy(OUTSIDE, 'out', 1, { specialty: 'dermatology' });
  const asked = { specialist: OUTSIDE, specialty: 'cardiology', zip3: null, limit: 5, scope: null, filter: {} };
  const behind = (more: Pick<ContractingDrill, 'part'> & Partial<ContractingDrill>) =>
    drillIntoContracting(core.query, { ...asked, ...more }, { snapshot: 's', asOf: '2026-11-28T00:00:00Z' });
  const counted = await behind({ part: 'numerator' });
  expect([counted.total, counted.rows.length]).toEqual([12, 5]);
  expect(counted.rows[0]).toMatchObject({ orderedOn: '2026-10-05', why: null });
  expect((await behind({ part: 'numerator', zip3: '946' })).total).toBe(10);
  expect((await behind({ part: 'numerator', zip3: 'unknown' })).total).toBe(2);
  expect((await behind({ part: 'denominator' })).total).toBe(39);
  const left = await behind({ part: 'excluded' });
  expect([left.total, left.rows[0]?.why]).toEqual([3, 'lawful-choice']);
  expect((await behind({ part: 'numerator', specialist: null, specialty: null })).total).toBe(17);
});
