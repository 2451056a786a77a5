/** How the patient is reached, in words. */
import { PATIENT_CHANNELS, type PatientChannel } from '@refloop/domain/patient/outreach';
import type { ChannelView, PatientContactView, PreferredWay, ProxyView } from '@refloop/server/client/patient-contact';
import { plainTime } from '../words/plain-date.ts';
import { plainPhone } from '../words/plain-phone.ts';

export const PREFERRED_NAMES: Readonly<Record<PreferredWay, string>> = { phone: 'A call', text: 'Text messages', email: 'E-mail' };

type Sends = Pick<PatientContactView, 'sends'>;

const NONE_LEAVE: Readonly<Record<PatientChannel, string>> = {
  text: 'this practice sends no texts',
  email: 'this practice sends no e-mails to patients',
};

/** What nothing leaves by is kept for when it does, and says so. */
export const whereSent = (name: string, channel: PatientChannel, { sends }: Sends): string =>
  sends.includes(channel) ? name : `${name} (kept; ${NONE_LEAVE[channel]})`;

/** The ways to be reached, and of each what becomes of it here. */
export const preferredNames = (contact: Sends): Record<PreferredWay, string> => ({
  phone: PREFERRED_NAMES.phone,
  text: whereSent(PREFERRED_NAMES.text, 'text', contact),
  email: whereSent(PREFERRED_NAMES.email, 'email', contact),
});
export const LANGUAGE_NAMES: Readonly<Record<PatientContactView['language'], string>> = { en: 'English', es: 'Spanish' };
export const TOLD_NAMES: Readonly<Record<NonNullable<PatientContactView['told']>['how'], string>> = {
  telephone: 'on the telephone',
  'in-person': 'in person',
};
export const PROXY_NAMES: Readonly<Record<PatientContactView['proxies'][number]['side'], string>> = {
  parent: 'Parent',
  guardian: 'Guardian',
  proxy: 'Holds a power of attorney, or acts for them',
};

/** Since when, and whose word it is. */
export function consentWords({ to, consent }: ChannelView, now: Date): string {
  if (consent.status === 'unknown') return to === null ? 'nobody has asked the patient' : 'nobody has asked the patient, so none leave';
  const since = `since ${plainTime(consent.at, now)}`;
  if (consent.by === 'staff') return `${consent.status === 'given' ? 'wanted' : 'not wanted'} ${since}, as they told us`;
  return consent.status === 'given' ? `wanted ${since}, as they said themselves` : `ended by the patient ${since}`;
}

/** Of who is on record: whether they act now, and whether messages go to them. */
export function proxyWords({ acts, instead, reach, put }: ProxyView, isUnderAge: boolean, now: Date): string[] {
  const places = PATIENT_CHANNELS.flatMap((channel) => {
    const way = reach?.[channel];
    return way && way.to !== null ? `${LEAVE_AS[channel]} to ${plainPhone(way.to)}: ${consentWords(way, now)}` : [];
  });
  return [
    acts ? '' : 'does not act for them any more: the patient is of age',
    acts && instead ? `messages go to them${isUnderAge ? '' : ' instead of the patient'}` : '',
    reach === null ? '' : `speaks ${LANGUAGE_NAMES[reach.language]}`,
    ...(acts && reach !== null && places.length === 0 ? ['neither number nor address'] : places),
    put === null ? '' : `put on record by ${put.by}, ${plainTime(put.at, now)}`,
  ].filter(Boolean);
}

const LEAVE_AS: Readonly<Record<PatientChannel, string>> = { text: 'texts', email: 'e-mails' };

/** Whether what is to be told leaves by itself, and if not, why not. */
export function leavesWords({ leavesBy, preferred, sends, text, email, proxies }: PatientContactView): string {
  const acting = proxies.filter((proxy) => proxy.instead).map(({ name }) => name);
  if (acting.length > 0) {
    if (leavesBy !== null)
      return `Messages leave by themselves as ${LEAVE_AS[leavesBy]}, to who acts for the patient: ${acting.join(', ')}.`;
    return `Messages would go to who acts for the patient: ${acting.join(', ')}. None leaves before they say yes, so a person calls them.`;
  }
  if (leavesBy !== null) {
    if (preferred === leavesBy || preferred === 'phone') return `Messages leave by themselves as ${LEAVE_AS[leavesBy]}.`;
    const why = sends.includes(preferred) ? 'none can leave by that' : NONE_LEAVE[preferred];
    return `They prefer ${LEAVE_AS[preferred]}, and ${why}, so messages leave as the ${LEAVE_AS[leavesBy]} they said yes to.`;
  }
  if (sends.length === 0) return 'This practice sends patients neither texts nor e-mails, so a person calls.';
  if (preferred === 'phone') return 'They want to be called, so a person calls.';
  const given = PATIENT_CHANNELS.find((channel) => !sends.includes(channel) && { text, email }[channel].consent.status === 'given');
  if (given !== undefined) return `They want ${LEAVE_AS[given]}, and ${NONE_LEAVE[given]}, so a person calls.`;
  const places = sends.map((channel) => ({ text, email })[channel].to);
  return places.every((to) => to === null)
    ? 'There is nowhere to send messages, so a person calls.'
    : `No message leaves before the patient says yes to ${sends.map((channel) => LEAVE_AS[channel]).join(' or ')}, so a person calls.`;
}

/** Only the patient begins what the patient ended. */
export const isEndedByPatient = ({ consent }: ChannelView): boolean => consent.status === 'withdrawn' && consent.by === 'patient';
