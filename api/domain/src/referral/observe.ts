/**
 * What was seen outside. A fact is never refused: one that says nothing new makes no event; one that proves stages nobody told of makes
 * those too, inferred and so without a time; one that cannot follow from what is known is set aside for a person.
 */
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { MessageTopic } from '../patient/messages.ts';
import type { PatientChannel } from '../patient/outreach.ts';
import { unreachable } from '../result.ts';
import { type Attempt, type DeclineReason, isEnded, type Moment } from './attempt.ts';
import { withoutNotes } from './attempt-fold.ts';
import type { AttemptFact, AuthorizationDecision, CareFact, SeenBy } from './care-event.ts';
import type { Happening, ReferralFact } from './event.ts';
import { factProves, isAhead, type OwnStage, reportProves } from './inference.ts';
import { orderStanding, type Referral } from './referral.ts';

/** The order as read from the EHR. */
export type OrderRead = { kind: 'order-read'; reference: string; status: string; versionId: string | null };

/** With `attempt` null it is about the last one. `at`: when it happened. */
export type ObservedFact =
  | OrderRead
  | ({ at: Instant /** Source, resource and version. */; key: string } & (
      | ({ attempt: number | null } & (
          | { kind: 'transmission-delivered'; transmissionId: string }
          | { kind: 'transmission-failed'; transmissionId: string; detail: string }
          | { kind: 'received' }
          | { kind: 'accepted' }
          | { kind: 'work-begun' }
          | { kind: 'declined'; reason: DeclineReason }
          | { kind: 'cancellation-confirmed' }
          | {
              kind: 'appointment';
              appointmentId: string;
              startsAt: Instant;
              /** FHIR R4 Appointment.status: booked, cancelled, noshow, fulfilled. */
              status: 'booked' | 'cancelled' | 'noshow' | 'fulfilled';
            }
          | { kind: 'visit'; seenBy: SeenBy; evidence: 'claim' | 'note' | 'patient' }
          | {
              kind: 'report';
              reportId: string;
              form: 'interim' | 'final';
              document: ResourceRef | null;
              fromNpi: string | null;
              matched: boolean;
            }
        ))
      | { kind: 'authorization-decided'; decision: AuthorizationDecision }
      | { kind: 'authorization-for-another'; attempt: number; number: string }
      /** Written in the chart by Refloop itself: the note, and that it was received. */
      | { kind: 'report-filed'; reportId: string; document: ResourceRef }
      | { kind: 'receipt-recorded'; reportId: string; task: ResourceRef }
      /** What became of a message to the patient. */
      | {
          kind: 'patient-messaged';
          messageId: string;
          topic: MessageTopic;
          channel: PatientChannel;
          outcome: 'sent' | 'failed' | 'unknown';
        }
    ));

type InboundFact = Exclude<ObservedFact, OrderRead>;

/** @param now the time of looking: what is said to have happened later than that cannot be */
export function observe(referral: Referral, fact: ObservedFact, now: Instant): Happening[] {
  if (fact.kind === 'order-read') return orderRead(referral, fact).map((each) => ({ effectiveAt: now, factKey: null, fact: each }));
  if (referral.factKeys.includes(fact.key)) return [];
  const [first, ...others] = inbound(referral, fact, now);
  return first ? [{ ...first, factKey: fact.key }, ...others] : [];
}

function orderRead(referral: Referral, fact: OrderRead): ReferralFact[] {
  const { order } = referral;
  if (order.status === 'draft' || order.status === 'approved' || order.status === 'ended') return [];
  if (order.reference === null || referenceText(order.reference) !== fact.reference) return [];
  // Of one that is held already the EHR may use several words.
  const standing = orderStanding(fact.status);
  if (standing === (order.status === 'on-hold' ? 'awaiting-signature' : order.status)) return [];
  const { reference, status, versionId } = fact;
  return [{ type: 'order-status-observed', version: 1, reference, status, versionId }];
}

const told = (at: Moment, ...facts: CareFact[]): Happening[] => facts.map((fact) => ({ effectiveAt: at, factKey: null, fact }));

const aside = ({ kind, at }: InboundFact, why: string): Happening[] => told(at, { type: 'fact-set-aside', version: 1, what: kind, why });

function inbound(referral: Referral, fact: InboundFact, now: Instant): Happening[] {
  if (fact.at > now) return aside(fact, 'It is said to have happened later than it was told.');
  if (fact.kind === 'authorization-decided') {
    return told(fact.at, { type: 'authorization-decided', version: 1, decision: fact.decision });
  }
  if (fact.kind === 'authorization-for-another') {
    const { attempt, number } = fact;
    return told(fact.at, { type: 'authorization-for-another', version: 1, attempt, number });
  }
  if (fact.kind === 'patient-messaged') {
    const { messageId, topic, channel, outcome } = fact;
    return told(fact.at, { type: 'patient-messaged', version: 1, messageId, topic, channel, outcome });
  }
  if (fact.kind === 'report-filed' || fact.kind === 'receipt-recorded') return inChart(referral, fact);
  const attempt = referral.attempts.find(({ number }) => number === fact.attempt) ?? referral.attempts.at(-1);
  if (!attempt) return aside(fact, 'Nobody was asked yet.');
  switch (fact.kind) {
    case 'transmission-delivered':
    case 'transmission-failed':
      return transmission(attempt, fact);
    case 'received':
      return moved(referral, attempt, fact, { type: 'attempt-received', version: 1, attempt: attempt.number });
    case 'accepted':
      return moved(referral, attempt, fact, { type: 'attempt-accepted', version: 1, attempt: attempt.number });
    case 'work-begun':
      return moved(referral, attempt, fact, { type: 'work-begun', version: 1, attempt: attempt.number });
    case 'declined':
      return declined(attempt, fact);
    case 'cancellation-confirmed':
      return cancelled(attempt, fact);
    case 'appointment':
      return appointment(attempt, fact);
    case 'visit':
      return visit(attempt, fact);
    case 'report':
      return report(referral, attempt, fact);
    default:
      return unreachable(fact);
  }
}

/** Once a report; of one that nobody knows nothing is believed. */
function inChart(referral: Referral, fact: Of<'report-filed' | 'receipt-recorded'>): Happening[] {
  const report = referral.reports.find(({ id }) => id === fact.reportId);
  if (!report) return aside(fact, 'There is no such report.');
  const { reportId, at } = fact;
  if (fact.kind === 'report-filed')
    return report.chart.document ? [] : told(at, { type: 'report-filed', version: 1, reportId, document: fact.document });
  return report.chart.receipt ? [] : told(at, { type: 'receipt-recorded', version: 1, reportId, task: fact.task });
}

type Of<Kind extends InboundFact['kind']> = Extract<InboundFact, { kind: Kind }>;

/**
 * A stage that is past already is no news; after the end it contradicts what is known. Where it is past by a note alone it is put on record
 * all the same: nobody tells of it a second time once that note is taken off.
 */
function moved(referral: Referral, attempt: Attempt, fact: InboundFact, then: AttemptFact & { type: OwnStage }): Happening[] {
  const { status } = attempt.work;
  if (isAhead(attempt, then.type)) return [...factProves(attempt, then), ...told(fact.at, then)];
  if (status === 'cancellation-requested') return aside(fact, 'We had asked to cancel.');
  if (status === 'declined' || status === 'cancelled') return aside(fact, `That attempt was ${status}.`);
  return isAhead(withoutNotes(referral, attempt), then.type) ? told(fact.at, then) : [];
}

function transmission(attempt: Attempt, fact: Of<'transmission-delivered' | 'transmission-failed'>): Happening[] {
  const { transmissionId } = fact;
  const sent = attempt.transmissions.find(({ id }) => id === transmissionId);
  if (!sent) return aside(fact, 'No such transmission was made.');
  if (sent.status !== 'sent') return [];
  const base = { version: 1, attempt: attempt.number, transmissionId } as const;
  return told(
    fact.at,
    fact.kind === 'transmission-delivered'
      ? { type: 'transmission-delivered', ...base }
      : { type: 'transmission-failed', ...base, detail: fact.detail },
  );
}

function declined(attempt: Attempt, fact: Of<'declined'>): Happening[] {
  if (attempt.work.status === 'declined') return [];
  return ended(attempt, fact, { type: 'attempt-declined', version: 1, attempt: attempt.number, reason: fact.reason });
}

/**
 * Whoever was asked to stop says that they did. A visit that was kept stays: unless we asked them to cancel the whole attempt, it is what is
 * booked after the visit that will not be.
 */
function cancelled(attempt: Attempt, fact: Of<'cancellation-confirmed'>): Happening[] {
  const { number, work, visits, appointments } = attempt;
  if (work.status === 'cancelled') return [];
  const confirmed = { type: 'cancellation-confirmed', version: 1, attempt: number } as const;
  if (work.status === 'cancellation-requested') return told(fact.at, confirmed);
  const booked = visits.length === 0 || isEnded(attempt) ? [] : appointments.filter(({ status }) => status === 'booked');
  if (booked.length === 0) return ended(attempt, fact, confirmed);
  return told(
    fact.at,
    ...booked.map(({ id }) => ({ type: 'appointment-cancelled', version: 1, attempt: number, appointmentId: id, by: 'unknown' }) as const),
  );
}

function ended(attempt: Attempt, fact: InboundFact, then: AttemptFact): Happening[] {
  if (isEnded(attempt)) return aside(fact, `That attempt was ${attempt.work.status} before.`);
  if (attempt.visits.length > 0) return aside(fact, 'The patient was seen there already.');
  return [...factProves(attempt, then), ...told(fact.at, then)];
}

/** What an appointment came to; the earlier statuses say nothing against the later ones, in whatever order they arrive. */
const WEIGHT = { replaced: 1, booked: 1, cancelled: 2, missed: 2, kept: 3 } as const;
const OUTCOMES = { booked: 'booked', cancelled: 'cancelled', noshow: 'missed', fulfilled: 'kept' } as const;

function appointment(attempt: Attempt, fact: Of<'appointment'>): Happening[] {
  const { appointmentId, startsAt, at } = fact;
  const known = attempt.appointments.find(({ id }) => id === appointmentId);
  const outcome = OUTCOMES[fact.status];
  const moves = known?.status === 'booked' && outcome === 'booked' && known.startsAt !== startsAt;
  if (known && WEIGHT[outcome] <= WEIGHT[known.status] && !moves) return [];
  if (isEnded(attempt) && attempt.work.status !== 'completed') return aside(fact, `That attempt was ${attempt.work.status}.`);
  if (attempt.work.status === 'completed' && outcome !== 'kept') return aside(fact, 'That attempt was completed.');
  if (attempt.work.status === 'cancellation-requested' && outcome === 'booked') return aside(fact, 'We had asked to cancel.');
  const base = { version: 1, attempt: attempt.number, appointmentId } as const;
  const booked = { type: 'appointment-booked', ...base, startsAt } as const;
  const before = [
    ...factProves(attempt, booked),
    ...(known || outcome === 'booked' || attempt.work.status === 'completed' ? [] : told(null, booked)),
  ];
  switch (outcome) {
    case 'booked':
      return [...before, ...told(at, booked)];
    case 'cancelled':
      return [...before, ...told(at, { type: 'appointment-cancelled', ...base, by: 'unknown' })];
    case 'missed':
      return [...before, ...told(at, { type: 'appointment-missed', ...base })];
    case 'kept':
      return [...before, ...told(at, { type: 'patient-seen', ...base })];
    default:
      return unreachable(outcome);
  }
}

/** With the one who was asked it is this attempt's visit; with anybody else it is care elsewhere, which no attempt rests on. */
function visit(attempt: Attempt, fact: Of<'visit'>): Happening[] {
  const { seenBy, evidence, at } = fact;
  if (seenBy.npi !== null && seenBy.npi !== attempt.performer.npi) {
    return told(at, { type: 'seen-elsewhere', version: 1, seenBy, evidence });
  }
  if (attempt.work.status === 'declined' || attempt.work.status === 'cancelled') {
    return aside(fact, `That attempt was ${attempt.work.status}.`);
  }
  if (attempt.visits.includes(at)) return [];
  const seen = { type: 'patient-seen', version: 1, attempt: attempt.number, appointmentId: null } as const;
  return [...factProves(attempt, seen), ...told(at, seen)];
}

/** A report is always taken. */
function report(referral: Referral, attempt: Attempt, fact: Of<'report'>): Happening[] {
  const { reportId, form, document, fromNpi, at } = fact;
  if (referral.reports.some(({ id }) => id === reportId)) return [];
  const received: CareFact = { type: 'report-received', version: 1, reportId, form, document, fromNpi };
  if (!fact.matched) return told(at, received);
  const linked = { type: 'report-matched', version: 1, reportId, attempt: attempt.number } as const;
  return [...reportProves(referral, attempt, form), ...told(at, received, linked)];
}
