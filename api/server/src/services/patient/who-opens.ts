/** In whose name a patient’s page may be opened, once the date of birth is right: by age, by who is on record, and by what shows that it is they. */
import { phoneNumber } from '@refloop/domain/patient/outreach';
import { mayActAs, OF_AGE, type ProxySide, shownAs } from '@refloop/domain/patient/proxy';
import type { Referral } from '@refloop/domain/referral/referral';
import { calendarFor } from '@refloop/domain/sla/policy';
import { PATIENT_MAIL } from '../../channels/patient-mail.ts';
import { type PatientMessage, TEXT_MESSAGE } from '../../channels/text-message.ts';
import type { OpenPatient } from '../../client/patient.ts';
import type { Packet } from '../../packet/packet.ts';
import { type FieldError, problem, type Refusal } from '../../problem.ts';
import { effectId } from '../../store/outbox.ts';
import type { Unit } from '../../store/store.ts';
import { policyIn } from '../engine/policy-in-force.ts';
import { ageOn, contactOf, dayOn } from './patient-facts.ts';
import { isAdolescent } from './patient-view.ts';

type Tried = { unit: Unit; link: { id: string }; referral: Referral; packet: Packet };
/** `wrong`: it counts as a try, as a wrong date of birth does. */
export type WhoOpens = { kind: 'theirs' } | { kind: 'refused' | 'wrong'; refusal: Refusal };

/** Where the message went that carries this link; undefined of one that was handed over. */
async function sentTo({ outbox, scope }: Unit, linkId: string): Promise<string | undefined> {
  for (const kind of [TEXT_MESSAGE, PATIENT_MAIL]) {
    const sent = await outbox.get(effectId(scope, kind, linkId));
    if (sent) return (sent.content as PatientMessage).to;
  }
  return undefined;
}

const refused = (detail: string, error: FieldError): WhoOpens => ({
  kind: 'refused',
  refusal: problem('not-allowed', detail, [error]),
});

export async function whoOpens(
  { unit, link, referral, packet }: Tried,
  { born, as, phone }: Omit<OpenPatient, 'link'>,
  now: string,
): Promise<WhoOpens> {
  const today = dayOn(now, calendarFor(await policyIn(unit), referral).timeZone);
  const isChild = ageOn(born, today) < OF_AGE;
  if (as === 'patient')
    return !isChild || isAdolescent(packet, today) ? { kind: 'theirs' } : refused('A parent or guardian opens this for a child.', AS_FAULT);
  const contact = await contactOf(unit, referral, packet, now);
  if (!mayActAs(contact, as, isChild)) return refused(NOBODY, AS_FAULT);
  const shown = shownAs(contact, as, isChild, { sentTo: await sentTo(unit, link.id), number: phone && (phoneNumber(phone) ?? phone) });
  switch (shown) {
    case 'theirs':
      return { kind: 'theirs' };
    case 'number-asked':
      return refused('Give the telephone number that the clinic has of you.', PHONE_FAULT);
    case 'wrong-number':
      return {
        kind: 'wrong',
        refusal: problem('not-allowed', 'That is not the telephone number that the clinic has of you. It counts as a try.', [PHONE_FAULT]),
      };
    case 'no-number':
      return refused(NOBODY, AS_FAULT);
  }
}

/** Those on record who can open a link that is handed over: where somebody was taken off it the page asks for their number. */
export const canOpenHanded = (contact: Parameters<typeof shownAs>[0], side: ProxySide, isUnderAge: boolean): boolean =>
  mayActAs(contact, side, isUnderAge) && shownAs(contact, side, isUnderAge, { sentTo: undefined, number: undefined }) !== 'no-number';

const NOBODY = 'The clinic has nobody on record who may act for this patient in that way. Call the clinic.';
const AS_FAULT = { field: 'as', message: 'Not somebody who may open this', fix: 'Choose who you are to the patient, or call the clinic.' };
const PHONE_FAULT = {
  field: 'phone',
  message: 'It shows that it is you who is on record',
  fix: 'Give your own number, with area code, or call the clinic.',
};
