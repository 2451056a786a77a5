/**
 * Carries out what is due of the outbox: takes it under a lease, puts on record that it begins, sends it outside any transaction, and puts on
 * record what came of it, with the event and the obligation that follow, in one transaction.
 *
 * What happens when this process dies, by when: before the beginning is on record nothing has left, and the next to look sends it. After
 * that it is found begun with its lease over: it may have left. A repeatable kind is looked for or sent again under the same id; any other
 * becomes a person's to find out.
 */
import type { AgeGroup } from '@refloop/domain/patient/proxy';
import { observe } from '@refloop/domain/referral/observe';
import type { Referral } from '@refloop/domain/referral/referral';
import { unreachable } from '@refloop/domain/result';
import { calendarFor } from '@refloop/domain/sla/policy';
import { type AnyHandler, type Looked, type OpenedMessage, type Sent, type Settled, TOO_LATE } from '../channels/handler.ts';
import { policyIn } from '../services/engine/policy-in-force.ts';
import { ageGroupOf, dayOn } from '../services/patient/patient-facts.ts';
import { applyDecision, lookAgain, readReferral, withRetry } from '../services/referral-log.ts';
import type { EffectStanding, StoredEffect } from '../store/outbox.ts';
import type { PatientContact } from '../store/patient-contacts.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { StoreUnavailable } from '../store/unavailable.ts';
import { raiseEffectObligation } from './effect-obligation.ts';
import { NOT_SENT, PERHAPS_SENT } from './effect-trouble.ts';
import { takeBackLate } from './report-effects.ts';
import { MOST_TRIES, waitAfter } from './retry.ts';

export type OutboxDeps = {
  store: Store;
  handlers: readonly AnyHandler[];
  /** Of this process, among all that share the store. */
  holder: string;
  version: string;
  now: () => Date;
  /** By which leases end; `now` unless told. */
  machineTime?: () => Date;
  /** From 0 up to 1. */
  random: () => number;
  /** Told of an effect that could not be taken a step further, by its error alone; the next run takes it up again. */
  failed: (error: unknown) => void;
  pause: (milliseconds: number) => Promise<void>;
  /** Ends a call that takes longer; by the machine's own clock unless told. */
  patience?: (milliseconds: number) => AbortSignal;
};

/** How many effects this run took as far as they go for now. */
export type OutboxRun = { carried: number };

const NAME = 'refloop-outbox';
const AT_ONCE = 8;
/** Beyond what the slowest handler may take for a look and a sending, so that a lease is over only where its holder is. */
const LEASE_MS = 5 * 60_000;

/** Within the lease. */
const MOST_PAUSES = 60;
const PAUSE_MS = 1000;

/** So long after a sending a look that is too early is no try. */
const MOST_EARLY_MS = 5 * 60_000;

const RESTARTED = 'Refloop was ended while it was being sent.';
const NOT_THERE = 'Nobody answered to the last try. It was looked for, and has not happened.';
const UNREADABLE = 'It was written by another version of Refloop, and this one cannot read it.';

/** The counterpart's answer within its time; whatever goes wrong on the way says nothing about what happened there. */
async function within<Answer>(signal: AbortSignal, ask: (call: { signal: AbortSignal }) => Promise<Answer>): Promise<Answer | 'silent'> {
  const silence = new Promise<'silent'>((done) => signal.addEventListener('abort', () => done('silent'), { once: true }));
  return Promise.race([ask({ signal }), silence]);
}

const doubtOf = ({ standing }: StoredEffect): Extract<EffectStanding, { status: 'unknown' }> => ({
  status: 'unknown',
  detail: standing.status === 'unknown' ? standing.detail : RESTARTED,
});

const isInDoubt = ({ standing }: StoredEffect): boolean => standing.status === 'unknown' || standing.status === 'begun';

/** What may have left already is called neither left out nor failed. */
const notBegun = (effect: StoredEffect, status: 'left-out' | 'failed', detail: string): Next =>
  isInDoubt(effect) ? { standing: { status: 'unknown', detail }, dueAt: null } : { standing: { status, detail }, dueAt: null };

/** `since`: it stands so since then and not since now. `byPersonOnly`: to send it again is of no use. */
type Next = { standing: EffectStanding; dueAt: string | null; since?: string; byPersonOnly?: true };

export function createOutboxWorker(deps: OutboxDeps): { run: () => Promise<OutboxRun> } {
  const handlers = new Map(deps.handlers.map((handler) => [handler.kind, handler]));
  const kinds = [...handlers.keys()];
  const slow = deps.handlers.find(({ timeoutMs }) => 2 * timeoutMs + MOST_PAUSES * PAUSE_MS >= LEASE_MS);
  if (slow) throw new Error(`The handler of ${slow.kind} may take longer than the lease of an effect.`);
  const patience = deps.patience ?? ((milliseconds: number) => AbortSignal.timeout(milliseconds));
  const at = (): string => deps.now().toISOString();
  const { machineTime = deps.now } = deps;
  const leased = (): string => machineTime().toISOString();
  const actor = { kind: 'software' as const, name: NAME, version: deps.version };
  const inScope = <Value>(scope: Scope, work: (unit: Unit) => Promise<Value>): Promise<Value> =>
    withRetry(() => deps.store.transaction(scope, work));
  const later = (tries: number): string => new Date(deps.now().getTime() + waitAfter(tries, deps.random())).toISOString();

  /** A database that is away for a moment must not make a doubt of what is known. Done twice it is recorded once. */
  async function patiently(work: () => Promise<void>): Promise<void> {
    for (let left = MOST_PAUSES; ; left -= 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || left === 0) throw error;
        await deps.pause(PAUSE_MS);
      }
    }
  }

  /** On record with what follows from it. Nothing where somebody else holds it by now: they put on record what they find. */
  const record = (scope: Scope, effect: StoredEffect, handler: AnyHandler, opened: OpenedMessage | undefined, next: Next): Promise<void> =>
    patiently(() =>
      inScope(scope, async (unit) => {
        const now = at();
        const { standing, dueAt, since = now } = next;
        if (!(await unit.outbox.settle(effect.id, deps.holder, { standing, dueAt, at: since }))) return;
        if (dueAt !== null) return;
        // After the settling: whoever takes it back at this moment waits for it, or is waited for.
        const unwanted = await takenBackOf(unit, effect, opened);
        const settled = settledOf(next.standing);
        const fact = settled && opened?.follows(effect.tries, settled, now, unwanted);
        if (fact)
          await applyDecision(unit, effect.referralId, actor, now, (referral) => ({ ok: true, value: observe(referral, fact, now) }));
        if (unwanted) return takeBackLate(unit, unwanted, effect, next.standing, now);
        const { status } = next.standing;
        const referral = status === 'unknown' || status === 'failed' ? await readReferral(unit, effect.referralId) : undefined;
        if (!referral || !('detail' in next.standing)) {
          if (opened?.isTold) await lookAgain(unit, effect.referralId, now);
          return;
        }
        const { detail } = next.standing;
        const kind = status === 'unknown' ? PERHAPS_SENT : NOT_SENT;
        const { what, byPersonOnly } = opened ?? { what: handler.what, byPersonOnly: false };
        await raiseEffectObligation(unit, referral, effect, {
          kind,
          what,
          detail,
          now,
          byPersonOnly: byPersonOnly || next.byPersonOnly === true,
        });
        // So that it goes back when whoever stands in no longer does.
        await lookAgain(unit, effect.referralId, now);
      }),
    );

  /** The referral, where nobody wants any more of it what this effect brings about. */
  async function takenBackOf(unit: Unit, effect: StoredEffect, opened: OpenedMessage | undefined): Promise<Referral | undefined> {
    const referral = opened?.isTakenBack && (await readReferral(unit, effect.referralId));
    return referral && opened?.isTakenBack?.(referral) ? referral : undefined;
  }

  const agesNow = async (unit: Unit, referral: Referral, contact: PatientContact): Promise<AgeGroup> =>
    ageGroupOf(unit, referral, contact, dayOn(at(), calendarFor(await policyIn(unit), referral).timeZone));

  type Begun = { kind: 'begun' } | { kind: 'held-elsewhere' } | { kind: 'left-out' | 'failed'; detail: string };

  const begin = (scope: Scope, effect: StoredEffect, opened: OpenedMessage): Promise<Begun> =>
    inScope(scope, async (unit) => {
      const referral = await readReferral(unit, effect.referralId);
      const contact = referral && (await unit.patientContacts.get(referral.patientId));
      const detail = referral
        ? opened.mayNotLeave(referral, { now: at(), contact, ages: contact && (await agesNow(unit, referral, contact)) })
        : 'There is no such referral.';
      if (detail !== undefined) return { kind: referral && opened.isOwed(referral) ? 'failed' : 'left-out', detail };
      return { kind: (await unit.outbox.begin(effect.id, deps.holder, at(), leased())) ? 'begun' : 'held-elsewhere' };
    });

  /** @param isFresh it was sent just now, and can be looked for */
  function afterUnknown(effect: StoredEffect, handler: AnyHandler, detail: string, isFresh = false): Next {
    // Also of the last try: it may be under way, and what follows in its lane would not find it and do the same beside it.
    const again = handler.repeatable && (effect.tries < MOST_TRIES || isFresh);
    return { standing: { status: 'unknown', detail }, dueAt: again ? later(effect.tries) : null };
  }

  /** That a further sending is refused says nothing of the one before it, of which no answer came. */
  function afterSent(effect: StoredEffect, handler: AnyHandler, { look }: OpenedMessage, sent: Sent): Next {
    switch (sent.kind) {
      case 'done':
        return { standing: { status: 'done', receipt: sent.receipt }, dueAt: null };
      case 'left-out':
        return notBegun(effect, 'left-out', sent.detail);
      case 'refused': {
        if (sent.settles) return { standing: { status: 'failed', detail: sent.detail }, dueAt: null };
        if (sent.final || effect.tries >= MOST_TRIES) {
          const failed = notBegun(effect, 'failed', sent.detail);
          // Of what may have left before, whether it did can still be said.
          return sent.byPersonOnly && failed.standing.status === 'failed' ? { ...failed, byPersonOnly: true } : failed;
        }
        return { standing: isInDoubt(effect) ? doubtOf(effect) : { status: 'waiting' }, dueAt: later(effect.tries) };
      }
      case 'unknown':
        return afterUnknown(effect, handler, sent.detail, look !== undefined);
      default:
        return unreachable(sent);
    }
  }

  async function send(scope: Scope, claimed: StoredEffect, handler: AnyHandler, opened: OpenedMessage): Promise<void> {
    const begun = await begin(scope, claimed, opened);
    if (begun.kind === 'held-elsewhere') return;
    if (begun.kind !== 'begun') return record(scope, claimed, handler, opened, notBegun(claimed, begun.kind, begun.detail));
    const effect = { ...claimed, tries: claimed.tries + 1 };
    const sent = await within(patience(handler.timeoutMs), (call) => opened.send(effect.tries, call)).catch((error: unknown) => {
      deps.failed(error);
      return 'silent' as const;
    });
    const outcome: Sent = sent === 'silent' ? { kind: 'unknown', detail: 'No answer came in time.' } : sent;
    await record(scope, effect, handler, opened, afterSent(effect, handler, opened, outcome));
  }

  /** It may have happened already. */
  async function findOut(scope: Scope, effect: StoredEffect, handler: AnyHandler, opened: OpenedMessage): Promise<void> {
    const { detail } = doubtOf(effect);
    if (!handler.repeatable) return record(scope, effect, handler, opened, { standing: doubtOf(effect), dueAt: null });
    const { look } = opened;
    if (!look) return send(scope, effect, handler, opened);
    const answer = await within(patience(handler.timeoutMs), (call) => look(effect.tries, call)).catch((error: unknown) => {
      deps.failed(error);
      return 'silent' as const;
    });
    const looked: Looked = answer === 'silent' ? { kind: 'unclear', detail } : answer;
    switch (looked.kind) {
      case 'done':
        return record(scope, effect, handler, opened, { standing: { status: 'done', receipt: looked.receipt }, dueAt: null });
      case 'absent':
        // After so many tries a person decides whether it leaves once more.
        if (effect.tries >= MOST_TRIES)
          return record(scope, effect, handler, opened, { standing: { status: 'failed', detail: NOT_THERE }, dueAt: null });
        return send(scope, { ...effect, standing: { status: 'waiting' } }, handler, opened);
      case 'too-early':
      case 'unclear': {
        const now = at();
        const sentAgo = Date.parse(now) - Date.parse(effect.since);
        // By a clock that was ahead nobody can tell when it was sent; and where the clock is set over and over it would be too early for ever.
        if (looked.kind === 'too-early' && sentAgo >= 0 && sentAgo < MOST_EARLY_MS) {
          const dueAt = new Date(Date.parse(now) + looked.milliseconds).toISOString();
          const standing: EffectStanding = { status: 'unknown', detail: looked.detail };
          return record(scope, effect, handler, opened, { standing, dueAt, since: effect.since });
        }
        // A look counts as a try: what can never be found ends with a person.
        const begun = await inScope(scope, (unit) => unit.outbox.begin(effect.id, deps.holder, at(), leased()));
        if (!begun) return;
        const tried = { ...effect, tries: effect.tries + 1 };
        return record(scope, tried, handler, opened, afterUnknown(tried, handler, looked.detail));
      }
      default:
        return unreachable(looked);
    }
  }

  async function carryOut(scope: Scope, effect: StoredEffect): Promise<void> {
    const handler = handlers.get(effect.kind);
    if (!handler) return;
    const { id, referralId, key, content, askedAt } = effect;
    const perhaps = isInDoubt(effect);
    const triedAt = perhaps ? effect.since : null;
    const opened = handler.open({ id, scope, referralId, key, content, askedAt, triedAt });
    if (!opened) {
      const standing: EffectStanding = { status: perhaps ? 'unknown' : 'failed', detail: UNREADABLE };
      return record(scope, effect, handler, undefined, { standing, dueAt: null });
    }
    const now = at();
    if (opened.isTooLate(now)) return record(scope, effect, handler, opened, notBegun(effect, 'left-out', TOO_LATE));
    const from = opened.notBefore(now);
    if (from > now)
      return record(scope, effect, handler, opened, { standing: perhaps ? doubtOf(effect) : { status: 'waiting' }, dueAt: from });
    return perhaps ? findOut(scope, effect, handler, opened) : send(scope, effect, handler, opened);
  }

  async function runScope(scope: Scope): Promise<number> {
    let carried = 0;
    for (;;) {
      const until = new Date(machineTime().getTime() + LEASE_MS).toISOString();
      const question = { kinds, holder: deps.holder, now: at(), machineTime: leased(), until, limit: AT_ONCE };
      const claimed = await deps.store.transaction(scope, (unit) => unit.outbox.claim(question));
      const outcomes = await Promise.allSettled(claimed.map((effect) => carryOut(scope, effect)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') deps.failed(outcome.reason);
      carried += outcomes.filter(({ status }) => status === 'fulfilled').length;
      if (claimed.length === 0) return carried;
    }
  }

  return {
    run: async () => {
      let carried = 0;
      if (kinds.length === 0) return { carried };
      for (const scope of await deps.store.scopes()) {
        try {
          carried += await runScope(scope);
        } catch (error) {
          deps.failed(error);
        }
      }
      return { carried };
    },
  };
}

/** How it ended, in a handler's words; undefined where it has not. */
function settledOf(standing: EffectStanding): Settled | undefined {
  switch (standing.status) {
    case 'waiting':
    case 'begun':
      return undefined;
    case 'done':
      return { kind: 'done', receipt: standing.receipt };
    case 'failed':
    case 'left-out':
    case 'unknown':
      return { kind: standing.status, detail: standing.detail };
    default:
      return unreachable(standing);
  }
}
