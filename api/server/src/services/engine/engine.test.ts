/** An order in force always lies on somebody's desk with a deadline, and what stays open reaches people by name. */
import type { Happening } from '@refloop/domain/referral/event';
import { observe } from '@refloop/domain/referral/observe';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok } from '@refloop/domain/result';
import { defaultPolicy } from '@refloop/domain/sla/policy';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../client/session.ts';
import { plan } from '../../store/contract/test-contract.ts';
import type { Scope, Store, Unit } from '../../store/store.ts';
import { openTestStore, type TestStore } from '../../store/test-store.ts';
import { rebuildProjections, renewProjections } from '../projections.ts';
import { applyDecision, readReferral } from '../referral-log.ts';
import { createDueReferrals } from './due-referrals.ts';
import type { ObligationContent } from './obligation-content.ts';
import { keepFirstPolicy } from './policy-in-force.ts';
import { CLINICIAN, happens, PATIENT, putInForce } from './test-in-force.ts';

/** A Monday, ten in the morning in Chicago. */
const AT = '2026-11-16T16:00:00.000Z';
const hoursLater = (hours: number): string => new Date(Date.parse(AT) + hours * 3_600_000).toISOString();

let opened: TestStore;
let scope: Scope;
let counter = 0;

beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());
beforeEach(async () => {
  scope = { tenant: `tenant-${(counter += 1)}`, issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
  await opened.store.enrol(scope);
  await keepFirstPolicy(opened.store, scope, 'America/Chicago', new Date(AT));
  await give('kim', ['coordinator']);
  await give('lena', ['lead']);
});

const give = (subject: string, roles: Role[]): Promise<void> =>
  opened.store.transaction(scope, (unit) =>
    unit.grants.put({ subject, fhirUser: `Practitioner/${subject}`, name: subject, roles, grantedBy: 't', grantedAt: AT, reason: 't' }),
  );

const rows = (status: 'open' | 'done' = 'open', referralId = 'r1') =>
  opened.store.transaction(scope, async (unit) =>
    (await unit.obligations.list({ status, referralId }))
      .filter(({ kind }) => kind !== 'unfinished-write-back')
      .map(({ kind, owner, dueAt, escalatedTo, content }) => ({
        kind,
        owner,
        dueAt,
        escalatedTo,
        steps: (content as ObligationContent).steps.map(({ rule }) => rule),
      })),
  );

async function clockAt(at: string): Promise<number> {
  const failures: unknown[] = [];
  const { looked } = await createDueReferrals({
    store: opened.store,
    now: () => new Date(at),
    failed: (error) => failures.push(error),
  }).run();
  expect(failures).toEqual([]);
  return looked;
}

const send = { type: 'send', transmissionId: 't', channel: 'link' } as const;

describe('what is owed follows each event, in its transaction', () => {
  test('in force: the coordinator sends it within four hours of opening', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    expect(await rows()).toEqual([{ kind: 'send', owner: 'kim', dueAt: '2026-11-16T20:00:01.000Z', escalatedTo: null, steps: [] }]);
    const stored = await opened.store.transaction(scope, (unit) => unit.obligations.list({ status: 'open', kind: 'send' }));
    expect(stored[0]?.content).toMatchObject({ patientName: PATIENT, performerName: 'Ana Rivera, MD', waitingOn: 'coordinator' });
    const referral = await opened.store.transaction(scope, (unit) => readReferral(unit, 'r1'));
    expect(referral?.coordinator).toBe('kim');
  });

  test('sent: the answer is waited for, and nothing else is open', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    expect(await rows()).toEqual([{ kind: 'answer', owner: 'kim', dueAt: hoursLater(49), escalatedTo: null, steps: [] }]);
    expect((await rows('done')).map(({ kind }) => kind)).toEqual(['send']);
  });

  test('a date that is moved back to where it was before is owed again', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    await happens(opened.store, scope, 'r1', hoursLater(2), { type: 'accept' });
    for (const [at, hours] of [200, 300, 200].entries()) {
      await happens(opened.store, scope, 'r1', hoursLater(3 + at), {
        type: 'schedule',
        appointmentId: `a${at}`,
        startsAt: hoursLater(hours),
      });
      expect(await rows()).toMatchObject([{ kind: 'visit', dueAt: hoursLater(hours) }]);
    }
  });

  test('declined: the order stands, and somebody asks another', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    await happens(opened.store, scope, 'r1', hoursLater(2), { type: 'decline', reason: 'not-taking-patients' });
    expect(await rows()).toMatchObject([{ kind: 'reroute', owner: 'kim' }]);
  });
});

describe('what stays open', () => {
  test('is told at its time to its people, once, and is found without anything being heard', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    await clockAt(hoursLater(24));
    expect(await rows()).toMatchObject([{ steps: [] }]);
    await clockAt(hoursLater(25));
    expect(await rows()).toMatchObject([{ steps: ['R117'], escalatedTo: null }]);
    expect(await clockAt(hoursLater(25))).toBe(0);
    await clockAt(hoursLater(7 * 24 + 2));
    expect(await rows()).toEqual([
      { kind: 'answer', owner: 'kim', dueAt: hoursLater(49), escalatedTo: 'lena', steps: ['R117', 'R118', 'R131', 'R120'] },
    ]);
    const events = await opened.store.transaction(scope, (unit) => unit.events.read('r1'));
    expect(events.filter(({ type }) => type === 'escalation-raised')).toHaveLength(4);
    expect(events.at(-1)?.actor).toEqual({ kind: 'software', name: 'refloop-engine', version: 'default/1' });
  });

  test('a review that an earlier version raised, and named by when its note came, still says so and is not raised again', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    const came = hoursLater(2);
    const note = { kind: 'report', attempt: 1, reportId: 'n', form: 'final', document: null, fromNpi: null, matched: true } as const;
    const stage = `review report n ${came}`;
    const raised = { rule: 'review-lead', stage, act: 'alert', reach: 'lead', to: 'lena', insteadOf: null, policy: 'default/1' } as const;
    await opened.store.transaction(scope, async (unit) => {
      const take = (at: string, what: (referral: Referral) => Happening[]) =>
        applyDecision(unit, 'r1', CLINICIAN, at, (referral) => ok(what(referral)));
      await take(hoursLater(50), (referral) => observe(referral, { ...note, at: came, key: 'inbound/n' }, hoursLater(50)));
      const fact = { type: 'escalation-raised', version: 1, ...raised } as const;
      await take(hoursLater(51), () => [{ effectiveAt: hoursLater(51), factKey: null, fact }]);
    });
    await clockAt(hoursLater(50 + 20 * 24));
    expect(await rows()).toMatchObject([{ kind: 'review', escalatedTo: 'lena', steps: ['review-lead'] }]);
    const events = await opened.store.transaction(scope, (unit) => unit.events.read('r1'));
    expect(events.filter(({ data }) => (data as { rule?: string }).rule === 'review-lead')).toHaveLength(1);
  });

  test('two clocks at once raise each step once', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    await Promise.all([clockAt(hoursLater(60)), clockAt(hoursLater(60)), clockAt(hoursLater(60))]);
    expect(await rows()).toMatchObject([{ steps: ['R117', 'R118'] }]);
  });

  test('a visit that is over without a word turns into one to ask about', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    await happens(opened.store, scope, 'r1', hoursLater(2), { type: 'accept' });
    await happens(opened.store, scope, 'r1', hoursLater(2), { type: 'schedule', appointmentId: 'a', startsAt: hoursLater(48) });
    await clockAt(hoursLater(48));
    expect(await rows()).toMatchObject([{ kind: 'confirm-visit', owner: 'kim', dueAt: hoursLater(48 + 7 * 24) }]);
  });

  test('whoever stands in for a coordinator is told, and owns what is new', async () => {
    await give('noor', ['clinician']);
    await opened.store.transaction(scope, (unit) =>
      unit.delegations.insert({
        id: 'd',
        kind: 'covers',
        delegate: { subject: 'noor', fhirUser: 'Practitioner/noor', name: 'noor' },
        clinician: { subject: 'kim', fhirUser: 'Practitioner/kim', name: 'kim' },
        reason: 'Leave',
        givenBy: 't',
        givenAt: AT,
        until: hoursLater(30),
      }),
    );
    await putInForce(opened.store, scope, 'r1', hoursLater(0.01));
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    expect(await rows()).toMatchObject([{ owner: 'noor' }]);
    await clockAt(hoursLater(26));
    const events = await opened.store.transaction(scope, (unit) => unit.events.read('r1'));
    expect(events.at(-1)?.data).toMatchObject({ rule: 'R117', to: 'noor', insteadOf: 'kim' });
    expect(await rows()).toMatchObject([{ owner: 'noor' }]);
    expect(await clockAt(hoursLater(30)), 'no event, and no step is due at that moment').toBeGreaterThan(0);
    expect(await rows()).toMatchObject([{ owner: 'kim' }]);
    await clockAt(hoursLater(50));
    expect(await rows()).toMatchObject([{ owner: 'kim', steps: ['R117', 'R118'] }]);
  });

  test('where nobody coordinates it is the clinician’s, never nobody’s', async () => {
    await give('kim', []);
    await give('lena', []);
    await putInForce(opened.store, scope, 'r1', AT);
    expect(await rows()).toMatchObject([{ kind: 'send', owner: 's' }]);
  });

  test('a newer policy holds from then on', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await opened.store.transaction(scope, async (unit) => {
      const kept = await unit.slaPolicies.inForce();
      const base = kept?.policy ?? defaultPolicy({ timeZone: 'UTC', opens: 8, closes: 17, holidays: [] });
      const levelOverrides = [
        {
          when: { specialty: 'cardiology' },
          kind: 'answer' as const,
          within: { routine: { hours: 5, clock: 'wall' as const } },
          because: 'Agreed.',
        },
      ];
      await unit.slaPolicies.add({
        policy: { ...base, version: 2, levelOverrides },
        madeBy: 'lena',
        madeByName: null,
        madeAt: AT,
        reason: 'Agreed.',
      });
    });
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    expect(await rows()).toMatchObject([{ kind: 'answer', dueAt: hoursLater(6) }]);
  });
});

test('the first policy is kept once, on the site’s own clock', async () => {
  await keepFirstPolicy(opened.store, scope, 'America/New_York', new Date(AT));
  const kept = await opened.store.transaction(scope, (unit) => unit.slaPolicies.inForce());
  expect(kept?.policy).toMatchObject({ id: 'default', version: 1, calendar: { timeZone: 'America/Chicago' } });
  expect(kept?.policy.calendar.holidays).toContain('2026-11-26');
});

describe('an order that came into force before there was an engine is taken up once its row is', () => {
  const at = new Date(hoursLater(1));
  test.each([
    ['renewed', 'update referral set fold_version = 4', () => renewProjections(opened.store, at)],
    ['rebuilt', 'update referral set fold_version = 4', () => rebuildProjections(opened.store, at)],
    ['rebuilt where it was not there', 'delete from referral', () => rebuildProjections(opened.store, at)],
  ])('%s', async (_how, before, make) => {
    await putInForce(opened.store, scope, 'r1', AT);
    await opened.store.transaction(scope, async (unit) => {
      await unit.referralTimers.set('r1', null);
      await unit.plans.insert(plan('plan-r1', { referralId: 'r1', content: { steps: [], decision: { by: 'Dr. Lee' } } }));
    });
    await opened.asOwner(`delete from obligation where tenant = '${scope.tenant}' and kind = 'send'`);
    await opened.asOwner(`${before} where tenant = '${scope.tenant}'`);
    await make();
    await clockAt(hoursLater(1));
    expect(await rows()).toMatchObject([{ kind: 'send', owner: 'kim' }]);
  });

  test('and one that has this form already is left to its own clock', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await opened.store.transaction(scope, (unit) =>
      unit.plans.insert(plan('plan-r1', { referralId: 'r1', content: { steps: [], decision: { by: 'Dr. Lee' } } })),
    );
    await opened.asOwner(`delete from obligation where tenant = '${scope.tenant}' and kind = 'send'`);
    await rebuildProjections(opened.store, at);
    await clockAt(hoursLater(1));
    expect(await rows()).toEqual([]);
  });
});

/** The store with something in the way of each transaction. */
const withUnit = (change: (unit: Unit) => Unit): Store => ({
  ...opened.store,
  transaction: (at, work) => opened.store.transaction(at, (unit) => work(change(unit))),
});

describe('the clock beside others', () => {
  test('an event that comes between its reading and its writing is not undone', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    await happens(opened.store, scope, 'r1', hoursLater(2), { type: 'accept' });
    await happens(opened.store, scope, 'r1', hoursLater(3), { type: 'schedule', appointmentId: 'a', startsAt: hoursLater(48) });
    const seen = () => happens(opened.store, scope, 'r1', hoursLater(48), { type: 'mark-seen', appointmentId: 'a' });
    let between: Promise<void> | undefined;
    const slow = withUnit((unit) => ({
      ...unit,
      events: {
        ...unit.events,
        read: async (id: string) => {
          const events = await unit.events.read(id);
          // The clock looks at other places' referrals too.
          if (unit.scope.tenant !== scope.tenant) return events;
          between ??= seen();
          await new Promise((done) => setTimeout(done, 150));
          return events;
        },
      },
    }));
    await createDueReferrals({ store: slow, now: () => new Date(hoursLater(48)), failed: (error) => expect(error).toBeUndefined() }).run();
    await between;
    expect((await rows()).map(({ kind }) => kind)).toEqual(['note']);
    await clockAt(hoursLater(49));
    expect((await rows()).map(({ kind }) => kind)).toEqual(['note']);
  });

  test('what the clock only looks at keeps its last event', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    await happens(opened.store, scope, 'r1', hoursLater(2), { type: 'accept' });
    await happens(opened.store, scope, 'r1', hoursLater(3), { type: 'schedule', appointmentId: 'a', startsAt: hoursLater(48) });
    await clockAt(hoursLater(48));
    const [open] = await opened.store.transaction(scope, (unit) => unit.obligations.openOf('r1'));
    expect(open?.content).toMatchObject({ lastEvent: { type: 'appointment-booked' } });
  });

  test('one that cannot be looked at holds up none of the others', async () => {
    await putInForce(opened.store, scope, 'r1', AT);
    await happens(opened.store, scope, 'r1', hoursLater(1), send);
    await opened.asOwner(
      `insert into referral_timer (tenant, issuer, site, referral_id, look_at)
       select '${scope.tenant}', '${scope.issuer}', 'x', 'broken-' || number, '${AT}' from generate_series(1, 250) as number`,
    );
    const failures: unknown[] = [];
    const failing = withUnit((unit) => ({
      ...unit,
      events: {
        ...unit.events,
        read: (id: string) => (id.startsWith('broken') ? Promise.reject(new Error('broken')) : unit.events.read(id)),
      },
    }));
    await createDueReferrals({ store: failing, now: () => new Date(hoursLater(25)), failed: (error) => failures.push(error) }).run();
    expect(failures).toHaveLength(250);
    expect(await rows()).toMatchObject([{ steps: ['R117'] }]);
  });
});

test('what is about the whole order stands with each of its open steps, and reaches its clinician', async () => {
  await putInForce(opened.store, scope, 'r1', AT);
  await happens(opened.store, scope, 'r1', hoursLater(1), send);
  await happens(opened.store, scope, 'r1', hoursLater(2), { type: 'accept' });
  await happens(opened.store, scope, 'r1', hoursLater(3), { type: 'schedule', appointmentId: 'a', startsAt: hoursLater(24 * 90) });
  await clockAt(hoursLater(24 * 31));
  expect(await rows()).toMatchObject([{ kind: 'visit', escalatedTo: 's', steps: ['R121'] }]);
});

test('a coordinator whose role is taken away leaves nothing lying: it is the next one’s at once', async () => {
  await putInForce(opened.store, scope, 'r1', AT);
  expect(await rows()).toMatchObject([{ owner: 'kim' }]);
  await give('kim', []);
  await give('noor', ['coordinator']);
  await opened.store.transaction(scope, (unit) => unit.referralTimers.wake({ subject: 'kim', at: hoursLater(0.5) }));
  await clockAt(hoursLater(0.5));
  expect(await rows()).toMatchObject([{ owner: 'noor' }]);
});
