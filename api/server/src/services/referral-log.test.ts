/** A fact counts once: of two that put it on record at the same time one is told to look again, and no row is ahead of its history. */
import { ok } from '@refloop/domain/result';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { keepFirstPolicy } from './engine/policy-in-force.ts';
import { putInForce } from './engine/test-in-force.ts';
import { applyDecision } from './referral-log.ts';

const AT = '2026-11-16T16:00:00.000Z';
const scope: Scope = { tenant: 't', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const actor = { kind: 'software', name: 'test', version: '1' } as const;
let opened: TestStore;

beforeAll(async () => {
  opened = await openTestStore();
  await opened.store.enrol(scope);
  await keepFirstPolicy(opened.store, scope, 'America/Chicago', new Date(AT));
  const grant = { subject: 'kim', fhirUser: 'Practitioner/kim', name: 'Kim', grantedBy: 't', grantedAt: AT, reason: 't' };
  await opened.store.transaction(scope, (unit) => unit.grants.put({ ...grant, roles: ['coordinator'] }));
  for (const id of ['r1', 'r2']) await putInForce(opened.store, scope, id, AT);
});
afterAll(() => opened.close());

const heard = (referralId: string) =>
  opened.store.transaction(scope, (unit) =>
    applyDecision(unit, referralId, actor, AT, () =>
      ok([{ effectiveAt: AT, factKey: 'note/1', fact: { type: 'patient-heard', version: 2, meanings: ['message'] } }]),
    ),
  );
const rows = () =>
  opened.store.transaction(scope, async (unit) => {
    const events = await unit.events.read('r2');
    return [events.length, (await unit.referrals.get('r2'))?.sequence];
  });

test('what is on record of another referral is not taken for this one, nor counted in its row', async () => {
  await heard('r1');
  const before = await rows();
  expect(before[0]).toBe(before[1]);
  await expect(heard('r2')).rejects.toThrow('is on record already');
  expect(await rows()).toEqual(before);
});
