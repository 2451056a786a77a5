/** A referral as it stands is what its events say; the commands tell when it is not, and mend it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope, Unit } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { checkProjections, differingReferrals, rebuildProjections } from './projections.ts';
import { applyCommand } from './referral-log.ts';

const AT = '2026-11-20T10:00:00.000Z';
const LATER = '2026-11-20T10:05:00.000Z';
const scopes: Scope[] = ['north', 'south'].map((tenant) => ({ tenant, issuer: 'https://ehr.example.org/fhir', site: `${tenant} clinic` }));
const actor = { kind: 'person' as const, subject: 'dr-lee', fhirUser: 'Practitioner/dr-lee', sessionId: 's' };
const asker = { subject: 'dr-lee', coversFor: [] };

let opened: TestStore;

async function recommend(unit: Unit, referralId: string, patientId: string): Promise<void> {
  const applied = await applyCommand(unit, referralId, actor, AT, {
    type: 'recommend',
    recommendationId: `recommendation of ${referralId}`,
    patientId,
    order: { type: 'ServiceRequest', id: 'order-1' },
    orderVersion: '1',
    specialty: 'cardiology',
    urgency: 'routine',
    kind: 'consult',
    service: 'visit',
    replaces: null,
    insteadOf: null,
    asker,
    noneInNetworkWithinMiles: 50,
  });
  if (!applied.ok) throw new Error(applied.refusal.kind);
}

beforeAll(async () => {
  opened = await openTestStore();
  for (const scope of scopes) {
    await opened.store.enrol(scope);
    await opened.store.transaction(scope, async (unit) => {
      await recommend(unit, 'r1', 'pat-1');
      await recommend(unit, 'r2', 'pat-2');
      const dismissed = await applyCommand(unit, 'r2', actor, LATER, {
        type: 'dismiss',
        recommendationId: 'recommendation of r2',
        reason: 'Nobody fits',
        asker,
      });
      if (!dismissed.ok) throw new Error(dismissed.refusal.kind);
    });
  }
});
afterAll(() => opened.close());

test('what the commands wrote is what the events say', async () => {
  expect(await checkProjections(opened.store)).toEqual({
    good: true,
    line: 'projections: 2 scopes, every referral is what its events say',
  });
});

test('a row that was changed, is missing or has no events is told, by scope; a rebuild mends all', async () => {
  const [north, south] = scopes as [Scope, Scope];
  const before = await opened.store.transaction(north, (unit) => unit.referrals.all());
  await opened.asOwner(`update referral set status = 'closed' where tenant = 'north' and referral_id = 'r1'`);
  await opened.asOwner(`delete from referral where tenant = 'north' and referral_id = 'r2'`);
  await opened.store.transaction(north, (unit) =>
    unit.referrals.put({
      referralId: 'r3',
      patientId: 'pat-3',
      sequence: 1,
      status: 'draft',
      updatedAt: AT,
      requester: null,
      ended: false,
      foldVersion: 1,
      state: {},
    }),
  );
  expect(await differingReferrals(opened.store, north)).toEqual(['r1', 'r2', 'r3']);
  expect(await differingReferrals(opened.store, south)).toEqual([]);
  expect(await checkProjections(opened.store)).toMatchObject({ good: false, line: expect.stringContaining('3 referrals differ') });
  expect(await rebuildProjections(opened.store, new Date(LATER))).toEqual({
    good: true,
    line: 'projections: 4 referrals rebuilt from their events',
  });
  expect(await opened.store.transaction(north, (unit) => unit.referrals.all())).toEqual(before);
  expect(await checkProjections(opened.store)).toMatchObject({ good: true });
});

test('a rebuild never replaces what is written meanwhile by something older', async () => {
  const [north] = scopes as [Scope, Scope];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: written, resolve: hasWritten } = Promise.withResolvers<void>();
  // Events and row are written, not committed yet: the rebuild must not read before, and write after.
  const writer = opened.store.transaction(north, async (unit) => {
    await applyCommand(unit, 'r1', actor, LATER, {
      type: 'dismiss',
      recommendationId: 'recommendation of r1',
      reason: 'Nobody fits',
      asker,
    });
    hasWritten();
    await released;
  });
  await written;
  const rebuilding = rebuildProjections(opened.store, new Date(LATER));
  await new Promise((later) => setTimeout(later, 300));
  release();
  await Promise.all([writer, rebuilding]);
  expect(await differingReferrals(opened.store, north)).toEqual([]);
});
