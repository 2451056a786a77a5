/**
 * A text message to a patient, by an HTTP gateway that honours an idempotency key: POST {id, from, to, text} with the id as `Idempotency-Key` too
 * (draft-ietf-httpapi-idempotency-key-header). 2xx with {id} is taken; the same id again is the same message.
 */
import { MESSAGE_TOPICS, type MessageTopic, type Sender, textFor } from '@refloop/domain/patient/messages';
import { isWantedAt, type PatientChannel, type Reachable, sendAt } from '@refloop/domain/patient/outreach';
import { type AgeGroup, isAddressee, type ProxyRecord, reachedAt } from '@refloop/domain/patient/proxy';
import { LANGUAGES } from '@refloop/domain/patient/reading-grade';
import { askedNow, bookedWith } from '@refloop/domain/referral/patient-act';
import type { Referral } from '@refloop/domain/referral/referral';
import { z } from 'zod';
import { type Site, scopeOf } from '../sites.ts';
import type { Scope } from '../store/store.ts';
import { type Handler, NOT_THEIRS, type Sent, TOO_LATE } from './handler.ts';

export const TEXT_MESSAGE = 'text-message';

/** What is written to a patient, by whichever channel. */
const PatientMessageContent = z.object({
  /** A number in E.164, or an address. */
  to: z.string(),
  topic: z.enum(MESSAGE_TOPICS),
  language: z.enum(LANGUAGES),
  /** What stands behind the `#` of the patient's page. */
  link: z.string(),
  /** Of the clinic, IANA name: in whose quiet hours nothing is sent. Absent in what was asked for before it was kept. */
  timeZone: z.string().optional(),
  /** Of a date that was set or called off: when the visit is, or would have been. */
  startsAt: z.string().optional(),
  /** As the site said when it was asked for: sent again, it has to say the same. Absent: what the site entry and Refloop say. */
  practice: z.string().optional(),
  phone: z.string().optional(),
  words: z.string().optional(),
});
export type PatientMessage = z.infer<typeof PatientMessageContent>;
export type TextMessage = PatientMessage;

/** Of a status that says to try again nothing has happened; any other 4xx stays so. */
const TRY_AGAIN = [408, 409, 425, 429];

const LONGEST_RECEIPT = 100;

type TextDeps = {
  sites: readonly Site[] /** Of Refloop, as patients reach it; without a final slash. */;
  address: string;
  fetch?: typeof globalThis.fetch;
};

export function siteOf(sites: readonly Site[], { tenant, issuer }: Scope): Site | undefined {
  return sites.find((site) => scopeOf(site).tenant === tenant && scopeOf(site).issuer === issuer);
}

const NAMES: Readonly<Record<PatientChannel, string>> = { text: 'text messages', email: 'e-mails' };

/** Whom a message may go to, as it is kept of the patient. */
type Contact = Reachable & Partial<ProxyRecord>;

/** Whether messages are still wanted there, by the patient or who acts for them: what is kept of them says so also where a referral does not. */
function isWanted({ consents }: Referral, channel: PatientChannel, to: string, contact: Contact | undefined): boolean {
  // The events of a referral are of the patient’s own word: who acts for them may have said yes to the same number.
  const isEnded = consents[channel] === 'withdrawn';
  if (contact === undefined) return !isEnded;
  return reachedAt(contact, channel, to).some((each) => isWantedAt(each, channel, to) && !(isEnded && each === contact));
}

const HOUR_MS = 3_600_000;
/** For so long after it was asked for a message is still of use. Ours; each outlives a night, and a weekend where it can wait. */
const OF_USE_HOURS: Readonly<Record<MessageTopic, number>> = {
  book: 72,
  remind: 72,
  'day-before': 36,
  missed: 72,
  'were-you-seen': 72,
  // Asked for a day before it is due.
  rate: 120,
  booked: 72,
  'called-off': 72,
};

type Asked = Pick<PatientMessage, 'to' | 'topic' | 'startsAt'>;
type Then = { now: string; contact: Contact | undefined; ages?: AgeGroup | undefined };

/** Why it must not leave any more: what happened since it was asked for made it wrong. */
export function overtaken(referral: Referral, content: Asked, then: Then, channel: PatientChannel = 'text'): string | undefined {
  const { contact, ages } = then;
  if (referral.order.status !== 'active') return 'The order is not in force any more.';
  if (!isWanted(referral, channel, content.to, contact)) return `The patient wants no more ${NAMES[channel]} there.`;
  const reason = overtakenByCare(referral, content, then);
  if (reason !== undefined) return reason;
  // A child may have come of the age at which a parent is told nothing since.
  const { proxies = [] } = contact ?? {};
  return contact && ages && !isAddressee({ ...contact, proxies }, ages, channel, content.to) ? NOT_THEIRS : undefined;
}

function overtakenByCare(referral: Referral, content: Asked, { now }: Then): string | undefined {
  const { topic } = content;
  const attempt = referral.attempts.at(-1);
  const isSeen = referral.attempts.some(({ visits }) => visits.length > 0);
  switch (topic) {
    case 'book':
    case 'remind':
    case 'missed':
      if (isSeen || attempt?.work.status === 'scheduled') return 'A visit was booked meanwhile.';
      return askedNow(referral) ? undefined : 'Nobody is asked to see the patient any more.';
    case 'day-before': {
      const booked = attempt && bookedWith(attempt);
      if (!booked) return 'The visit is not booked any more.';
      return booked.startsAt > now ? undefined : 'The time of the visit is over.';
    }
    case 'booked': {
      const booked = attempt && bookedWith(attempt);
      if (!booked) return 'The visit is not booked any more.';
      // The date that it was moved to has a message of its own, or is the patient's own doing.
      if (booked.startsAt !== content.startsAt) return 'The visit was moved meanwhile.';
      return booked.startsAt > now ? undefined : TOO_LATE;
    }
    case 'called-off':
      if (isSeen || attempt?.work.status === 'scheduled') return 'A visit was booked meanwhile.';
      return content.startsAt === undefined || content.startsAt > now ? undefined : TOO_LATE;
    case 'were-you-seen':
      return isSeen ? 'The patient was seen.' : undefined;
    case 'rate':
      if (!isSeen) return 'The note that had shown the visit was taken off.';
      return referral.rating === null ? undefined : 'The patient has said how it was.';
  }
}

async function receiptOf(response: Response): Promise<string> {
  const answered: unknown = await response.json().catch(() => undefined);
  const id = typeof answered === 'object' && answered !== null && 'id' in answered ? answered.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, LONGEST_RECEIPT) : `status ${response.status}`;
}

/** What every message to a patient has in common: when it may leave, until when it is of use, and what the history says of it. */
export const patientMessage = (
  channel: PatientChannel,
): Pick<Handler<PatientMessage>, 'content' | 'mayNotLeave' | 'notAfter' | 'notBefore' | 'follows'> => ({
  content: PatientMessageContent,
  mayNotLeave: (referral, content, standing) => overtaken(referral, content, standing, channel),
  notAfter: ({ topic }, askedAt) => new Date(Date.parse(askedAt) + OF_USE_HOURS[topic] * HOUR_MS).toISOString(),
  // Asked for by day, it may be tried again, or carried late, when it is night.
  notBefore: ({ timeZone }, now) => (timeZone === undefined ? now : sendAt(now, timeZone)),
  follows: ({ id, content }, outcome, at) => {
    // What was overtaken the history shows already; that it came to be too late, or nobody’s to read, nothing else does.
    if (outcome.kind === 'left-out' && outcome.detail !== TOO_LATE && outcome.detail !== NOT_THEIRS) return undefined;
    const became = { done: 'sent', failed: 'failed', 'left-out': 'failed', unknown: 'unknown' } as const;
    const { topic } = content;
    return { kind: 'patient-messaged', messageId: id, topic, channel, outcome: became[outcome.kind], at, key: `outbox/${id}` };
  },
});

/** Who writes: as the site said when it was asked for, else as its entry says. */
export const senderOf = (content: PatientMessage, site: Site): Sender => ({
  practice: content.practice ?? site.name,
  phone: content.phone ?? site.phone ?? '',
});

export const textMessage = ({ sites, address, fetch = globalThis.fetch }: TextDeps): Handler<TextMessage> => ({
  ...patientMessage('text'),
  kind: TEXT_MESSAGE,
  what: 'The text message to the patient',
  repeatable: true,
  send: async ({ id, scope, content }, { signal }): Promise<Sent> => {
    const site = siteOf(sites, scope);
    const gateway = site?.textMessages;
    if (!site || !gateway) return { kind: 'left-out', detail: 'This site sends no text messages.' };
    const text = textFor(content.topic, content.language, senderOf(content, site), `${address}/patient#${content.link}`, content.words);
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.key}`, 'idempotency-key': id },
      body: JSON.stringify({ id, from: gateway.from, to: content.to, text }),
      redirect: 'error',
      signal,
    });
    if (response.ok) return { kind: 'done', receipt: await receiptOf(response) };
    await response.body?.cancel();
    const detail = `The gateway answered with status ${response.status}.`;
    if (response.status >= 500) return { kind: 'unknown', detail };
    return { kind: 'refused', detail, final: !TRY_AGAIN.includes(response.status) };
  },
});
