/**
 * For tests: what every handler must do, against a real counterpart. Whatever breaks, and at whatever moment this process dies, a repeatable
 * effect happens once in the end, and any other once at most, with a person who is told of each doubt.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EFFECT_OBLIGATIONS } from '../outbox/effect-trouble.ts';
import { createOutboxWorker } from '../outbox/worker.ts';
import { keepFirstPolicy } from '../services/engine/policy-in-force.ts';
import { CLINICIAN, putInForce } from '../services/engine/test-in-force.ts';
import { applyDecision } from '../services/referral-log.ts';
import type { StoredEffect } from '../store/outbox.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { anyHandler, type Handler } from './handler.ts';

/** A Monday, ten in the morning in Chicago. */
const AT = '2026-11-16T16:00:00.000Z';

export type Counterpart<Content> = {
  handler: Handler<Content>;
  /** What becomes of it once the order is over; told by whoever writes the test, not asked of the handler. */
  afterTheEnd: 'leaves' | 'left-out';
  /** What is to be sent for this referral; `key` of the effect. */
  content: (referralId: string, key: string) => Content;
  /** How often what was asked for happened there. */
  happened: (referralId: string, key: string) => Promise<number> | number;
  /** From now on nothing reaches it, or everything does again. */
  away: (isAway: boolean) => Promise<void> | void;
  /** What it takes next it takes, and its answer is lost; undefined where its protocol does not let that happen. */
  loseNextAnswer: (() => Promise<void> | void) | undefined;
  /** Where the counterpart has to know of the referral before anything is sent. */
  prepare?: (store: Store, scope: Scope, referralId: string) => Promise<void>;
  close?: () => Promise<void>;
};

/** What a process that dies between two of its transactions leaves behind. */
class Died extends Error {}

function dying(store: Store, atTransaction: number): Store {
  let begun = 0;
  const dead = (): boolean => begun >= atTransaction;
  return {
    ...store,
    transaction: async (scope, work) => {
      begun += 1;
      if (dead()) throw new Died('The process is gone.');
      return store.transaction(scope, work);
    },
  };
}

/** Of a run with one effect: it is taken, begins, and is recorded. */
const BEFORE_BEGUN = 2;
const BEFORE_RECORDED = 3;

/** @param open with the clock of the test @param issuer of the scope, where the counterpart is an EHR */
export function handlerContract<Content>(name: string, open: (now: () => Date) => Promise<Counterpart<Content>>, issuer?: string): void {
  describe(`the contract of handlers: ${name}`, () => {
    let opened: TestStore;
    let counterpart: Counterpart<Content>;
    let scope: Scope;
    let clock: number;
    let number = 0;
    let referralId: string;
    const failures: unknown[] = [];

    beforeAll(async () => {
      opened = await openTestStore();
      counterpart = await open(now);
    });
    afterAll(async () => {
      await counterpart.close?.();
      await opened.close();
    });
    beforeEach(async () => {
      number += 1;
      clock = Date.parse(AT);
      referralId = `r${number}`;
      failures.length = 0;
      await counterpart.away(false);
      scope = { tenant: `tenant-${number}`, issuer: issuer ?? 'https://ehr.example.org/fhir', site: 'North clinic' };
      await opened.store.enrol(scope);
      await keepFirstPolicy(opened.store, scope, 'America/Chicago', new Date(AT));
      await putInForce(opened.store, scope, referralId, AT);
      await counterpart.prepare?.(opened.store, scope, referralId);
      clock += 60_000;
    });

    const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => opened.store.transaction(scope, work);
    const now = (): Date => new Date(clock);
    const later = (minutes: number): void => void (clock += minutes * 60_000);

    const ask = (key = 'one'): Promise<string> =>
      inScope((unit) =>
        unit.outbox.add({
          referralId,
          kind: counterpart.handler.kind,
          key: `${referralId}/${key}`,
          askedAt: now().toISOString(),
          dueAt: now().toISOString(),
          content: counterpart.content(referralId, key),
        }),
      );
    const run = (store: Store = opened.store): Promise<unknown> =>
      createOutboxWorker({
        // No other scope's rows, so that a process dies at the transaction it is told to.
        store: { ...store, scopes: async () => [scope] },
        handlers: [anyHandler(counterpart.handler)],
        holder: `worker-${(number += 1)}`,
        version: 'test',
        now,
        random: () => 0.5,
        failed: (error) => failures.push(error),
        pause: async () => undefined,
      }).run();
    /** Until it is over, or a person has it. */
    const runOn = async (): Promise<void> => {
      for (let times = 0; times < 3; times += 1) {
        await run();
        later(90);
      }
    };
    const read = async (id: string): Promise<StoredEffect> => {
      const effect = await inScope((unit) => unit.outbox.get(id));
      if (!effect) throw new Error('There is no such effect.');
      return effect;
    };
    const happened = (key = 'one') => counterpart.happened(referralId, key);
    const onWorklist = (): Promise<string[]> =>
      inScope(async (unit) =>
        (await unit.obligations.list({ status: 'open', referralId }))
          .map(({ kind }) => kind)
          .filter((kind) => EFFECT_OBLIGATIONS.includes(kind)),
      );
    const told = (): string[] => [...new Set(failures.map((error) => (error instanceof Died ? 'died' : String(error))))];

    test('it happens once, the receipt is kept, and asked for again it does not happen again', async () => {
      const id = await ask();
      await run();
      expect(await read(id)).toMatchObject({ standing: { status: 'done' }, dueAt: null, tries: 1, lease: null });
      await ask();
      later(10);
      await run();
      expect([await happened(), await onWorklist(), told()]).toEqual([1, [], []]);
    });

    test('dead before its beginning was on record: nothing has left, and the next to look sends it', async () => {
      const id = await ask();
      await run(dying(opened.store, BEFORE_BEGUN));
      expect([await happened(), (await read(id)).standing.status, told()]).toEqual([0, 'waiting', ['died']]);
      later(90);
      await run();
      expect([await happened(), (await read(id)).standing.status, await onWorklist()]).toEqual([1, 'done', []]);
    });

    test('dead after it was sent and before that was on record: never twice', async () => {
      const id = await ask();
      await run(dying(opened.store, BEFORE_RECORDED));
      expect([await happened(), (await read(id)).standing.status, told()]).toEqual([1, 'begun', ['died']]);
      later(90);
      await runOn();
      expect(await happened()).toBe(1);
      const { standing } = await read(id);
      if (counterpart.handler.repeatable) expect([standing.status, await onWorklist()]).toEqual(['done', []]);
      else expect([standing.status, await onWorklist()]).toEqual(['unknown', ['perhaps-sent']]);
    });

    test('an answer that is lost: never twice', async () => {
      if (!counterpart.loseNextAnswer) return;
      const id = await ask();
      await counterpart.loseNextAnswer();
      await run();
      expect([await happened(), (await read(id)).standing.status]).toEqual([1, 'unknown']);
      await runOn();
      expect(await happened()).toBe(1);
      const { standing } = await read(id);
      if (counterpart.handler.repeatable) expect([standing.status, await onWorklist()]).toEqual(['done', []]);
      else expect([standing.status, await onWorklist()]).toEqual(['unknown', ['perhaps-sent']]);
    });

    test('away: nothing happens meanwhile, and once it is back it happens once', async () => {
      const id = await ask();
      await counterpart.away(true);
      await run();
      const { standing, dueAt } = await read(id);
      expect([await happened(), standing.status === 'done', (dueAt ?? '') > now().toISOString(), await onWorklist()]).toEqual([
        0,
        false,
        true,
        [],
      ]);
      await counterpart.away(false);
      await runOn();
      expect([await happened(), (await read(id)).standing.status, await onWorklist()]).toEqual([1, 'done', []]);
    });

    test('away for good: tried for so long and no longer, then it is a person’s', async () => {
      const id = await ask();
      await counterpart.away(true);
      for (let times = 0; times < 40 && (await read(id)).dueAt !== null; times += 1) {
        await run();
        later(90);
      }
      const { standing, dueAt, tries } = await read(id);
      expect([dueAt, tries > 3, ['failed', 'unknown'].includes(standing.status), (await onWorklist()).length]).toEqual([
        null,
        true,
        true,
        1,
      ]);
      expect(await happened()).toBe(0);
    });

    test('an order that is over lets leave what is still owed, and nothing else', async () => {
      const id = await ask();
      const reason = { how: 'cancelled', reason: 'Not needed any more' } as const;
      const fact = { type: 'order-ended', version: 1, ...reason } as const;
      await inScope((unit) =>
        applyDecision(unit, referralId, CLINICIAN, now().toISOString(), () => ({
          ok: true,
          value: [{ effectiveAt: now().toISOString(), factKey: null, fact }],
        })),
      );
      await run();
      const expected = { leaves: [1, 'done'], 'left-out': [0, 'left-out'] }[counterpart.afterTheEnd];
      expect([await happened(), (await read(id)).standing.status]).toEqual(expected);
    });

    test('what this version cannot read is not sent, and a person is told', async () => {
      const id = await inScope((unit) =>
        unit.outbox.add({
          referralId,
          kind: counterpart.handler.kind,
          key: `${referralId}/one`,
          askedAt: AT,
          dueAt: AT,
          content: { written: 'otherwise' },
        }),
      );
      await run();
      expect([await happened(), (await read(id)).standing.status, await onWorklist()]).toEqual([0, 'failed', ['not-sent']]);
    });
  });
}
