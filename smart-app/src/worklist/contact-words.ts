/** How the patient is reached, in words. */
import type { ChannelView, PatientContactView, PreferredWay } from '@refloop/server/client/patient-contact';
import { plainTime } from '../words/plain-date.ts';

/** What nothing leaves by yet is kept for when it does, and says so. */
export const PREFERRED_NAMES: Readonly<Record<PreferredWay, string>> = {
  phone: 'A call',
  text: 'Text messages',
  email: 'E-mail (not used yet)',
};
export const LANGUAGE_NAMES: Readonly<Record<PatientContactView['language'], string>> = { en: 'English', es: 'Spanish' };
export const TOLD_NAMES: Readonly<Record<NonNullable<PatientContactView['told']>['how'], string>> = {
  telephone: 'on the telephone',
  'in-person': 'in person',
};
export const PROXY_NAMES: Readonly<Record<PatientContactView['proxies'][number]['side'], string>> = {
  parent: 'Parent',
  guardian: 'Guardian',
  proxy: 'Somebody else who acts for them',
};

/** Since when, and whose word it is. */
export function consentWords({ to, consent }: ChannelView, now: Date): string {
  if (consent.status === 'unknown') return to === null ? 'nobody has asked the patient' : 'nobody has asked the patient, so none leave';
  const since = `since ${plainTime(consent.at, now)}`;
  if (consent.by === 'staff') return `${consent.status === 'given' ? 'wanted' : 'not wanted'} ${since}, as they told us`;
  return consent.status === 'given' ? `wanted ${since}, as they said themselves` : `ended by the patient ${since}`;
}

/** Whether what is to be told leaves by itself, and if not, why not. */
export function leavesWords({ leavesBy, preferred, sendsTexts, text, email }: PatientContactView): string {
  if (leavesBy === 'text')
    return preferred === 'email'
      ? 'They prefer e-mails. Refloop writes none to patients yet, so messages leave as the texts they said yes to.'
      : 'Messages leave by themselves as texts.';
  if (!sendsTexts) return 'This practice sends no text messages, so a person calls.';
  if (preferred === 'phone') return 'They want to be called, so a person calls.';
  if (email.to !== null && email.consent.status === 'given')
    return 'They want e-mails. Refloop writes none to patients yet, so a person does.';
  return text.to === null
    ? 'There is no number for texts, so a person calls.'
    : 'No text leaves before the patient says yes to texts, so a person calls.';
}

/** Only the patient begins what the patient ended. */
export const isEndedByPatient = ({ consent }: ChannelView): boolean => consent.status === 'withdrawn' && consent.by === 'patient';
