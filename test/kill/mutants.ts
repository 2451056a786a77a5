/**
 * Guards of the product, each taken away in what one campaign loads: a campaign that does not notice proves nothing. The text to be replaced stands
 * once in its file, so that a guard that was written anew is found missing here.
 */
import type { Kill } from './plan.ts';

/** A change of one file of the product, or of how PostgreSQL runs. */
export type Change = { file: string; from: string; to: string } | { postgres: Readonly<Record<string, string>> };

export type Mutant = {
  /** What is no longer done. */
  guard: string;
  change: Change;
  plan: readonly Kill[];
  /** By what it is told. */
  told: RegExp;
};

const SERVER = 'api/server/src';
const KILL: Kill = { victim: 'refloop', after: 5, early: false, at: null, away: 10 * 60_000, which: 0.5 };
const at = (channel: NonNullable<Kill['at']>['channel']): Kill => ({ ...KILL, at: { channel, moment: 'taken' } });

export const MUTANTS: readonly Mutant[] = [
  {
    guard: 'what is found begun is not sent again where nobody honours a key',
    change: {
      file: `${SERVER}/outbox/worker.ts`,
      from: 'if (!handler.repeatable) return record(',
      to: "if (handler.kind === '') return record(",
    },
    plan: [at('mail')],
    told: /sent twice/,
  },
  {
    guard: 'that it begins is on record before anything leaves',
    change: {
      file: `${SERVER}/outbox/worker.ts`,
      from: "return { kind: (await unit.outbox.begin(effect.id, deps.holder, at(), leased())) ? 'begun' : 'held-elsewhere' };",
      to: "return { kind: 'begun' };",
    },
    plan: [at('mail')],
    told: /sent twice/,
  },
  {
    guard: 'a doubt lies on a named person’s worklist',
    change: {
      file: `${SERVER}/outbox/worker.ts`,
      from: 'await raiseEffectObligation(unit, referral, effect, {',
      to: 'await Promise.resolve({',
    },
    plan: [at('mail')],
    told: /no named person has it/,
  },
  {
    guard: 'a fax is sent again under the same key',
    change: { file: `${SERVER}/channels/fax-gateway.ts`, from: "'idempotency-key': id }", to: "'idempotency-key': crypto.randomUUID() }" },
    plan: [at('fax')],
    told: /which no effect asked for/,
  },
  {
    guard: 'nobody is told before it is written down',
    change: { postgres: { synchronous_commit: 'off', wal_writer_delay: '10s' } },
    plan: Array.from({ length: 4 }, () => ({ ...KILL, victim: 'postmaster' as const, after: 40, away: 0 })),
    told: /was acknowledged and is there 0 times/,
  },
];
