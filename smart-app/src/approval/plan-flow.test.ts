import type { Plan } from '@refloop/server/client/approval';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { DeskState } from '../refer/desk.ts';
import { NO_OPEN_WORK } from '../refer/open-work.ts';
import { testDesk } from '../refer/test-desk.ts';
import { hearTime } from '../words/practice-time.ts';
import { carryOut } from './plan-flow.ts';

// What a page has and Node has not.
beforeAll(() => {
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
});
afterAll(() => vi.unstubAllGlobals());

const orderOf = (id: string, versionId: string) => ({
  resourceType: 'ServiceRequest',
  id,
  meta: { versionId },
  status: 'draft',
  subject: { reference: 'Patient/1' },
});
const inHand: Partial<DeskState> = { order: orderOf('o2', '1'), orderFacts: { reference: 'ServiceRequest/o2' } as never };

/** An approval of version 1 of this order, which is at version 2 by now. */
const planFor = (id: string): Plan =>
  ({
    id: 'p1',
    steps: [
      {
        name: 'ServiceRequest',
        action: 'update',
        target: { reference: `ServiceRequest/${id}`, versionId: '1' },
        lookUp: { query: 'ServiceRequest?identifier=s%7Ckey', businessKey: 'key' },
        resource: { ...orderOf(id, '1'), status: 'active' },
        outcome: { status: 'waiting' },
        attemptedAt: null,
        notOurs: [],
      },
    ],
    decision: { at: '2026-11-28T10:00:00.000Z' },
  }) as unknown as Plan;

function finish(id: string, allow: () => void = () => undefined) {
  const plan = planFor(id);
  const reported = (body: unknown): Plan => {
    const { outcome } = body as { outcome: Plan['steps'][number]['outcome'] };
    return { ...plan, steps: plan.steps.map((step) => ({ ...step, outcome })) };
  };
  const { desk } = testDesk(
    inHand,
    {
      'POST /plans/p1/lease': () => plan,
      'POST /plans/p1/steps/ServiceRequest/attempt': () => {
        allow();
        return plan;
      },
      'POST /plans/p1/steps/ServiceRequest': reported,
      'GET /open-work': () => NO_OPEN_WORK,
    },
    {
      get: async (path) => ({ ok: true, value: orderOf(path.split('/')[1] ?? '', '2') }),
      write: async () => ({ ok: false, refusal: { kind: 'http', status: 412, detail: '' } }),
    },
  );
  return carryOut(desk, plan, 'Ana Rivera, MD').then(() => desk.store.get());
}

test('the order in hand that changed is shown as it was and as it is', async () => {
  expect((await finish('o2')).approval).toMatchObject({ kind: 'order-changed', order: { id: 'o2', meta: { versionId: '2' } } });
});

test('of another order that changed nothing is compared with the one in hand', async () => {
  const { approval, notice } = await finish('o1');
  expect([approval.kind, notice]).toEqual(['editing', expect.stringContaining('Open Refloop from that order')]);
});

test('an answer that came at once is in time, however far the clock of the sandbox was moved meanwhile', async () => {
  let days = 0;
  const inADay = (): void => hearTime(new Date(Date.now() + (days += 1) * 86_400_000).toISOString());
  expect((await finish('o2', inADay)).approval.kind).toBe('order-changed');
  hearTime(new Date().toISOString());
});

test.each([
  ['ahead of the server’s', -9, 10, 60, 0],
  ['behind the server’s', 9, 10, 60, 0],
  ['ahead, and a minute is over', -9, 61, 60, 1],
  ['right, and the server’s was set just now', 0, 600, 5, 0],
] as const)(
  'a note that was sent and not heard of is written again once, on a laptop whose clock is %s',
  async (_what, minutes, sent, set, writes) => {
    const asOf = Date.now() + minutes * 60_000;
    const plan = planFor('o2');
    const [step] = plan.steps;
    if (!step) throw new Error('A plan without a step.');
    const note = {
      ...step,
      name: 'DocumentReference' as const,
      action: 'create' as const,
      target: null,
      lookUp: { query: 'DocumentReference?identifier=s%7Ckey', businessKey: 'key' },
      resource: { resourceType: 'DocumentReference', subject: { reference: 'Patient/1' } },
      outcome: { status: 'unknown' as const, detail: '', at: new Date(asOf).toISOString() },
      attemptedAt: new Date(asOf - sent * 1000).toISOString(),
    };
    const told: Plan = { ...plan, steps: [note], asOf: new Date(asOf).toISOString(), sinceClockSet: set * 1000 };
    const written: string[] = [];
    const { desk } = testDesk(
      inHand,
      {
        'POST /plans/p1/lease': () => told,
        'POST /plans/p1/steps/DocumentReference/attempt': () => told,
        'POST /plans/p1/steps/DocumentReference': (body) => ({
          ...told,
          steps: [{ ...note, outcome: (body as { outcome: Plan['steps'][number]['outcome'] }).outcome }],
        }),
      },
      {
        get: async () => ({ ok: true, value: { resourceType: 'Bundle' } }),
        write: async ({ path }) => {
          written.push(path);
          return { ok: false, refusal: { kind: 'http', status: 422, detail: '' } };
        },
      },
    );
    await carryOut(desk, plan, 'Ana Rivera, MD');
    expect(written).toHaveLength(writes);
    // So that nothing is taken up again after the test.
    desk.store.set({ approval: { kind: 'editing' } });
  },
);
