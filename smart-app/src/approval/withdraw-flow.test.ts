import type { Plan } from '@refloop/server/client/approval';
import type { OpenWork } from '@refloop/server/client/recommendation';
import { expect, test } from 'vitest';
import { NO_OPEN_WORK } from '../refer/open-work.ts';
import { testDesk } from '../refer/test-desk.ts';
import { withdrawApproval } from './withdraw-flow.ts';

const plan = { id: 'p1', steps: [] } as unknown as Plan;
const openPlan = { id: 'p1', referralId: 'r1', approvedAt: '', specialtyName: '', performerName: '', coveringFor: null, unfinished: [] };
const order = { resourceType: 'ServiceRequest', id: 'o2', meta: { versionId: '1' } };
const prepared: OpenWork['toSign'][number] = {
  id: 'prepared-1',
  orderRef: 'ServiceRequest/o2',
  specialtyName: 'Cardiology',
  chosenName: null,
  preparedBy: 'Kim Ortiz, MA',
  forName: 'Dr. Lee',
  covering: false,
  note: '',
  since: '',
};

const withdrawn = (openWork: OpenWork) => {
  const { desk } = testDesk(
    { order, orderFacts: { reference: 'ServiceRequest/o2' } as never, openWork },
    { 'GET /plans/p1': () => plan, 'POST /plans/p1/withdrawal': () => plan },
  );
  return { desk, done: withdrawApproval(desk, 'p1', 'Placed by hand') };
};

test('what else waits on this patient is still offered first, and what was prepared is not set aside unasked', async () => {
  const { desk, done } = withdrawn({ ...NO_OPEN_WORK, plans: [openPlan], toSign: [prepared] });
  expect(await done).toBeUndefined();
  const { openWork, openWorkDecided, insteadOf } = desk.store.get();
  expect([openWork.plans, openWork.toSign, openWorkDecided, insteadOf]).toEqual([[], [prepared], false, undefined]);
});

test('where nothing else waits a new referral begins', async () => {
  const { desk, done } = withdrawn({ ...NO_OPEN_WORK, plans: [openPlan] });
  expect(await done).toBeUndefined();
  expect(desk.store.get().openWorkDecided).toBe(true);
});
