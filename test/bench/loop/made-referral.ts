/** Referrals for a database to be full of: each a history that the domain's own commands made, and the state folded from it. */
import { type CareCommand, decideCare } from '@refloop/domain/referral/care-command';
import { decide, type ReferralCommand } from '@refloop/domain/referral/command';
import type { Actor, Happening, ReferralEvent } from '@refloop/domain/referral/event';
import { evolve, type Referral } from '@refloop/domain/referral/referral';
import { approve, recommend } from '@refloop/domain/referral/test-play';

export type MadeReferral = { referral: Referral; events: ReferralEvent[]; planId: string };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const CLINICIAN: Actor = { kind: 'person', subject: 's', fhirUser: 'Practitioner/s', sessionId: 'made' };
/** As many as a practice of that size has; a patient has more than one referral. */
const PATIENTS = 12_000;

function history(id: string, startsAt: number) {
  let referral: Referral | undefined;
  let at = startsAt;
  const events: ReferralEvent[] = [];
  const add = (happenings: readonly Happening[]): void => {
    for (const each of happenings) {
      const event = { ...each, sequence: events.length + 1, recordedAt: new Date(at).toISOString(), actor: CLINICIAN };
      events.push(event);
      referral = evolve(id, referral, event);
    }
  };
  return {
    events,
    referral: (): Referral => {
      if (!referral) throw new Error('Nothing has happened yet.');
      return referral;
    },
    later: (milliseconds: number): string => new Date((at += milliseconds)).toISOString(),
    now: (): string => new Date(at).toISOString(),
    ask(command: ReferralCommand): void {
      const decided = decide(referral, command);
      if (!decided.ok) throw new Error(`refused: ${decided.refusal.kind}`);
      add(decided.value.map((fact): Happening => ({ effectiveAt: new Date(at).toISOString(), factKey: null, fact })));
    },
    care(command: CareCommand): void {
      const decided = decideCare(this.referral(), command, new Date(at).toISOString());
      if (!decided.ok) throw new Error(`refused: ${decided.refusal.kind}`);
      add(decided.value);
    },
  };
}

/** Approved, written, and sent to the specialist's office. */
function sent(index: number, startsAt: number) {
  const id = `made-${String(index).padStart(8, '0')}`;
  const planId = `plan-${id}`;
  const course = history(id, startsAt);
  const recommendationId = `rec-${id}`;
  course.ask(
    recommend(recommendationId, '3', { patientId: `patient-${index % PATIENTS}`, order: { type: 'ServiceRequest', id: `order-${id}` } }),
  );
  course.later(MINUTE_MS);
  course.ask(approve(recommendationId, '3', planId));
  course.later(3000);
  const outcome = { status: 'done', reference: `ServiceRequest/order-${id}`, versionId: '4', orderStatus: 'active' } as const;
  course.ask({ type: 'settle-step', planId, step: 'ServiceRequest', outcome });
  course.care({ type: 'send', attempt: 1, transmissionId: `sent-${id}`, channel: 'fax', at: course.later(MINUTE_MS) });
  return { course, id, planId };
}

/** Asked, and nothing heard yet. */
export function openReferral(index: number, startsAt: number): MadeReferral {
  const { course, planId } = sent(index, startsAt);
  return { referral: course.referral(), events: course.events, planId };
}

/** One in five went the whole way to the note that was read; the others declined, and the order was ended. */
export function closedReferral(index: number, startsAt: number): MadeReferral {
  const { course, id, planId } = sent(index, startsAt);
  if (index % 5 === 0) {
    course.care({ type: 'accept', attempt: 1, at: course.later(DAY_MS) });
    const startsAt = new Date(Date.parse(course.now()) + 7 * DAY_MS).toISOString();
    course.care({ type: 'schedule', attempt: 1, appointmentId: `visit-${id}`, startsAt, at: course.later(DAY_MS) });
    course.care({ type: 'mark-seen', attempt: 1, appointmentId: `visit-${id}`, at: course.later(7 * DAY_MS) });
    const report = { reportId: `note-${id}`, document: null, fromNpi: null };
    course.care({ type: 'give-outcome', attempt: 1, ...report, at: course.later(DAY_MS) });
    course.later(DAY_MS);
    course.care({ type: 'review-report', reportId: report.reportId });
  } else {
    course.care({ type: 'decline', attempt: 1, reason: 'not-taking-patients', at: course.later(DAY_MS) });
    course.later(DAY_MS);
    course.care({ type: 'end', how: 'patient-declined', reason: 'Wants nobody else' });
  }
  return { referral: course.referral(), events: course.events, planId };
}
