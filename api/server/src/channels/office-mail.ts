/**
 * The office's link by mail. Nothing of the patient stands in it, in the subject or the words: the link alone, which opens with the
 * specialist's NPI. SMTP has no key to ask by, so it leaves once at most. A server that takes it has taken it on (RFC 5321 §6.1) and may be our
 * own relay: the transmission stays sent, and one that comes back is found by its number (inbound/returned-mail.ts).
 *
 * The same letter goes once more where there is news for the office, or the practice asks something, to the address that the packet went to. Where
 * there is no such address what the patient did is a person's to tell, who has it on their worklist as what was not sent; what is asked was theirs
 * from the beginning.
 */
import { productWords } from '@refloop/domain/configuration/templates';
import type { Attempt } from '@refloop/domain/referral/attempt';
import { closedBy } from '@refloop/domain/referral/closure';
import { takesAnswer } from '@refloop/domain/referral/office-act';
import type { Referral } from '@refloop/domain/referral/referral';
import { isLinked, type Report } from '@refloop/domain/referral/report';
import { unreachable } from '@refloop/domain/result';
import { z } from 'zod';
import type { Handler } from './handler.ts';
import { isOwed, NOT_SET_UP, Transmission, transmissionFact, whyNotLeave } from './packet-effect.ts';
import type { SmtpSettings } from './settings.ts';
import { sendMail } from './smtp.ts';

export const OFFICE_MAIL = 'office-mail';

/**
 * What the office has to hear of. What the patient did: a visit was booked or moved, or is no longer wanted. What the practice asks by a step of
 * its policy: whether the referral arrived (R117), for the note (R148), and again before it is due (R149). That the practice wrote a message.
 */
export const OFFICE_NEWS = ['booked', 'called-off', 'receipt-asked', 'note-asked', 'note-due', 'message'] as const;
export type OfficeNews = (typeof OFFICE_NEWS)[number];

const Content = z.object({
  /** Of a letter with news: the packet's that left before, if one did. */
  transmission: Transmission,
  /** Null where the office gets no mail: then only a person can tell it. Of a packet it is never null. */
  to: z.email().nullable(),
  /** The whole address, with what opens it behind the `#`, or that alone; empty where there is nobody to send it to. */
  link: z.union([z.url(), z.string().regex(/^[A-Za-z0-9_-]{43}$/), z.literal('')]),
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

const SOMETHING_NEW = 'There is something new about a referral to {specialist} that {practice} sent you.';

const FIRST_WORDS: Record<OfficeNews, string> = {
  booked: SOMETHING_NEW,
  'called-off': SOMETHING_NEW,
  'receipt-asked': '{practice} sent you a referral to {specialist}, and asks whether you have it. Please say so on its page.',
  'note-asked': '{practice} asks for your note on a referral to {specialist}. You can give it on its page.',
  'note-due': '{practice} still waits for your note on a referral to {specialist}. You can give it on its page.',
  message: '{practice} wrote you a message about a referral to {specialist}. It waits for you on its page.',
};

/** It says neither what is new nor of whom: that stands behind the link. */
const newsWords = (news: OfficeNews): string =>
  [
    FIRST_WORDS[news],
    '',
    'Open it here. You will be asked for the NPI of the specialist; no account is needed.',
    '{link}',
    '',
    'The link is for your office alone. If it is not for you, delete this mail and tell the practice: {phone}.',
  ].join('\n');

const wordsOf = ({ words, news }: Letter): string => (news === undefined ? (words ?? productWords('office-mail', 'en')) : newsWords(news));

/** Whoever asks for a letter may not know where offices reach Refloop. @param publicUrl without a final slash */
export const withAddress = (content: OfficeMail, publicUrl: string): OfficeMail =>
  content.link === '' || content.link.includes('#') ? content : { ...content, link: `${publicUrl}/office#${content.link}` };

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

/** Of whoever saw the patient, or advises. */
function noteHasCome(referral: Referral, { attempt }: Transmission): boolean {
  // One that nobody has linked yet may be theirs.
  const isTheirs = (report: Report): boolean => report.status === 'received' || (isLinked(report) && report.attempt === attempt);
  return closedBy(referral) !== undefined || referral.reports.some((report) => report.form === 'final' && isTheirs(report));
}

/** It was to leave when the patient called it off, and did not: this office has nothing that could be called off. */
function neverReached(referral: Referral, transmission: Transmission): boolean {
  const held = heldBy(referral, transmission);
  if (!held || held.acceptedAt !== null) return false;
  const isOwn = held.transmissions.some(({ id }) => id === transmission.transmissionId);
  return isOwn && held.transmissions.every(({ status }) => status === 'failed');
}

type Leaves = Pick<OfficeMail, 'transmission' | 'news'>;

/** Why it must not leave, whoever it would go to. That a visit is called off is told also where the order is over by it, or another office is asked. */
export function overtaken(referral: Referral, { transmission, news }: Leaves): string | undefined {
  switch (news) {
    case 'called-off':
      if (neverReached(referral, transmission)) return 'Nothing of this referral has reached the office.';
      return heldBy(referral, transmission) ? undefined : 'This specialist is not asked any more.';
    case 'note-asked':
    case 'note-due':
      if (referral.order.status !== 'active') return 'The order is not in force.';
      if (noteHasCome(referral, transmission)) return 'The note has come.';
      return takesAnswer(referral, transmission.attempt) ? undefined : 'The page of this office takes no note now.';
    case 'receipt-asked':
      return (
        whyNotLeave(referral, transmission) ??
        (heldBy(referral, transmission)?.work.status === 'sent' ? undefined : 'The office has said that it has it.')
      );
    case 'message':
      return isOwed(referral, transmission) ? undefined : 'This referral is over for this office.';
    case 'booked':
    case undefined:
      return whyNotLeave(referral, transmission);
    default:
      return unreachable(news);
  }
}

/** What is asked by a machine is asked as long as it is right to: overtaken, it is nobody's to see to. */
const isAsked = (news: OfficeNews | undefined): boolean => news === 'receipt-asked' || news === 'note-asked' || news === 'note-due';

/** Whether somebody has to see to it where it did not leave. A date that the patient picked stands while the order is on hold: the office hears of it by a person. */
export function isLetterOwed(referral: Referral, { transmission, news }: Leaves): boolean {
  if (isAsked(news)) return overtaken(referral, { transmission, news }) === undefined;
  const isHeldDate = news === 'booked' && referral.order.status === 'on-hold';
  if (news === 'called-off') return overtaken(referral, { transmission, news }) === undefined;
  return isHeldDate ? heldBy(referral, transmission) !== undefined : isOwed(referral, transmission);
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
    case 'receipt-asked':
      return 'The letter that asks the specialist’s office whether it has the referral';
    case 'note-asked':
      return 'The letter that asks the specialist’s office for its note';
    case 'note-due':
      return 'The letter that reminds the specialist’s office of its note';
    case 'message':
      return 'Word to the specialist’s office that a message of ours waits for it';
    default:
      return unreachable(news);
  }
}

/** @param publicUrl where offices reach Refloop, without a final slash */
export const officeMail = (smtp: SmtpSettings | undefined, publicUrl: string): Handler<OfficeMail> => ({
  kind: OFFICE_MAIL,
  what: letterWords(undefined),
  whatOf: ({ news }) => letterWords(news),
  byPersonOnly: ({ to }) => to === null,
  repeatable: false,
  content: Content,
  mayNotLeave: (referral, content) => overtaken(referral, content) ?? (content.to === null ? NO_ADDRESS : undefined),
  isOwed: isLetterOwed,
  isTold: ({ news }) => isAsked(news),
  send: async ({ id, content }, call) => {
    if (content.to === null) return { kind: 'refused', detail: NO_ADDRESS, final: true };
    if (smtp === undefined) return NOT_SET_UP;
    const letter = { subject: officeMailSubject(content), text: officeMailText(withAddress(content, publicUrl)), attachments: [] };
    return sendMail(smtp, { id, to: content.to, ...letter }, call);
  },
  // News that did not arrive says nothing of the packet before it.
  follows: ({ content }, outcome, at) =>
    content.news === undefined ? transmissionFact(content.transmission, outcome, { at, receipt: 'taken-on' }) : undefined,
});
