/**
 * What tells the patient leaves by itself, written in the transaction of the event that asks for it: by the channel the patient consented to, with a
 * link of its own, by day. Where there is no such channel nothing is written, and the step stays a person’s.
 */
import { ownWords } from '@refloop/domain/configuration/templates';
import type { MessageTopic } from '@refloop/domain/patient/messages';
import { type PatientChannel, sendAt, topicOf } from '@refloop/domain/patient/outreach';
import { addresseeOf } from '@refloop/domain/patient/proxy';
import type { Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { PATIENT_MAIL } from '../../channels/patient-mail.ts';
import { type PatientMessage, TEXT_MESSAGE } from '../../channels/text-message.ts';
import { digest, newToken } from '../../sessions/token.ts';
import { effectId } from '../../store/outbox.ts';
import type { Unit } from '../../store/store.ts';
import { configurationIn } from '../configuration-in-force.ts';
import { isOfDate } from './date-told.ts';
import { expiryOf } from './link-expiry.ts';
import { ageGroupOf, dayOn } from './patient-facts.ts';

const DAY_MS = 86_400_000;

const KINDS: Readonly<Record<PatientChannel, string>> = { text: TEXT_MESSAGE, email: PATIENT_MAIL };

/** The same step asked for again has its message and its link already, by whichever channel. Looked up without a lock: a page that is open holds the links. */
async function isAskedFor({ outbox, scope }: Unit, id: string): Promise<boolean> {
  for (const kind of Object.values(KINDS)) if (await outbox.get(effectId(scope, kind, id))) return true;
  return false;
}

/**
 * A patient is asked once how the visit was: nothing more is asked while such a question waits, has left, or may have. Of one that was left out they
 * never heard.
 */
async function isAskedHowItWas({ outbox }: Unit, referralId: string): Promise<boolean> {
  const kinds = Object.values(KINDS);
  return (await outbox.ofReferral(referralId)).some(
    ({ kind, content, standing }) =>
      kinds.includes(kind) && (content as Partial<PatientMessage>).topic === 'rate' && standing.status !== 'left-out',
  );
}

export type DueMessage = {
  topic: MessageTopic;
  key: string;
  at: string;
  /** Of a date that was set or called off: when the visit is, or would have been. */
  startsAt?: string;
};

/** How things stood before what was just written, and whose doing it is. */
export type WrittenBy = { /** Visits that were known already. */ visitsBefore: number; byPatient: boolean };

/** The date as it stands after all of it, where somebody else than the patient set it, moved it or called it off, and it is still ahead. */
function dateFor({ id, attempts, lastSequence }: Referral, happenings: readonly Happening[], now: string): DueMessage[] {
  const attempt = attempts.at(-1);
  const last = happenings.map(({ fact }) => fact).findLast(isOfDate);
  if (!attempt || !last || last.attempt !== attempt.number) return [];
  const { work, appointments } = attempt;
  if (last.type === 'attempt-declined' || last.type === 'cancellation-confirmed') {
    const booked = appointments.findLast(({ status }) => status === 'booked');
    return booked && booked.startsAt > now
      ? [{ topic: 'called-off', key: `${id}/date/${lastSequence}`, at: now, startsAt: booked.startsAt }]
      : [];
  }
  if (!('appointmentId' in work) || work.appointmentId !== last.appointmentId) return [];
  const startsAt = appointments.find((each) => each.id === work.appointmentId)?.startsAt ?? '';
  if (startsAt <= now) return [];
  const about = { key: `${id}/date/${lastSequence}`, at: now, startsAt };
  if (last.type === 'appointment-booked') return work.status === 'scheduled' ? [{ topic: 'booked', ...about }] : [];
  // Who called it off themselves, by whatever way, knows.
  const byPatient = last.type === 'appointment-cancelled' && last.by === 'patient';
  return work.status === 'appointment-cancelled' && !byPatient ? [{ topic: 'called-off', ...about }] : [];
}

/** What the patient is to be told of what was just written. */
export function messagesFor(
  referral: Referral,
  happenings: readonly Happening[],
  { visitsBefore, byPatient }: WrittenBy,
  now: string,
): DueMessage[] {
  const due = ofSteps(referral, happenings, visitsBefore, now);
  // The reminder of a visit that is soon tells its date already.
  return byPatient || due.some(({ topic }) => topic === 'day-before') ? due : [...due, ...dateFor(referral, happenings, now)];
}

/** Another one where a note was taken off: the question that was asked for before may have been left out. */
function rateKey({ id, reports }: Referral): string {
  const takenOff = reports.reduce((sum, report) => sum + report.takenOff, 0);
  return takenOff === 0 ? `${id}/rate` : `${id}/rate/${takenOff}`;
}

function ofSteps(referral: Referral, happenings: readonly Happening[], visitsBefore: number, now: string): DueMessage[] {
  return happenings.flatMap(({ fact }): DueMessage[] => {
    if (fact.type === 'escalation-raised') {
      const topic = topicOf(fact.act);
      return topic === undefined ? [] : [{ topic, key: `${referral.id}/${fact.rule}/${fact.stage}`, at: now }];
    }
    // Of the first visit alone, the day after it was told of; anew where the note that had shown one was taken off.
    return fact.type === 'patient-seen' && visitsBefore === 0
      ? [{ topic: 'rate', key: rateKey(referral), at: new Date(Date.parse(now) + DAY_MS).toISOString() }]
      : [];
  });
}

/**
 * @param happenings those that were just written, with what followed from them by itself
 * @param timeZone of the clinic, for quiet hours
 */
export async function tellPatient(
  unit: Unit,
  referral: Referral,
  happenings: readonly Happening[],
  { timeZone, now, ...writtenBy }: WrittenBy & { timeZone: string; now: string },
): Promise<void> {
  const due = referral.order.status === 'active' ? messagesFor(referral, happenings, writtenBy, now) : [];
  if (due.length === 0) return;
  const contact = await unit.patientContacts.get(referral.patientId);
  if (!contact) return;
  const { isUnderAge, isAdolescent } = await ageGroupOf(unit, referral, contact, dayOn(now, timeZone));
  const by = addresseeOf(contact, isUnderAge, unit.patientChannels ?? ['text'], isAdolescent);
  // Where nothing may leave, a person does it.
  if (!by) return;
  const { practice, templates } = await configurationIn(unit);
  for (const { topic, key, at, startsAt } of due) {
    const link = newToken();
    const id = `message-${digest(key).slice(0, 32)}`;
    const { language } = by;
    const words = ownWords(templates, topic, language);
    const content: Omit<PatientMessage, 'link'> = {
      to: by.to,
      topic,
      language,
      timeZone,
      ...(startsAt === undefined ? {} : { startsAt }),
      ...(practice.name === null ? {} : { practice: practice.name }),
      ...(practice.phone === null ? {} : { phone: practice.phone }),
      ...(words === undefined ? {} : { words }),
    };
    if ((await isAskedFor(unit, id)) || (topic === 'rate' && (await isAskedHowItWas(unit, referral.id)))) continue;
    await unit.patientLinks.insert({
      id,
      tokenHash: digest(link),
      referralId: referral.id,
      madeBy: 'refloop',
      madeAt: now,
      expiresAt: expiryOf(now),
    });
    const asked = { referralId: referral.id, kind: KINDS[by.channel], key: id, askedAt: now, dueAt: sendAt(at, timeZone) };
    await unit.outbox.add({ ...asked, content, secret: { link } });
  }
}
