/**
 * How patient and office are reached, and what was tried already, by itself and by people: what somebody needs before they call (R129, R138).
 * Numbers are the patient's own word, else those of the chart at approval, and those of the directory in force.
 */
import { phoneNumber } from '@refloop/domain/patient/outreach';
import type { Moment } from '@refloop/domain/referral/attempt';
import type { Referral } from '@refloop/domain/referral/referral';
import type { Thread } from '../client/thread.ts';
import { addressedTo } from '../packet/addressed-to.ts';
import type { StoredOfficeLink } from '../store/office-links.ts';
import type { Unit } from '../store/store.ts';
import { openedAt } from './link-door.ts';
import { isLocked, MOST_TRIES, triesOfPatient } from './link-tries.ts';
import { approvedPacket } from './patient/patient-facts.ts';
import type { PracticeOf } from './patient/patient-view.ts';

const told = (words: string | null | undefined): string => (words === 'not recorded' ? '' : (words ?? ''));
/** Of those whose time is known. */
const last = (all: readonly { at: Moment }[]): string | null =>
  all
    .flatMap(({ at }) => at ?? [])
    .toSorted()
    .at(-1) ?? null;

/** One number, so that whoever calls has nothing to weigh: the one the patient told, else the chart's. */
function patientNumber(charted: string, onRecord: string | null): Pick<Thread['reach']['patient'], 'phone' | 'phoneFrom'> {
  // What is on record begins as the chart's own number, written E.164.
  const isTold = onRecord !== null && onRecord !== phoneNumber(charted);
  return isTold ? { phone: onRecord, phoneFrom: 'patient' } : { phone: charted, phoneFrom: 'chart' };
}

/** @param links of this referral */
export async function howToReach(
  unit: Unit,
  referral: Referral,
  practiceOf: PracticeOf,
  links: readonly StoredOfficeLink[] = [],
): Promise<Thread['reach']> {
  const packet = await approvedPacket(unit, referral);
  const contact = await unit.patientContacts.get(referral.patientId);
  const { messaged, contacts, attempts } = referral;
  const outcomes = (outcome: (typeof messaged)[number]['outcome']): number => messaged.filter((each) => each.outcome === outcome).length;
  const attempt = attempts.at(-1);
  const practice = attempt && practiceOf(attempt.performer.entryId);
  const asked = packet && attempt ? addressedTo(packet, attempt.performer, practice).specialist : undefined;
  return {
    patient: {
      ...patientNumber(told(packet?.patient.phone), contact?.text.to ?? null),
      language: contact?.language ?? null,
      texts: contact?.text.consent.status ?? 'unknown',
      messages: { sent: outcomes('sent'), failed: outcomes('failed'), unknown: outcomes('unknown'), lastAt: last(messaged) },
      calls: { made: contacts.length, lastAt: last(contacts) },
      locked: triesOfPatient(await unit.patientLinks.list(referral.id)) >= MOST_TRIES,
    },
    office: attempt
      ? {
          phone: told(asked?.phone) || (practice?.phone ?? ''),
          fax: told(asked?.fax) || (practice?.fax ?? ''),
          sendings: {
            made: attempt.transmissions.length,
            arrived: attempt.transmissions.filter(({ status }) => status === 'delivered').length,
            failed: attempt.transmissions.filter(({ status }) => status === 'failed').length,
            lastAt: last(attempt.transmissions),
          },
          locked: links.some((link) => link.attempt === attempt.number && isLocked(link)),
          openedAt: last(links.filter((link) => link.attempt === attempt.number).map(({ opened }) => ({ at: openedAt(opened) }))),
        }
      : null,
  };
}
