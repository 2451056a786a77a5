/** The form for naming somebody, and what it becomes; each mistake with its field and the way to mend it. */
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { GiveDelegation, StaffMember } from '@refloop/server/client/admin';

export type DelegationForm = {
  kind: GiveDelegation['kind'];
  delegate: StaffMember;
  clinician: StaffMember;
  reason: string;
  /** `YYYY-MM-DD` by the admin's clock; empty for an open end. */
  lastDay: string;
};

const nobody = (): StaffMember => ({ subject: '', fhirUser: 'Practitioner/', name: '' });

export const emptyForm = (): DelegationForm => ({
  kind: 'prepares-for',
  delegate: nobody(),
  clinician: nobody(),
  reason: '',
  lastDay: '',
});

type Wrong = { field: string; text: string };

function wrongIn(field: 'delegate' | 'clinician', { subject, fhirUser, name }: StaffMember): Wrong | undefined {
  if (name.trim() === '') return { field: `${field}.name`, text: 'Give the name people know this person by.' };
  if (subject.trim() === '') return { field: `${field}.subject`, text: 'Give the person’s subject (sub) as the EHR states it.' };
  if (!/^(Practitioner|PractitionerRole)\/[A-Za-z0-9\-.]{1,64}$/.test(fhirUser.trim()))
    return { field: `${field}.fhirUser`, text: 'Write it like Practitioner/123.' };
  return undefined;
}

const trimmed = ({ subject, fhirUser, name }: StaffMember): StaffMember => ({
  subject: subject.trim(),
  fhirUser: fhirUser.trim(),
  name: name.trim(),
});

/** The first moment after the day, by the clock of this browser. */
const endOf = (day: string): Date => {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + 1);
};

export function readForm({ kind, delegate, clinician, reason, lastDay }: DelegationForm, now: Date): Result<GiveDelegation, Wrong> {
  const wrong = wrongIn('delegate', delegate) ?? wrongIn('clinician', clinician);
  if (wrong) return refuse(wrong);
  if (delegate.subject.trim() === clinician.subject.trim()) return refuse({ field: 'clinician.subject', text: 'Name two people.' });
  const until = lastDay === '' ? null : endOf(lastDay);
  if (until && (Number.isNaN(until.getTime()) || until <= now)) return refuse({ field: 'lastDay', text: 'Choose today or a later day.' });
  if (reason.trim().length < 3) return refuse({ field: 'reason', text: 'Say why in a few words.' });
  return ok({
    kind,
    delegate: trimmed(delegate),
    clinician: trimmed(clinician),
    reason: reason.trim(),
    until: until?.toISOString() ?? null,
  });
}
