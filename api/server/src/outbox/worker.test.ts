/** The worker between the outbox and two counterparts: one that knows what it has taken, and one that takes whatever comes. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anyHandler, type Handler, type Looked, type Message, type Sent } from '../channels/handler.ts';
import { type Counterpart, handlerContract } from '../channels/test-handler-contract.ts';
import type { DecideEffect, Thread } from '../client/thread.ts';
import { createEffectDecisionService } from '../services/effect-decisions.ts';
import { createDueReferrals } from '../services/engine/due-referrals.ts';
import { keepFirstPolicy } from '../services/engine/policy-in-force.ts';
import { PATIENT, putInForce } from '../services/engine/test-in-force.ts';
import { lookAgain } from '../services/referral-log.ts';
import { createWorklistService } from '../services/worklist.ts';
import type { Session } from '../sessions/session.ts';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import type { EffectObligationContent } from './effect-obligation.ts';
import { MOST_TRIES, waitAfter } from './retry.ts';
import { createOutboxWorker } from './worker.ts';

const Letter = z.object({ letter: z.string() });
type Letter = z.infer<typeof Letter>;

/** Keeps what it takes in memory; with a key it takes each once. */
function letterbox(repeatable: boolean): Counterpart<Letter> {
  const taken: { id: string; letter: string }[] = [];
  let isAway = false;
  let loses = false;
  const take = (id: string, letter: string): void => {
    if (!repeatable || !taken.some((each) => each.id === id)) taken.push({ id, letter });
  };
  const handler: Handler<Letter> = {
    kind: repeatable ? 'registered-letter' : 'letter',
    what: 'The letter to the office',
    repeatable,
    content: Letter,
    mayNotLeave: ({ order }) => (order.status === 'active' ? undefined : 'The order is not in force.'),
    send: async ({ id, content: { letter } }) => {
      if (isAway) return { kind: 'refused', detail: 'The letterbox is away.', final: false };
      take(id, letter);
      if (!loses) return { kind: 'done', receipt: id };
      loses = false;
      throw new Error('broken');
    },
  };
  return {
    handler,
    afterTheEnd: 'left-out',
    content: (referralId, key) => ({ letter: `${referralId} ${key}` }),
    happened: (referralId, key) => taken.filter(({ letter }) => letter === `${referralId} ${key}`).length,
    away: (to) => void (isAway = to),
    loseNextAnswer: () => void (loses = true),
  };
}

handlerContract('a counterpart that honours our key', async () => letterbox(true));
handlerContract('a counterpart that honours none', async () => letterbox(false));

describe('waits', () => {
  test('grow to an hour, differ by up to a fifth, and are about a day together', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map((tries) => waitAfter(tries, 0.5) / 1000)).toEqual([10, 40, 160, 640, 2560, 3600, 3600]);
    expect([waitAfter(1, 0), waitAfter(1, 1)]).toEqual([8000, 12_000]);
    const all = Array.from({ length: MOST_TRIES - 1 }, (_, index) => waitAfter(index + 1, 0.5)).reduce((sum, each) => sum + each, 0);
    expect(all / 3_600_000).toBeGreaterThan(20);
    expect(all / 3_600_000).toBeLessThan(28);
  });
});

describe('the worker', () => {
  const AT = '2026-11-16T16:00:00.000Z';
  const GRANT = { grantedBy: 't', grantedAt: AT, reason: 't' };
  const failing = (error: unknown): never => {
    throw error;
  };
  let opened: TestStore;
  let scope: Scope;
  let clock = Date.parse(AT);
  let number = 0;

  beforeAll(async () => {
    opened = await openTestStore();
  });
  afterAll(() => opened.close());
  beforeEach(async () => {
    clock = Date.parse(AT) + 60_000;
    scope = { tenant: `tenant-${(number += 1)}`, issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
    await opened.store.enrol(scope);
    await keepFirstPolicy(opened.store, scope, 'America/Chicago', new Date(AT));
    await opened.store.transaction(scope, (unit) =>
      unit.grants.put({ ...GRANT, subject: 'kim', fhirUser: 'Practitioner/kim', name: 'Kim', roles: ['coordinator'] }),
    );
    await putInForce(opened.store, scope, 'r1', AT);
  });

  const now = (): Date => new Date(clock);
  const worker = (send: Handler<Letter>['send'], more: Partial<Handler<Letter>> = {}, failures: unknown[] = []) =>
    createOutboxWorker({
      store: { ...opened.store, scopes: async () => [scope] },
      handlers: [anyHandler({ ...letterbox(false).handler, kind: 'letter', ...more, send })],
      holder: `w${(number += 1)}`,
      version: '1',
      now,
      random: () => 0.5,
      failed: (error) => failures.push(error),
      pause: async () => undefined,
    });
  const add = (key: string, more: { lane?: string; place?: number } = {}) =>
    opened.store.transaction(scope, (unit) =>
      unit.outbox.add({ referralId: 'r1', kind: 'letter', key, askedAt: AT, dueAt: AT, content: { letter: key }, ...more }),
    );
  const rows = () =>
    opened.store.transaction(scope, async (unit) =>
      (await unit.obligations.list({ status: 'open' })).filter(({ kind }) => kind === 'perhaps-sent' || kind === 'not-sent'),
    );

  const effects = () => opened.store.transaction(scope, (unit) => unit.outbox.ofReferral('r1'));

  test('what has its hours leaves within them, also when it is tried again, and nothing but the wait is put on record', async () => {
    const sent: string[] = [];
    const opens = Date.parse(AT) + 10 * 3_600_000;
    const runs = worker(
      async ({ key }) => {
        sent.push(key);
        return { kind: 'unknown', detail: 'No answer came.' };
      },
      { repeatable: true, notBefore: (_content, at) => (Date.parse(at) < opens ? new Date(opens).toISOString() : at) },
    );
    await add('by-day');
    await runs.run();
    expect([sent, (await effects()).map(({ standing, dueAt }) => [standing.status, dueAt])]).toEqual([
      [],
      [['waiting', new Date(opens).toISOString()]],
    ]);
    clock = opens;
    await runs.run();
    expect(sent).toEqual(['by-day']);
    // It is evening again: what may have left is not sent or looked for before the morning.
    clock = opens + 60_000;
    const night = worker(async ({ key }) => ({ kind: 'done', receipt: key }), {
      repeatable: true,
      notBefore: () => new Date(opens + 86_400_000).toISOString(),
    });
    await night.run();
    expect((await effects()).map(({ standing, dueAt, tries }) => [standing.status, dueAt, tries])).toEqual([
      ['unknown', new Date(opens + 86_400_000).toISOString(), 1],
    ]);
  });

  test('a doubt lies with the coordinator by name, says what and about whom, and has a deadline', async () => {
    await add('a');
    await worker(async () => ({ kind: 'unknown', detail: 'The line broke.' })).run();
    const [row] = await rows();
    expect(row).toMatchObject({ kind: 'perhaps-sent', owner: 'kim', raisedBy: 's', referralId: 'r1' });
    expect((row?.dueAt ?? '') > now().toISOString()).toBe(true);
    expect(row?.content as EffectObligationContent).toMatchObject({
      patientName: PATIENT,
      performerName: expect.stringMatching(/.+/),
      waitingOn: 'coordinator',
      detail: 'The letter to the office was perhaps sent: no answer came. Find out, and say whether it was. The line broke.',
    });
  });

  test('a counterpart that says nothing is waited for so long and no longer', async () => {
    const id = await add('a');
    let aborted = false;
    const silent: Handler<Letter>['send'] = (_message, { signal }) =>
      new Promise<Sent>(() => signal.addEventListener('abort', () => (aborted = true)));
    await worker(silent, { timeoutMs: 20 }).run();
    const effect = await opened.store.transaction(scope, (unit) => unit.outbox.get(id));
    expect([aborted, effect?.standing]).toEqual([true, { status: 'unknown', detail: 'No answer came in time.' }]);
  });

  test('what is refused for good is tried once; what is refused for now comes again', async () => {
    const tries: string[] = [];
    const refuses = (final: boolean) => worker(async ({ key }) => (tries.push(key), { kind: 'refused', detail: 'No.', final }));
    await add('for-good');
    await refuses(true).run();
    await add('for-now');
    await refuses(false).run();
    clock += 11_000;
    await refuses(false).run();
    expect([tries, (await rows()).map(({ kind }) => kind)]).toEqual([['for-good', 'for-now', 'for-now'], ['not-sent']]);
  });

  test('what may have left is still in doubt when the next try is refused for now, and a person is told where it must not be asked for again', async () => {
    await add('a');
    let mayLeave = true;
    const more: Partial<Handler<Letter>> = { repeatable: true, mayNotLeave: () => (mayLeave ? undefined : 'Nobody wants it now.') };
    await worker(async () => ({ kind: 'unknown', detail: 'The line broke.' }), more).run();
    clock += 11_000;
    await worker(async () => ({ kind: 'refused', detail: 'Too many.', final: false }), more).run();
    expect((await effects()).map(({ standing, dueAt }) => [standing, dueAt !== null])).toEqual([
      [{ status: 'unknown', detail: 'The line broke.' }, true],
    ]);
    clock += 41_000;
    mayLeave = false;
    await worker(async () => ({ kind: 'done', receipt: 'x' }), more).run();
    expect((await effects()).map(({ standing, dueAt }) => [standing, dueAt])).toEqual([
      [{ status: 'unknown', detail: 'Nobody wants it now.' }, null],
    ]);
    expect((await rows()).map(({ kind }) => kind)).toEqual(['perhaps-sent']);
  });

  test('a final refusal leaves the try before it in doubt, unless it says what became of the whole', async () => {
    const refused = (settles: boolean): Sent => ({ kind: 'refused', detail: 'No.', final: true, ...(settles ? { settles } : {}) });
    for (const settles of [false, true]) {
      await add(`settles ${settles}`);
      await worker(async () => ({ kind: 'unknown', detail: 'The line broke.' }), { repeatable: true }).run();
      clock += 11_000;
      await worker(async () => refused(settles), { repeatable: true }).run();
    }
    expect(Object.fromEntries((await effects()).map(({ key, standing }) => [key, standing.status]))).toEqual({
      'settles false': 'unknown',
      'settles true': 'failed',
    });
    expect((await rows()).map(({ kind }) => kind).toSorted()).toEqual(['not-sent', 'perhaps-sent']);
  });

  test('what the other end was looked through for and does not hold is in doubt no more', async () => {
    await add('a');
    const more: Partial<Handler<Letter>> = { repeatable: true, look: async () => ({ kind: 'absent' }) };
    await worker(async () => ({ kind: 'unknown', detail: 'The line broke.' }), more).run();
    clock += 11_000;
    await worker(async () => ({ kind: 'refused', detail: 'Too many.', final: false }), more).run();
    expect((await effects()).map(({ standing }) => standing)).toEqual([{ status: 'waiting' }]);
  });

  test('what may still arrive is looked for again at the moment at which that is over, which is no try and leaves the time of the sending', async () => {
    await add('a');
    const sentAt: (string | null)[] = [];
    let looked: Looked = { kind: 'too-early', milliseconds: 49_000, detail: 'It may still arrive.' };
    let sendings = 0;
    const send = async (): Promise<Sent> =>
      (sendings += 1) === 1 ? { kind: 'unknown', detail: 'The line broke.' } : { kind: 'done', receipt: 'x' };
    const look = async ({ triedAt }: Message<Letter>): Promise<Looked> => {
      sentAt.push(triedAt);
      return looked;
    };
    const run = () => worker(send, { repeatable: true, look }).run();
    await run();
    const [sent] = await effects();
    clock += 11_000;
    await run();
    expect((await effects())[0]).toMatchObject({ tries: 1, since: sent?.since, dueAt: new Date(clock + 49_000).toISOString() });
    looked = { kind: 'absent' };
    clock += 48_000;
    await run();
    expect(sentAt).toHaveLength(1);
    clock += 1000;
    await run();
    expect([sentAt, sendings]).toEqual([[sent?.since, sent?.since], 2]);
    expect((await effects())[0]).toMatchObject({ tries: 2, standing: { status: 'done' } });
  });

  test('what is too early over and over, as where the clock is set each minute, ends with a person all the same', async () => {
    await add('a');
    const look = async (): Promise<Looked> => ({ kind: 'too-early', milliseconds: 60_000, detail: 'It may still arrive.' });
    const runs = worker(async () => ({ kind: 'unknown', detail: 'The line broke.' }), { repeatable: true, look });
    for (let turn = 0; turn < 200; turn += 1) {
      await runs.run();
      clock = Math.max(clock, Date.parse((await effects())[0]?.dueAt ?? now().toISOString()));
    }
    expect((await effects())[0]).toMatchObject({ tries: MOST_TRIES, dueAt: null, standing: { status: 'unknown' } });
    expect((await rows()).map(({ kind }) => kind)).toEqual(['perhaps-sent']);
  });

  test('what seems to have been sent later than now is looked for as what is unclear: the clock has been set back', async () => {
    await add('a');
    const ahead = new Date(clock + 7_200_000).toISOString();
    await opened.store.transaction(scope, async ({ outbox }) => {
      const leased = { now: now().toISOString(), machineTime: AT, until: new Date(Date.parse(AT) + 1000).toISOString() };
      const [claimed] = await outbox.claim({ kinds: ['letter'], holder: 'ended', limit: 1, ...leased });
      expect(await outbox.begin(claimed?.id ?? '', 'ended', ahead, AT)).toBe(true);
    });
    const look = async (): Promise<Looked> => ({ kind: 'too-early', milliseconds: 7_260_000, detail: 'It may still arrive.' });
    await worker(async () => ({ kind: 'done', receipt: 'x' }), { repeatable: true, look }).run();
    expect((await effects())[0]).toMatchObject({ tries: 2, since: now().toISOString(), dueAt: new Date(clock + 40_000).toISOString() });
  });

  test.each([
    ['there', { kind: 'done', receipt: 'x' }, ['last', 'next'], []],
    ['not there', { kind: 'absent' }, ['last', 'next'], ['not-sent']],
    ['perhaps there', { kind: 'unclear', detail: 'The line is dead.' }, ['last', 'next'], ['perhaps-sent']],
  ] as const)(
    'the last try that nobody answered is looked for before what follows it leaves, and a person is told: %s',
    async (_, looked, all, told) => {
      const last = await add('last', { lane: 'l', place: 1 });
      await add('next', { lane: 'l', place: 2 });
      const sent: string[] = [];
      const more: Partial<Handler<Letter>> = { repeatable: true, look: async () => looked };
      const refuses = worker(async () => ({ kind: 'refused', detail: 'Too many.', final: false }), more);
      for (let tries = 1; tries < MOST_TRIES; tries += 1) {
        await refuses.run();
        clock += 2 * 3_600_000;
      }
      await worker(async ({ key }) => (sent.push(key), { kind: 'unknown', detail: 'The line broke.' }), more).run();
      expect([sent, (await rows()).map(({ kind }) => kind)]).toEqual([['last'], []]);
      expect((await effects()).find(({ id }) => id === last)).toMatchObject({ tries: MOST_TRIES, standing: { status: 'unknown' } });
      clock += 2 * 3_600_000;
      await worker(async ({ key }) => (sent.push(key), { kind: 'done', receipt: 'x' }), more).run();
      expect([sent, (await rows()).map(({ kind }) => kind)]).toEqual([all, told]);
    },
  );

  test('what follows is put on record with the outcome, and once', async () => {
    await add('a');
    const follows: Handler<Letter>['follows'] = (message, outcome, at) =>
      outcome.kind === 'done' ? { kind: 'received', attempt: 1, at, key: `letter/${message.id}` } : undefined;
    await worker(async () => ({ kind: 'done', receipt: 'x' }), { follows }).run();
    const events = await opened.store.transaction(scope, (unit) => unit.events.read('r1'));
    const received = events.filter(({ type }) => type === 'attempt-received');
    expect(received.map(({ actor }) => actor)).toEqual([{ kind: 'software', name: 'refloop-outbox', version: '1' }]);
  });

  test('effects of one lane leave in order, also within one run', async () => {
    const sent: string[] = [];
    await add('second', { lane: 'l', place: 2 });
    await add('first', { lane: 'l', place: 1 });
    await worker(async ({ key }) => (sent.push(key), { kind: 'done', receipt: 'x' })).run();
    expect(sent).toEqual(['first', 'second']);
  });

  test('a person says what became of a doubt, once: it was sent, or it leaves again', async () => {
    const effects = createEffectDecisionService({
      store: opened.store,
      newId: () => `again-${clock}`,
      publicUrl: 'https://refloop.example.org',
    });
    const session = { scope, subject: 'kim', fhirUser: 'Practitioner/kim', name: 'Kim', roles: ['coordinator'] } as unknown as Session;
    const came = `1-${now().toISOString()}`;
    const decide = (effectId: string, decision: DecideEffect['decision']) =>
      effects.decide(session, 'r1', { effectId, doubt: `effect-${effectId}-${came}`, decision }, now()).then(
        (thread) => ('effects' in thread ? thread.effects : []),
        (error: unknown) => (error as Error).constructor.name,
      );
    const sent: string[] = [];
    const doubts = worker(async ({ key }) => (sent.push(key), { kind: 'unknown', detail: 'The line broke.' }));
    const [first, second] = [await add('first'), await add('second')];
    await doubts.run();
    expect(await decide(first, 'let-go')).toBe('Refused');
    expect(await decide(first, 'was-sent')).toEqual([
      { effectId: second, doubt: `effect-${second}-${came}`, decisions: ['was-sent', 'send-again'] },
    ]);
    expect(await decide(first, 'send-again')).toBe('Refused');
    expect(await decide(second, 'send-again')).toEqual([]);
    await doubts.run();
    // Pressed twice, or heard late: it was decided of the doubt before.
    expect(await decide(second, 'send-again')).toBe('Refused');
    await doubts.run();
    expect([sent.toSorted(), (await rows()).length]).toEqual([['first', 'second', 'second'], 1]);
  });

  test('what comes to nothing twice before it is tried is told twice, and decided of each time', async () => {
    const effects = createEffectDecisionService({
      store: opened.store,
      newId: () => `again-${clock}`,
      publicUrl: 'https://refloop.example.org',
    });
    const session = { scope, subject: 'kim', fhirUser: 'Practitioner/kim', name: 'Kim', roles: ['coordinator'] } as unknown as Session;
    const stops = worker(async () => ({ kind: 'done', receipt: 'x' }), { mayNotLeave: () => 'Not now.', isOwed: () => true });
    const effectId = await add('first');
    const told: string[] = [];
    for (let times = 0; times < 2; times += 1) {
      await stops.run();
      const doubt = (await rows())[0]?.id ?? '';
      told.push(doubt);
      clock += 60_000;
      expect(await effects.decide(session, 'r1', { effectId, doubt, decision: 'send-again' }, now())).toMatchObject({ effects: [] });
    }
    expect(new Set(told).size).toBe(2);
  });

  test('what would certainly be refused again is not offered to be sent again', async () => {
    const session = { scope, subject: 'kim', fhirUser: 'Practitioner/kim', name: 'Kim', roles: ['coordinator'] } as unknown as Session;
    const effectId = await add('over');
    await worker(async () => ({ kind: 'refused', detail: 'It is over there.', final: true, byPersonOnly: true })).run();
    const [row] = await rows();
    const thread = (await createWorklistService({ store: opened.store }).thread(session, 'r1', now())) as Thread;
    expect(thread.effects).toEqual([{ effectId, doubt: row?.id, decisions: ['let-go'] }]);
  });

  test('a doubt goes along with the referral: to whom it is given, to who stands in for them, and back when that is over', async () => {
    const session = { scope, subject: 'kim', fhirUser: 'Practitioner/kim', name: 'Kim', roles: ['coordinator'] } as unknown as Session;
    await add('a');
    await worker(async () => ({ kind: 'unknown', detail: 'The line broke.' })).run();
    const [before] = await rows();
    const at = now().toISOString();
    await opened.store.transaction(scope, async ({ grants }) => {
      for (const subject of ['lee', 'max'])
        await grants.put({ ...GRANT, subject, fhirUser: `Practitioner/${subject}`, name: subject, roles: ['coordinator'] });
    });
    const worklist = createWorklistService({ store: opened.store });
    await worklist.assign(session, { referralIds: ['r1'], to: 'lee' }, now());
    expect(await rows()).toEqual([{ ...before, owner: 'lee' }]);

    // Over, so that nothing else is owed which would be looked at again.
    const lee = { subject: 'lee', fhirUser: 'Practitioner/lee', name: 'lee' };
    const asLee = { ...session, ...lee };
    const { sequence } = (await worklist.thread(asLee, 'r1', now())) as Thread;
    const what = { act: 'ended', how: 'cancelled', reason: 'No more' } as const;
    expect(await worklist.act(asLee, 'r1', { key: 'press-0123', sequence, what }, now())).toMatchObject({ status: 'cancelled' });

    const until = new Date(clock + 3_600_000).toISOString();
    await opened.store.transaction(scope, async (unit) => {
      await unit.delegations.insert({
        id: `cover-${scope.tenant}`,
        kind: 'covers',
        clinician: lee,
        delegate: { subject: 'max', fhirUser: 'Practitioner/max', name: 'max' },
        givenBy: 'admin',
        givenAt: at,
        until,
        reason: 't',
      });
      await lookAgain(unit, 'r1', at);
    });
    expect((await rows()).map(({ owner }) => owner)).toEqual(['max']);
    clock = Date.parse(until);
    await createDueReferrals({ store: { ...opened.store, scopes: async () => [scope] }, now, failed: failing }).run();
    expect((await rows()).map(({ owner }) => owner)).toEqual(['lee']);
  });

  test('a handler that may take longer than the lease is not taken into service', () => {
    expect(() => worker(async () => ({ kind: 'done', receipt: 'x' }), { timeoutMs: 200_000 })).toThrow('longer than the lease');
  });
});
