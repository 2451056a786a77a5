import { describe, expect, test } from 'vitest';
import type { Resource } from '../fhir/ehr-port.ts';
import { ok, refuse } from '../result.ts';
import type { PlanInHand, StepInHand } from './plan-in-hand.ts';
import { type PlanPorts, runPlan } from './run-plan.ts';
import { type ScriptedEhr, scriptedEhr } from './test-scripted-ehr.ts';

const KEY = '01J0000000000000000000KEY1';
const subject = { reference: 'Patient/1' };

const step = (name: StepInHand['name'], resource: Record<string, unknown>, more: Partial<StepInHand> = {}): StepInHand => ({
  name,
  action: 'create',
  target: null,
  lookUp: { query: `${name}?patient=1&identifier=s%7C${KEY}`, businessKey: KEY },
  resource: { resourceType: name, identifier: [{ system: 's', value: KEY }], ...resource },
  outcome: { status: 'waiting' },
  attemptedAt: null,
  notOurs: [],
  ...more,
});

const order: Resource = { resourceType: 'ServiceRequest', id: '7', meta: { versionId: '3' }, subject, status: 'draft' };

const NOTE = step('DocumentReference', { subject });
const ORDER = step('ServiceRequest', { subject, status: 'active', supportingInfo: [{ reference: '{{DocumentReference}}' }] });
const UPDATE: StepInHand = { ...ORDER, action: 'update', target: { reference: 'ServiceRequest/7', versionId: '3' } };
const TASK = step('Task', { for: subject, focus: { reference: '{{ServiceRequest}}' } });
const PROVENANCE = step(
  'Provenance',
  { target: [{ reference: '{{ServiceRequest:versioned}}' }] },
  { lookUp: { query: 'Provenance?target={{ServiceRequest}}', businessKey: KEY } },
);

const planOf = (...steps: StepInHand[]): PlanInHand => ({ id: 'p', steps, decision: { at: '2026-11-20T10:00:00.000Z' } });

/** A clock that moves on as the work waits. */
function clockAt(start: string) {
  let now = Date.parse(start);
  return {
    now: () => new Date(now).toISOString(),
    pause: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

const told =
  ({ now }: { now: () => string }, sinceSet = Number.POSITIVE_INFINITY) =>
  () => ({ at: now(), sinceSet });

type Ports = PlanPorts<PlanInHand> & { plan: () => PlanInHand };

/** The server's side: keeps attempts and reported outcomes. */
function portsOf(ehr: ScriptedEhr, start: PlanInHand, more: Partial<Ports> = {}): Ports {
  let plan = start;
  const clock = clockAt('2026-11-20T10:00:01.000Z');
  const change = (name: StepInHand['name'], to: Partial<StepInHand>) => {
    plan = { ...plan, steps: plan.steps.map((each) => (each.name === name ? { ...each, ...to } : each)) };
    return ok(plan);
  };
  return {
    ehr,
    patient: '1',
    ...clock,
    conditionalCreate: () => false,
    takeLease: async () => ok(plan),
    giveBack: async () => undefined,
    attempt: async (name) => change(name, { attemptedAt: clock.now() }),
    report: async (name, outcome) => change(name, { outcome: { ...outcome, at: clock.now() } as StepInHand['outcome'] }),
    onProgress: () => undefined,
    plan: () => plan,
    ...more,
  };
}

const count = (ehr: ScriptedEhr, type: string) => [...ehr.stored.values()].filter((each) => each.resourceType === type).length;
const statuses = (plan: PlanInHand) => plan.steps.map((each) => each.outcome.status);

describe('carrying out an approved plan', () => {
  test('writes the steps in order, with references to what the earlier ones made', async () => {
    const ehr = scriptedEhr([], [order]);
    const plan = planOf(NOTE, UPDATE, TASK, PROVENANCE);
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(end.kind).toBe('finished');
    expect(statuses(end.plan)).toEqual(['done', 'done', 'done', 'done']);
    expect(ehr.writes.map((write) => `${write.method} ${write.path}`)).toEqual([
      'POST DocumentReference',
      'PUT ServiceRequest/7',
      'POST Task',
      'POST Provenance',
    ]);
    expect(ehr.writes[1]).toMatchObject({ ifMatch: '3', resource: { supportingInfo: [{ reference: 'DocumentReference/made-2' }] } });
    expect(ehr.writes[3]?.resource).toMatchObject({ target: [{ reference: 'ServiceRequest/7/_history/4' }] });
  });

  describe('an EHR that takes one attachment a document', () => {
    const pdf = { attachment: { contentType: 'application/pdf' } };
    const text = { attachment: { contentType: 'text/plain' } };
    const packet = step('DocumentReference', { subject, content: [pdf, text] });

    test.each([400, 413, 422])('refuses two with %i and gets the packet alone', async (status) => {
      const ehr = scriptedEhr([{ kind: 'status', status }]);
      const plan = planOf(packet);
      const end = await runPlan(plan, portsOf(ehr, plan));
      expect(statuses(end.plan)).toEqual(['done']);
      expect(ehr.writes.map((write) => write.resource['content'])).toEqual([[pdf, text], [pdf]]);
      expect(count(ehr, 'DocumentReference')).toBe(1);
    });

    test('a message that is refused with an attachment is sent with its words alone', async () => {
      const words = { contentString: 'Please see her.' };
      const ehr = scriptedEhr([{ kind: 'status', status: 422 }]);
      const plan = planOf(step('Communication', { subject, payload: [words, { contentAttachment: pdf.attachment }] }));
      expect(statuses((await runPlan(plan, portsOf(ehr, plan))).plan)).toEqual(['done']);
      expect(ehr.writes.at(-1)?.resource['payload']).toEqual([words]);
    });

    test('refuses two just after it had refused everything, and gets the packet alone at once: nothing was ever taken', async () => {
      const ehr = scriptedEhr([
        { kind: 'status', status: 403 },
        { kind: 'status', status: 422 },
      ]);
      const plan = planOf(packet);
      const ports = portsOf(ehr, plan);
      const first = await runPlan(plan, ports);
      expect(statuses(first.plan)).toEqual(['refused']);
      expect(statuses((await runPlan(first.plan, ports)).plan)).toEqual(['done']);
      expect(count(ehr, 'DocumentReference')).toBe(1);
    });

    test('one that refuses the packet too is not asked again', async () => {
      const ehr = scriptedEhr([
        { kind: 'status', status: 422 },
        { kind: 'status', status: 422 },
      ]);
      const plan = planOf(packet);
      const end = await runPlan(plan, portsOf(ehr, plan));
      expect(statuses(end.plan)).toEqual(['refused']);
      expect(ehr.writes).toHaveLength(2);
    });

    test('a refusal of who asks, not of the form, is the end of it', async () => {
      const ehr = scriptedEhr([{ kind: 'status', status: 403 }]);
      const plan = planOf(packet);
      expect(statuses((await runPlan(plan, portsOf(ehr, plan))).plan)).toEqual(['refused']);
      expect(ehr.writes).toHaveLength(1);
    });
  });

  test('a lost answer is looked up: no second order', async () => {
    const ehr = scriptedEhr([{ kind: 'lost' }]);
    const plan = planOf(step('ServiceRequest', { subject }));
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(ehr.writes).toHaveLength(1);
    expect(count(ehr, 'ServiceRequest')).toBe(1);
    expect(statuses(end.plan)).toEqual(['done']);
  });

  test('a write that goes through late is found, not repeated', async () => {
    const ehr = scriptedEhr([{ kind: 'late', looks: 1 }]);
    const plan = planOf(step('ServiceRequest', { subject }));
    await runPlan(plan, portsOf(ehr, plan));
    expect(count(ehr, 'ServiceRequest')).toBe(1);
    expect(ehr.writes).toHaveLength(1);
  });

  test('a creation that never arrived is not sent again while it may still arrive; a minute later it is', async () => {
    const ehr = scriptedEhr([{ kind: 'dropped' }]);
    const start = planOf(step('ServiceRequest', { subject }), TASK);
    const ports = portsOf(ehr, start);
    const first = await runPlan(start, ports);
    expect(ehr.looks.length, 'looked before, and again and again after').toBeGreaterThanOrEqual(5);
    expect(statuses(first.plan)).toEqual(['unknown', 'waiting']);
    const soon = await runPlan(first.plan, ports);
    expect(statuses(soon.plan)).toEqual(['unknown', 'waiting']);
    expect(ehr.writes).toHaveLength(1);
    await ports.pause(60_000);
    const later = await runPlan(soon.plan, ports);
    expect(statuses(later.plan)).toEqual(['done', 'done']);
    expect(count(ehr, 'ServiceRequest')).toBe(1);
  });

  test('that the EHR offers conditional create does not stand in for the minute', async () => {
    // It answers searches by our identifier and keeps none, so that If-None-Exist finds nothing to hold a second one against.
    const unmarked = ({ identifier: _identifier, ...kept }: Resource): Resource => kept as Resource;
    const ehr = scriptedEhr([{ kind: 'late', looks: 14 }], [], { keeps: unmarked, now: () => '2026-11-20T10:00:30.000Z' });
    const note = step('DocumentReference', {
      subject,
      type: { coding: [{ system: 'http://loinc.org', code: '57133-1' }] },
      date: '2026-11-20T10:00:00.000Z',
      content: [{ attachment: { contentType: 'text/plain', data: 'Tm90ZQ==' } }],
    });
    const ports = portsOf(ehr, planOf(note), { conditionalCreate: () => true });
    let { plan } = await runPlan(planOf(note), ports);
    expect(statuses(plan)).toEqual(['unknown']);
    ({ plan } = await runPlan(plan, ports));
    expect(ehr.writes, 'what went unheard may still arrive').toHaveLength(1);
    await ports.pause(60_000);
    await runPlan(plan, ports);
    expect(count(ehr, 'DocumentReference')).toBe(1);
  });

  test('a creation that the EHR refused was not taken: it may be sent again at once', async () => {
    const ehr = scriptedEhr([{ kind: 'status', status: 422 }]);
    const only = planOf(step('ServiceRequest', { subject }));
    const ports = portsOf(ehr, only);
    const first = await runPlan(only, ports);
    expect(statuses(first.plan)).toEqual(['refused']);
    expect(statuses((await runPlan(first.plan, ports)).plan)).toEqual(['done']);
    expect(count(ehr, 'ServiceRequest')).toBe(1);
  });

  test('one of which nothing was heard after an earlier refusal waits its minute', async () => {
    const ehr = scriptedEhr([{ kind: 'status', status: 422 }, { kind: 'dropped' }]);
    const only = planOf(step('ServiceRequest', { subject }));
    const ports = portsOf(ehr, only);
    let { plan } = await runPlan(only, ports);
    ({ plan } = await runPlan(plan, ports));
    expect(statuses(plan)).toEqual(['unknown']);
    await runPlan(plan, ports);
    expect(ehr.writes).toHaveLength(2);
  });

  test('an update whose answer was lost is found to be there, and one that never arrived is sent again at once', async () => {
    const update = { ...UPDATE, resource: { ...UPDATE.resource, supportingInfo: [] } };
    const lost = scriptedEhr([{ kind: 'lost' }], [order]);
    expect(statuses((await runPlan(planOf(update), portsOf(lost, planOf(update)))).plan)).toEqual(['done']);
    expect(lost.writes).toHaveLength(1);
    const dropped = scriptedEhr([{ kind: 'dropped' }], [order]);
    const ports = portsOf(dropped, planOf(update));
    const first = await runPlan(planOf(update), ports);
    expect(statuses(first.plan)).toEqual(['unknown']);
    expect(statuses((await runPlan(first.plan, ports)).plan)).toEqual(['done']);
  });

  test('an update that a late one of ours overtook is done, not stale', async () => {
    const update = { ...UPDATE, resource: { ...UPDATE.resource, supportingInfo: [] } };
    const ehr = scriptedEhr([], [order]);
    // The earlier try lands between our look and our write.
    const overtaken: ScriptedEhr = {
      ...ehr,
      write: async (write) => {
        ehr.stored.set('ServiceRequest/7', { ...write.resource, id: '7', meta: { versionId: '4' } });
        return ehr.write(write);
      },
    };
    const end = await runPlan(planOf(update), portsOf(overtaken, planOf(update)));
    expect(end.plan.steps[0]?.outcome).toMatchObject({ status: 'done', reference: 'ServiceRequest/7', versionId: '4' });
  });

  test('an update that was sent before and finds another version is not known while nobody can look whose version that is', async () => {
    const sent: StepInHand = {
      ...UPDATE,
      resource: { ...UPDATE.resource, supportingInfo: [] },
      attemptedAt: '2026-11-20T09:59:00.000Z',
    };
    const ehr = scriptedEhr([], [order]);
    let landed = false;
    // Our own earlier update lands between the look and the write, and then the EHR falls silent.
    const ports = portsOf(
      {
        ...ehr,
        get: async (path) => (landed ? refuse({ kind: 'no-answer', detail: '' }) : ehr.get(path)),
        write: async (write) => {
          ehr.stored.set('ServiceRequest/7', { ...write.resource, id: '7', meta: { versionId: '4' } });
          landed = true;
          return ehr.write(write);
        },
      },
      planOf(sent),
    );
    expect(statuses((await runPlan(planOf(sent), ports)).plan)).toEqual(['unknown']);
  });

  test('an order that is gone from the chart is stale, not written anew', async () => {
    const ehr = scriptedEhr([]);
    const update = { ...UPDATE, resource: { ...UPDATE.resource, supportingInfo: [] } };
    expect(statuses((await runPlan(planOf(update), portsOf(ehr, planOf(update)))).plan)).toEqual(['stale']);
    expect(ehr.writes).toHaveLength(0);
  });

  test('an EHR that stays silent after a write leaves the step unknown, and nothing further is written', async () => {
    const ehr = scriptedEhr([{ kind: 'dropped' }]);
    const plan = planOf(step('ServiceRequest', { subject }), TASK);
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(ehr.writes).toHaveLength(1);
    expect(statuses(end.plan)).toEqual(['unknown', 'waiting']);
  });

  test.each([500, 502, 504])(
    'status %i says nothing of the write: it is not known, never refused, and not sent again at once',
    async (status) => {
      const ehr = scriptedEhr([{ kind: 'status', status }]);
      const plan = planOf(step('ServiceRequest', { subject }), TASK);
      const end = await runPlan(plan, portsOf(ehr, plan));
      expect(ehr.writes).toHaveLength(1);
      expect(statuses(end.plan)).toEqual(['unknown', 'waiting']);
    },
  );

  test('an EHR that takes nothing at the moment is asked three times, and what it said is told', async () => {
    const ehr = scriptedEhr([503, 429, 503].map((status) => ({ kind: 'status', status })));
    const plan = planOf(step('ServiceRequest', { subject }));
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(ehr.writes).toHaveLength(3);
    expect(end.plan.steps[0]?.outcome).toMatchObject({ status: 'refused', httpStatus: 503 });
  });

  test.each([503, 403])('status %i to a further try says nothing of the one before, which may still arrive', async (status) => {
    const before: Partial<StepInHand> = {
      attemptedAt: '2026-11-20T09:59:58.000Z',
      outcome: { status: 'unknown', detail: 'No answer within 15 seconds', at: '2026-11-20T10:00:00.000Z' },
    };
    const sent: StepInHand = { ...UPDATE, resource: { ...UPDATE.resource, supportingInfo: [] }, ...before };
    const tries = status === 503 ? [status, status, status] : [status];
    const refusing = () =>
      scriptedEhr(
        tries.map((each) => ({ kind: 'status', status: each })),
        [order],
      );
    expect(statuses((await runPlan(planOf(sent), portsOf(refusing(), planOf(sent)))).plan)).toEqual(['unknown']);
    // A minute later the chart shows that it never came.
    const long: StepInHand = { ...sent, attemptedAt: '2026-11-20T09:58:00.000Z' };
    expect(statuses((await runPlan(planOf(long), portsOf(refusing(), planOf(long)))).plan)).toEqual(['refused']);
  });

  test.each(['create', 'update'] as const)('a clock that was set within the minute makes nothing old (%s)', async (action) => {
    const sent: StepInHand = {
      ...(action === 'create' ? step('ServiceRequest', { subject }) : UPDATE),
      resource: { resourceType: 'ServiceRequest', subject },
      attemptedAt: '2026-11-20T09:50:00.000Z',
    };
    const clock = clockAt('2026-11-20T10:00:01.000Z');
    for (const [sinceSet, writes] of [
      [59_000, action === 'create' ? 0 : 1],
      [60_000, 1],
    ] as const) {
      const ehr = scriptedEhr([], [order]);
      await runPlan(planOf(sent), portsOf(ehr, planOf(sent), { machineTime: told(clock, sinceSet) }));
      expect(ehr.writes, `set ${sinceSet} ms ago`).toHaveLength(writes);
    }
  });

  test('what is looked for before the minute is over is not sent again, however long the look takes', async () => {
    const sent = step('ServiceRequest', { subject }, { attemptedAt: '2026-11-20T09:59:06.000Z' });
    const ehr = scriptedEhr([]);
    const clock = clockAt('2026-11-20T10:00:01.000Z');
    let writing = 0;
    const slow = async (path: string) => {
      const seen = await ehr.get(path);
      await clock.pause(12_000);
      return seen;
    };
    const landing = { ...ehr, get: slow, write: async (write: Parameters<typeof ehr.write>[0]) => ((writing += 1), ehr.write(write)) };
    expect(statuses((await runPlan(planOf(sent), portsOf(landing, planOf(sent), clock))).plan)).toEqual(['unknown']);
    expect(writing).toBe(0);
  });

  test('without an answer to the look-up nothing is written, and the step stays what it was', async () => {
    const ehr = scriptedEhr([]);
    const plan = planOf(step('ServiceRequest', { subject }));
    const silent = { ...ehr, get: async () => refuse({ kind: 'no-answer', detail: 'No answer' } as const) };
    const ports = portsOf(silent, plan);
    const end = await runPlan(plan, ports);
    expect(end).toMatchObject({ kind: 'stopped', why: 'ehr-silent' });
    expect(ehr.writes).toHaveLength(0);
    expect(statuses(ports.plan())).toEqual(['waiting']);
    expect(ports.plan().steps[0]?.attemptedAt, 'certainly never sent').toBeNull();
  });

  test('what is not on record as sent is not sent', async () => {
    const ehr = scriptedEhr([]);
    const plan = planOf(step('ServiceRequest', { subject }));
    const end = await runPlan(plan, portsOf(ehr, plan, { attempt: async () => refuse('held-elsewhere') }));
    expect(end).toMatchObject({ kind: 'stopped', why: 'held-elsewhere' });
    expect(ehr.writes).toHaveLength(0);
  });

  describe('a laptop that falls asleep while it is told that it may write', () => {
    /** The first answer to an attempt is taken up only so many milliseconds later; meanwhile somebody else carries the plan out. */
    const asleepAtFirst = (milliseconds: number, meanwhile: () => void): Partial<Ports> & { asked: () => number } => {
      let asked = 0;
      const clock = clockAt('2026-11-20T10:00:01.000Z');
      return {
        ...clock,
        asked: () => asked,
        attempt: async () => {
          asked += 1;
          if (asked === 1) {
            await clock.pause(milliseconds);
            meanwhile();
          }
          return ok(planOf());
        },
      };
    };
    const theirs: Resource = { resourceType: 'ServiceRequest', id: '9', subject, identifier: [{ system: 's', value: KEY }] };

    test('looks again before it writes: the lease may have ended and another window may have written', async () => {
      const ehr = scriptedEhr([]);
      const plan = planOf(step('ServiceRequest', { subject }));
      const asleep = asleepAtFirst(5 * 60_000, () => void ehr.stored.set('ServiceRequest/9', theirs));
      const end = await runPlan(plan, portsOf(ehr, plan, asleep));
      expect(ehr.writes).toHaveLength(0);
      expect(end.plan.steps[0]?.outcome).toMatchObject({ status: 'done', reference: 'ServiceRequest/9' });
    });

    test('asks again, where nobody has, and writes once', async () => {
      const ehr = scriptedEhr([]);
      const plan = planOf(step('ServiceRequest', { subject }));
      const asleep = asleepAtFirst(5 * 60_000, () => undefined);
      expect(statuses((await runPlan(plan, portsOf(ehr, plan, asleep))).plan)).toEqual(['done']);
      expect([ehr.writes.length, asleep.asked()]).toEqual([1, 2]);
    });

    test('and does not write at all where each answer comes too late', async () => {
      const ehr = scriptedEhr([]);
      const plan = planOf(step('ServiceRequest', { subject }));
      const clock = clockAt('2026-11-20T10:00:01.000Z');
      const sleepy: Partial<Ports> = { ...clock, attempt: async () => (await clock.pause(40_000), ok(plan)) };
      expect(await runPlan(plan, portsOf(ehr, plan, sleepy))).toMatchObject({ kind: 'stopped', why: 'server-silent' });
      expect(ehr.writes).toHaveLength(0);
    });

    test('days that pass in the practice alone, whose clock somebody moves, make no answer late and nothing that was sent old', async () => {
      const practice = clockAt('2026-12-20T10:00:01.000Z');
      const machine = clockAt('2026-11-20T10:00:01.000Z');
      const moving: Partial<Ports> = { now: practice.now, machineTime: told(machine), pause: machine.pause };
      const ehr = scriptedEhr([]);
      const plan = planOf(step('ServiceRequest', { subject }));
      const end = await runPlan(plan, portsOf(ehr, plan, { ...moving, attempt: async () => (await practice.pause(86_400_000), ok(plan)) }));
      expect(statuses(end.plan)).toEqual(['done']);
      const sent = step('ServiceRequest', { subject }, { attemptedAt: '2026-11-20T10:00:00.000Z' });
      const again = scriptedEhr([]);
      expect(statuses((await runPlan(planOf(sent), portsOf(again, planOf(sent), moving))).plan)).toEqual(['unknown']);
      expect(again.writes).toEqual([]);
    });

    test('of a clock that was set while it waited for the answer nobody can say what passed, and it asks again', async () => {
      const clock = clockAt('2026-11-20T10:00:01.000Z');
      let sinceSet = 100_000;
      let asked = 0;
      const set: Partial<Ports> = {
        machineTime: () => ({ at: clock.now(), sinceSet }),
        attempt: async () => {
          if (asked === 0) sinceSet = 50;
          asked += 1;
          return ok(plan);
        },
      };
      const plan = planOf(step('ServiceRequest', { subject }));
      const ehr = scriptedEhr([]);
      expect(statuses((await runPlan(plan, portsOf(ehr, plan, set))).plan)).toEqual(['done']);
      expect([ehr.writes.length, asked]).toEqual([1, 2]);
    });

    test('a stopwatch of its own notices sleep that the server’s time does not', async () => {
      let asleep = 40_000;
      const plan = planOf(step('ServiceRequest', { subject }));
      const ehr = scriptedEhr([]);
      const watched = (): Partial<Ports> => ({
        machineTime: told({ now: () => '2026-11-20T10:00:01.000Z' }),
        stopwatch: () => () => asleep,
      });
      expect(await runPlan(plan, portsOf(ehr, plan, watched()))).toMatchObject({ kind: 'stopped', why: 'server-silent' });
      asleep = 20_000;
      expect(statuses((await runPlan(plan, portsOf(ehr, plan, watched()))).plan)).toEqual(['done']);
      expect(ehr.writes).toHaveLength(1);
    });

    test('an answer that only took its time is as good as any', async () => {
      const ehr = scriptedEhr([]);
      const plan = planOf(step('ServiceRequest', { subject }));
      const slow = asleepAtFirst(20_000, () => undefined);
      await runPlan(plan, portsOf(ehr, plan, slow));
      expect([ehr.writes.length, slow.asked()]).toEqual([1, 1]);
    });
  });

  const refusing = (ehr: ScriptedEhr, refused: (path: string) => boolean): ScriptedEhr => ({
    ...ehr,
    get: async (path) => (refused(path) ? refuse({ kind: 'http', status: 400, detail: 'Unknown parameter' } as const) : ehr.get(path)),
  });

  test('an EHR that cannot search by identifier is looked through by patient', async () => {
    const earlier = { resourceType: 'ServiceRequest', id: '9', subject, identifier: [{ system: 's', value: KEY }] };
    const ehr = refusing(scriptedEhr([], [earlier]), (path) => path.includes('identifier='));
    const plan = planOf(step('ServiceRequest', { subject }), TASK);
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(
      ehr.writes.map(({ path }) => path),
      'the earlier order is found, the task is new',
    ).toEqual(['Task']);
    expect(statuses(end.plan)).toEqual(['done', 'done']);
  });

  test('an EHR that cannot search by identifier is not asked to by If-None-Exist either', async () => {
    const ehr = refusing(scriptedEhr([]), (path) => path.includes('identifier='));
    const plan = planOf(step('ServiceRequest', { subject }));
    await runPlan(plan, portsOf(ehr, plan, { conditionalCreate: () => true }));
    expect(ehr.writes.map(({ ifNoneExist }) => ifNoneExist)).toEqual([undefined]);
  });

  test('an EHR that lets us look for nothing is written nothing new to, and the reason is told', async () => {
    const ehr = refusing(scriptedEhr([], [order]), (path) => path.includes('?'));
    const plan = planOf(NOTE, UPDATE, TASK);
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(end.plan.steps[0]?.outcome).toMatchObject({ status: 'refused', httpStatus: 400, detail: expect.stringContaining('look for') });
    expect(ehr.writes.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test('an order that was sent and may no longer be looked for is not known, never refused: it may be in the chart', async () => {
    const sent = step('ServiceRequest', { subject }, { attemptedAt: '2026-11-20T09:50:00.000Z' });
    const ehr = refusing(scriptedEhr([]), (path) => path.includes('?'));
    const later = await runPlan(planOf(sent), portsOf(ehr, planOf(sent)));
    expect(later.plan.steps[0]?.outcome).toMatchObject({ status: 'unknown', detail: expect.stringContaining('look for') });
    expect(ehr.writes).toEqual([]);

    // The access to searches ends between the write and the look after it.
    const lost = scriptedEhr([{ kind: 'lost' }]);
    const closing = refusing(lost, (path) => path.includes('?') && lost.writes.length > 0);
    const start = planOf(step('ServiceRequest', { subject }));
    expect(statuses((await runPlan(start, portsOf(closing, start))).plan)).toEqual(['unknown']);
  });

  test('a launched order is looked at by its own address: no search is needed to update it', async () => {
    const ehr = refusing(scriptedEhr([], [order]), (path) => path.includes('?'));
    const plan = planOf(step('ServiceRequest', { subject, status: 'active' }, { action: 'update', target: UPDATE.target }));
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(ehr.writes.map(({ method, ifMatch }) => [method, ifMatch])).toEqual([['PUT', '3']]);
    expect(statuses(end.plan)).toEqual(['done']);
  });

  test('what an earlier try wrote is found first and not written again', async () => {
    const ehr = scriptedEhr(
      [],
      [{ resourceType: 'ServiceRequest', id: '9', meta: { versionId: '2' }, subject, identifier: [{ system: 's', value: KEY }] }],
    );
    const plan = planOf(step('ServiceRequest', { subject }));
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(ehr.writes).toHaveLength(0);
    expect(end.plan.steps[0]?.outcome).toMatchObject({ status: 'done', reference: 'ServiceRequest/9', versionId: '2' });
  });

  test('how the EHR keeps the order is told, written now or found: some leave it unsigned', async () => {
    const plan = planOf({ ...UPDATE, resource: { ...UPDATE.resource, supportingInfo: [], status: 'draft' } });
    const written = await runPlan(plan, portsOf(scriptedEhr([], [order]), plan));
    expect(written.plan.steps[0]?.outcome).toMatchObject({ status: 'done', orderStatus: 'draft' });
    const there = { resourceType: 'ServiceRequest', id: '9', status: 'active', subject, identifier: [{ system: 's', value: KEY }] };
    const again = planOf(step('ServiceRequest', { subject }));
    const found = await runPlan(again, portsOf(scriptedEhr([], [there]), again));
    expect(found.plan.steps[0]?.outcome).toMatchObject({ status: 'done', orderStatus: 'active' });
  });

  describe('an EHR that keeps no mark of ours, and somebody who writes by hand what resembles it', () => {
    const said = { subject, code: { coding: [{ code: 'c' }] }, requester: { reference: 'Practitioner/1' } };
    const byHand: Resource = {
      resourceType: 'ServiceRequest',
      id: 'hand',
      meta: { versionId: '1' },
      authoredOn: '2026-11-20T10:00:00Z',
      ...said,
    };
    const ours = step('ServiceRequest', { ...said, supportingInfo: [{ reference: 'DocumentReference/n1' }] });
    const keeping = (fate: Parameters<typeof scriptedEhr>[0][number]) =>
      scriptedEhr([fate], [byHand], { keeps: ({ identifier: _identifier, ...rest }) => rest, now: () => '2026-11-20T10:00:02Z' });

    test('nobody is asked while the write itself may still arrive: it is found when it does', async () => {
      const ehr = keeping({ kind: 'late', looks: 5 });
      const plan = planOf(ours);
      const end = await runPlan(plan, portsOf(ehr, plan));
      expect(end.plan.steps[0]?.outcome).toMatchObject({ status: 'done', reference: expect.stringContaining('made') });
      expect(ehr.writes).toHaveLength(1);
    });

    test('one that does not arrive is asked about once it cannot any more', async () => {
      const ehr = keeping({ kind: 'dropped' });
      const plan = planOf(ours);
      const ports = portsOf(ehr, plan);
      const first = await runPlan(plan, ports);
      expect(statuses(first.plan)).toEqual(['unknown']);
      await ports.pause(60_000);
      const later = await runPlan(first.plan, ports);
      expect(later.plan.steps[0]?.outcome).toMatchObject({ status: 'unsure', candidates: [{ reference: 'ServiceRequest/hand' }] });
      expect(ehr.writes).toHaveLength(1);
    });
  });

  test('another order that carries our key does not stand in for the one approved', async () => {
    const twin = { resourceType: 'ServiceRequest', id: '9', meta: { versionId: '2' }, subject, identifier: [{ system: 's', value: KEY }] };
    const ehr = scriptedEhr([], [order, twin]);
    const plan = planOf({ ...UPDATE, resource: { ...UPDATE.resource, supportingInfo: [] } });
    await runPlan(plan, portsOf(ehr, plan));
    expect(ehr.writes.map((write) => write.path)).toEqual(['ServiceRequest/7']);
  });

  test('an order that changed is stale: nothing is merged, nothing after it is written', async () => {
    const ehr = scriptedEhr([], [{ ...order, meta: { versionId: '4' } }]);
    const plan = planOf(NOTE, UPDATE, TASK);
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(statuses(end.plan)).toEqual(['done', 'stale', 'waiting']);
    expect(ehr.stored.get('ServiceRequest/7')?.['status']).toBe('draft');
  });

  test('409 counts as stale too, as in Oracle', async () => {
    const ehr = scriptedEhr([{ kind: 'status', status: 409 }], [order]);
    const plan = planOf({ ...UPDATE, resource: { ...UPDATE.resource, supportingInfo: [] } });
    expect(statuses((await runPlan(plan, portsOf(ehr, plan))).plan)).toEqual(['stale']);
  });

  test('a refused task does not keep the provenance from being written', async () => {
    const ehr = scriptedEhr([{ kind: 'answered' }, { kind: 'status', status: 403 }]);
    const plan = planOf(step('ServiceRequest', { subject }), TASK, PROVENANCE);
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(statuses(end.plan)).toEqual(['done', 'refused', 'done']);
  });

  test('a step that needs a refused one stays waiting', async () => {
    const ehr = scriptedEhr([{ kind: 'status', status: 422 }]);
    const plan = planOf(NOTE, ORDER, TASK);
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(statuses(end.plan)).toEqual(['refused', 'waiting', 'waiting']);
    expect(ehr.writes).toHaveLength(1);
  });

  test('nothing of another patient is written, whatever the plan says', async () => {
    const ehr = scriptedEhr([]);
    const plan = planOf(step('ServiceRequest', { subject: { reference: 'Patient/2' } }));
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(end).toMatchObject({ kind: 'stopped', why: 'wrong-patient' });
    expect(ehr.writes).toHaveLength(0);
  });

  test('another patient’s resource with our key is not taken for ours', async () => {
    const foreign = {
      resourceType: 'ServiceRequest',
      id: '9',
      subject: { reference: 'Patient/2' },
      identifier: [{ system: 's', value: KEY }],
    };
    const ehr = scriptedEhr([], [foreign]);
    const plan = planOf(step('ServiceRequest', { subject }));
    await runPlan(plan, portsOf(ehr, plan));
    expect(ehr.writes).toHaveLength(1);
  });

  test('without the lease nothing is written', async () => {
    const ehr = scriptedEhr([]);
    const plan = planOf(NOTE);
    const end = await runPlan(plan, portsOf(ehr, plan, { takeLease: async () => refuse('held-elsewhere') }));
    expect(end).toMatchObject({ kind: 'stopped', why: 'held-elsewhere' });
    expect(ehr.writes).toHaveLength(0);
  });

  test('a report that does not arrive stops the plan; resuming finds what was written', async () => {
    const ehr = scriptedEhr([]);
    const plan = planOf(step('ServiceRequest', { subject }), TASK);
    const stopped = await runPlan(plan, portsOf(ehr, plan, { report: async () => refuse('server-silent') }));
    expect(stopped).toMatchObject({ kind: 'stopped', why: 'server-silent' });
    const end = await runPlan(plan, portsOf(ehr, plan));
    expect(statuses(end.plan)).toEqual(['done', 'done']);
    expect(count(ehr, 'ServiceRequest')).toBe(1);
  });

  test('an ended EHR session stops and leaves the rest waiting', async () => {
    const ehr = scriptedEhr([]);
    const plan = planOf(NOTE, ORDER);
    let givenBack = 0;
    const giveBack = async () => {
      givenBack += 1;
    };
    const end = await runPlan(plan, portsOf({ ...ehr, write: async () => refuse({ kind: 'signed-out' } as const) }, plan, { giveBack }));
    expect(end).toMatchObject({ kind: 'stopped', why: 'ehr-signed-out' });
    expect(givenBack, 'the next window need not wait').toBe(1);
    expect(statuses(end.plan)).toEqual(['waiting', 'waiting']);
  });

  test('If-None-Exist is sent only where the EHR honours it, and never with a search by target', async () => {
    const ehr = scriptedEhr([]);
    const plan = planOf(step('ServiceRequest', { subject }), PROVENANCE);
    await runPlan(plan, portsOf(ehr, plan, { conditionalCreate: () => true }));
    expect(ehr.writes[0]?.ifNoneExist).toBe(`patient=1&identifier=s%7C${KEY}`);
    expect(ehr.writes[1]?.ifNoneExist).toBeUndefined();
  });
});
