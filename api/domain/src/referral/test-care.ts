/** For tests: a referral whose order stands in the chart, and what happens to it one after the other. */
import type { Instant } from '../instant.ts';
import type { Result } from '../result.ts';
import { type AttemptCommand, type CareCommand, type CareRefusal, decideCare } from './care-command.ts';
import type { Service } from './closure.ts';
import type { Happening, Performer, ReferralEvent } from './event.ts';
import { type ObservedFact, observe } from './observe.ts';
import { evolve, type Referral } from './referral.ts';
import { approve, play, recommend } from './test-play.ts';

export const ANOTHER: Performer = {
  entryId: 'e2',
  npi: '1538271645',
  display: 'Ben Okafor, MD',
  nucc: '207RC0000X',
  network: 'in',
  rank: 2,
};

/** Of 2026-11-24, a Tuesday, so many minutes after ten. */
export const minute = (minutes: number): Instant => new Date(Date.parse('2026-11-24T10:00:00.000Z') + minutes * 60_000).toISOString();

export type History = {
  referral: Referral;
  events: ReferralEvent[];
  /** Takes a command as the server does at that minute; a refused one changes nothing and is returned. */
  ask: (command: CareCommand, at?: number) => CareRefusal | undefined;
  see: (fact: ObservedFact, at?: number) => Happening[];
  take: (happenings: Happening[], recordedAt: Instant) => void;
};

/** With another specialist approved beside, whom a test may ask next. */
export function inChart(service: Service = 'visit', alternates: Performer[] = [ANOTHER]): History {
  const done = { status: 'done', reference: 'ServiceRequest/o1', versionId: '4', orderStatus: 'active' } as const;
  const { referral, events } = play([
    recommend('r', '3', { service }),
    approve('r', '3', 'p', undefined, alternates),
    { type: 'settle-step', planId: 'p', step: 'ServiceRequest', outcome: done },
  ]);
  if (!referral) throw new Error('No referral');
  let clock = 0;
  const take = (happenings: Happening[], recordedAt: Instant): void => {
    for (const each of happenings) {
      const actor = { kind: 'person', subject: 's', fhirUser: 'Practitioner/s', sessionId: 'x' } as const;
      const event = { ...each, sequence: history.referral.lastSequence + 1, recordedAt, actor };
      history.events.push(event);
      history.referral = evolve('r1', history.referral, event);
    }
  };
  const history: History = {
    referral,
    events,
    take,
    ask: (command, at = (clock += 1)) => {
      clock = Math.max(clock, at);
      const decided: Result<Happening[], CareRefusal> = decideCare(history.referral, command, minute(at));
      if (!decided.ok) return decided.refusal;
      take(decided.value, minute(at));
      return undefined;
    },
    see: (fact, at = (clock += 1)) => {
      clock = Math.max(clock, at);
      const seen = observe(history.referral, fact, minute(at));
      take(seen, minute(at));
      return seen;
    },
  };
  return history;
}

type WithoutAttempt<Each> = Each extends AttemptCommand ? Omit<Each, 'attempt' | 'at'> : never;

/** Of the last attempt, at that minute. */
export const act = (history: History, command: WithoutAttempt<AttemptCommand>, at: number): CareRefusal | undefined =>
  history.ask({ ...command, attempt: history.referral.attempts.at(-1)?.number ?? 0, at: minute(at) } as AttemptCommand, at);
