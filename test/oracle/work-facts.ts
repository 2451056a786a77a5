/** Who of the practice did what for a referral, and for how long, once more: from the actors and the moments of its events. */
import type { ReferralEvent, ReferralFact } from '@refloop/domain/referral/event';

/** `on`: the day. */
export type Deed = { person: string; kind: string; minutes: number | null; on: number };
export type Work = Deed[];

/** The first that fits; what fits none is something else. */
const KINDS: readonly [string, readonly ReferralFact['type'][]][] = [
  ['note', ['report-matched', 'report-refused', 'report-reviewed', 'report-unlinked']],
  ['patient', ['patient-contacted', 'patient-heard', 'patient-consent-changed']],
  ['message', ['message-posted']],
  ['payer', ['authorization-asked', 'authorization-decided', 'authorization-for-another']],
  ['sending', ['attempt-opened', 'attempt-sent', 'performer-approved', 'performer-proposed', 'performer-refused']],
  ['visit', ['appointment-booked', 'appointment-cancelled', 'appointment-missed', 'patient-seen', 'seen-elsewhere']],
  [
    'answer',
    [
      'attempt-accepted',
      'attempt-declined',
      'attempt-received',
      'attempt-withdrawn',
      'cancellation-confirmed',
      'cancellation-requested',
      'dates-offered',
      'report-received',
      'work-begun',
    ],
  ],
];
/** Of the others, what came after the order stood. */
const ELSE: readonly ReferralFact['type'][] = [
  'transmission-delivered',
  'transmission-failed',
  'chart-found',
  'loss-reason-recorded',
  'coordinator-assigned',
  'escalation-raised',
  'patient-messaged',
  'patient-wrote',
  'patient-rated',
  'order-ended',
  'fact-set-aside',
  'set-aside-settled',
];

function kindOf(types: ReadonlySet<ReferralFact['type']>): string {
  const named = KINDS.find(([, of]) => of.some((type) => types.has(type)));
  if (named) return named[0];
  return [...types].every((type) => ELSE.includes(type)) ? 'other' : 'order';
}

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const QUARTER_HOUR = 15;

export function readWork(events: readonly ReferralEvent[]): Work {
  type Moment = { person: string; session: string; at: number; types: Set<ReferralFact['type']> };
  const moments: Moment[] = [];
  for (const { actor, recordedAt, fact } of events) {
    if (!('sessionId' in actor) || fact.type === 'clinician-rated') continue;
    const [last, at] = [moments.at(-1), Date.parse(recordedAt)];
    if (last && last.person === actor.fhirUser && last.session === actor.sessionId && last.at === at) last.types.add(fact.type);
    else moments.push({ person: actor.fhirUser, session: actor.sessionId, at, types: new Set([fact.type]) });
  }
  return moments.map(({ person, session, at, types }, place): Deed => {
    const before = moments.slice(0, place).findLast((each) => each.person === person && each.session === session);
    const minutes = before && at - before.at <= QUARTER_HOUR * MINUTE ? (at - before.at) / MINUTE : null;
    return { person, kind: kindOf(types), minutes, on: Math.floor(at / DAY) };
  });
}
