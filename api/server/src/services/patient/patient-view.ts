/** What of a referral the patient is shown: whom they see in plain words, where it stands for them, and when neither is told on a page. */
import { isAdolescentAge } from '@refloop/domain/chart/sensitivity';
import { specialtyById, specialtyInSentence } from '@refloop/domain/clinical/specialty';
import { specialistInPlainWords } from '@refloop/domain/patient/specialty-words';
import type { Attempt } from '@refloop/domain/referral/attempt';
import type { Performer } from '@refloop/domain/referral/event';
import { bookedWith } from '@refloop/domain/referral/patient-act';
import type { Referral } from '@refloop/domain/referral/referral';
import type { PatientStage, PatientView } from '../../client/patient.ts';
import { addressedTo, type SpecialistPractice } from '../../packet/addressed-to.ts';
import type { Packet } from '../../packet/packet.ts';
import { ageOn, birthDateOf } from './patient-facts.ts';

/** As the directory in force has them; undefined of whom it does not know. */
export type PracticeOf = (entryId: string) => SpecialistPractice | undefined;

/** Of an age at which the packet withholds too. @param day on the clinic’s wall */
export function isAdolescent(packet: Packet, day: string): boolean {
  const born = birthDateOf(packet);
  return born !== undefined && isAdolescentAge(ageOn(born, day));
}

/** @param asked whether they are asked now, or may be chosen */
export function specialistOf(
  { specialty }: Pick<Referral, 'specialty'>,
  performer: Performer,
  packet: Packet,
  practiceOf: PracticeOf,
  asked: boolean,
): PatientView['specialists'][number] {
  const { name, organization, address, phone } = addressedTo(packet, performer, practiceOf(performer.entryId)).specialist;
  const known = specialtyById(specialty);
  const inWords = known ? specialtyInSentence(known) : specialty;
  const told = (words: string): string => (words === 'not recorded' ? '' : words);
  return {
    entryId: performer.entryId,
    name,
    what: specialistInPlainWords(specialty) ?? { en: `specialist in ${inWords}`, es: `especialista (${inWords})` },
    organization: told(organization),
    address: told(address),
    phone: told(phone),
    asked,
  };
}

/** Where it stands, in the patient’s eyes. */
export function stageOf({ attempts, service }: Referral, attempt: Attempt | undefined, now: string): PatientStage {
  if (service === 'e-consult') return 'advice';
  if (attempts.some(({ visits }) => visits.length > 0)) return 'seen';
  if (!attempt) return 'looking';
  switch (attempt.work.status) {
    case 'declined':
    case 'cancelled':
    case 'cancellation-requested':
      return 'looking';
    case 'draft':
      return 'to-ask';
    case 'sent':
    case 'received':
      return 'asking';
    case 'accepted':
    case 'in-progress':
    case 'appointment-cancelled':
      return 'to-book';
    case 'missed':
      return 'missed';
    case 'scheduled':
      return (bookedWith(attempt)?.startsAt ?? now) > now ? 'booked' : 'past';
    case 'seen':
    case 'completed':
      return 'seen';
  }
}
