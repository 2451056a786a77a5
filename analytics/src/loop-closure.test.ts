import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLoopClosure } from './loop-closure.ts';
import { type Core, openCore, putReferrals } from './test-core.ts';

let core: Core;
beforeAll(async () => {
  core = await openCore();
  const whole = { answered_on: '2026-10-06', seen_on: '2026-10-20', note_on: '2026-10-23', closed_on: '2026-10-24', urgency: 'urgent' };
  await putReferrals(core.query, [
    { referral: 'whole', ordered_on: '2026-10-05', ...whole },
    { referral: 'inferred', ordered_on: '2026-10-05', ...whole, seen_on: null, seen_by: '2026-10-23', closed_on: '2026-10-23' },
    { referral: 'other specialty', ordered_on: '2026-10-05', ...whole, specialty: 'dermatology' },
    { referral: 'earlier', ordered_on: '2026-08-05', ...whole },
    { referral: 'open', ordered_on: '2026-10-05', seen_on: '2026-10-20', note_on: '2026-10-23', closed_on: null },
  ]);
});
afterAll(() => core?.close());

const MOMENT = { snapshot: 's', asOf: '2026-11-20T10:00:00.000Z' };

test('tells the days of what closed, earliest first; what is only inferred has none, what is open is not in it', async () => {
  const filter = { from: '2026-10', to: '2026-10', specialty: 'cardiology' };
  const { loops, more } = await readLoopClosure(core.query, { scope: null, filter }, MOMENT);
  const days = { orderedOn: '2026-10-05', receivedOn: '2026-10-06', noteOn: '2026-10-23' };
  expect(loops).toEqual([
    expect.objectContaining({ referral: 'inferred', ...days, seenOn: null, closedOn: '2026-10-23' }),
    expect.objectContaining({ referral: 'whole', ...days, seenOn: '2026-10-20', closedOn: '2026-10-24', urgency: 'urgent' }),
  ]);
  expect(more).toBe(0);
});

test('says how many there are beyond what it tells', async () => {
  const told = await readLoopClosure(core.query, { scope: null, filter: {} }, MOMENT, 1);
  expect({ told: told.loops.length, more: told.more }).toEqual({ told: 1, more: 3 });
});
