/**
 * The office's link by mail. Nothing of the patient stands in it, in the subject or the words: the link alone, which opens with the
 * specialist's NPI. SMTP has no key to ask by, so it leaves once at most. A server that takes it has taken it on (RFC 5321 §6.1) and may be our
 * own relay: the transmission stays sent, and one that comes back is found by its number (inbound/returned-mail.ts).
 *
 * The same letter goes once more where there is news for the office, to the address that the packet went to. Where there is no such address the
 * news is a person's to tell, who has it on their worklist as what was not sent.
 */
import { productWords } from '@refloop/domain/configuration/templates';
import type { Attempt } from '@refloop/domain/referral/attempt';
import type { Referral } from '@refloop/domain/referral/referral';
import { unreachable } from '@refloop/domain/result';
import { z } from 'zod';
import type { Handler } from './handler.ts';
import { isOwed, NOT_SET_UP, Transmission, transmissionFact, whyNotLeave } from './packet-effect.ts';
import type { SmtpSettings } from './settings.ts';
import { sendMail } from './smtp.ts';

export const OFFICE_MAIL = 'office-mail';

/** What the patient did that the office has to hear of: a visit was booked or moved, or is no longer wanted. */
export const OFFICE_NEWS = ['booked', 'called-off'] as const;
export type OfficeNews = (typeof OFFICE_NEWS)[number];

const Content = z.object({
  /** Of a letter with news: the packet's that left before, if one did. */
  transmission: Transmission,
  /** Null where the office gets no mail: then only a person can tell it. Of a packet it is never null. */
  to: z.email().nullable(),
  /** The whole address, with what opens it behind the `#`; empty where there is nobody to send it to. */
  link: z.union([z.url(), z.literal('')]),
  practice: z.string(),
  specialist: z.string(),
  callback: z.string(),
  /** Of the site, with their placeholders, as they were when it was asked for; absent: Refloop’s. */
  words: z.string().optional(),
  /** Absent: it carries a packet. */
  news: z.enum(OFFICE_NEWS).optional(),
});
export type OfficeMail = z.infer<typeof Content>;
type Letter = Omit<OfficeMail, 'transmission' | 'to'>;

export const officeMailSubject = ({ news }: Pick<OfficeMail, 'news'>): string =>
  news === undefined ? 'A referral for you to open' : 'Something new about a referral you were sent';

/** Said where nobody has told where the practice is called. */
const NO_PHONE = 'its number is in your records';

/** It says neither what is new nor of whom: that stands behind the link. */
const NEWS = [
  'There is something new about a referral to {specialist} that {practice} sent you.',
  '',
  'Open it here. You will be asked for the NPI of the specialist; no account is needed.',
  '{link}',
  '',
  'The link is for your office alone. If it is not for you, delete this mail and tell the practice: {phone}.',
].join('\n');

const wordsOf = ({ words, news }: Letter): string => (news === undefined ? (words ?? productWords('office-mail', 'en')) : NEWS);

export const officeMailText = (letter: Letter): string =>
  `${wordsOf(letter)
    .replaceAll('{practice}', letter.practice)
    .replaceAll('{specialist}', letter.specialist)
    .replaceAll('{phone}', letter.callback || NO_PHONE)
    .replaceAll('{link}', letter.link)}\n`;

const NO_ADDRESS = 'The office gets no mail from Refloop about this referral. Call the office, and say here that it is done.';

/** Who said no, or confirmed that it is cancelled, waits for nobody. */
function heldBy({ attempts }: Referral, { attempt }: Transmission): Attempt | undefined {
  const asked = attempts.find(({ number }) => number === attempt);
  return asked && asked.work.status !== 'declined' && asked.work.status !== 'cancelled' ? asked : undefined;
}

/** Why it must not leave, whoever it would go to. That a visit is called off is told also where the order is over by it, or another office is asked. */
function overtaken(referral: Referral, { transmission, news }: OfficeMail): string | undefined {
  if (news === 'called-off') return heldBy(referral, transmission) ? undefined : 'This specialist is not asked any more.';
  return whyNotLeave(referral, transmission);
}

/** Whether somebody has to see to it where it did not leave. A date that the patient picked stands while the order is on hold: the office hears of it by a person. */
export function isLetterOwed(referral: Referral, { transmission, news }: Pick<OfficeMail, 'transmission' | 'news'>): boolean {
  const isHeldDate = news === 'booked' && referral.order.status === 'on-hold';
  return news === 'called-off' || isHeldDate ? heldBy(referral, transmission) !== undefined : isOwed(referral, transmission);
}

/** In a sentence, to whoever has to find out what became of it. */
export function letterWords(news: OfficeNews | undefined): string {
  switch (news) {
    case undefined:
      return 'The mail with the link to the specialist’s office';
    case 'booked':
      return 'Word to the specialist’s office that the patient picked a date';
    case 'called-off':
      return 'Word to the specialist’s office that the patient does not come';
    default:
      return unreachable(news);
  }
}

export const officeMail = (smtp: SmtpSettings | undefined): Handler<OfficeMail> => ({
  kind: OFFICE_MAIL,
  what: letterWords(undefined),
  whatOf: ({ news }) => letterWords(news),
  byPersonOnly: ({ to }) => to === null,
  repeatable: false,
  content: Content,
  mayNotLeave: (referral, content) => overtaken(referral, content) ?? (content.to === null ? NO_ADDRESS : undefined),
  isOwed: isLetterOwed,
  send: async ({ id, content }, call) => {
    if (content.to === null) return { kind: 'refused', detail: NO_ADDRESS, final: true };
    if (smtp === undefined) return NOT_SET_UP;
    const letter = { subject: officeMailSubject(content), text: officeMailText(content), attachments: [] };
    return sendMail(smtp, { id, to: content.to, ...letter }, call);
  },
  // News that did not arrive says nothing of the packet before it.
  follows: ({ content }, outcome, at) =>
    content.news === undefined ? transmissionFact(content.transmission, outcome, { at, receipt: 'taken-on' }) : undefined,
});
