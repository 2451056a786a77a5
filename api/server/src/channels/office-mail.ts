/**
 * The office's link by mail. Nothing of the patient stands in it, in the subject or the words: the link alone, which opens with the
 * specialist's NPI. SMTP has no key to ask by, so it leaves once at most.
 */
import { productWords } from '@refloop/domain/configuration/templates';
import { z } from 'zod';
import type { Handler } from './handler.ts';
import { isOwed, NOT_SET_UP, Transmission, transmissionFact, whyNotLeave } from './packet-effect.ts';
import type { SmtpSettings } from './settings.ts';
import { sendMail } from './smtp.ts';

export const OFFICE_MAIL = 'office-mail';

const Content = z.object({
  transmission: Transmission,
  to: z.email(),
  /** The whole address, with what opens it behind the `#`. */
  link: z.url(),
  practice: z.string(),
  specialist: z.string(),
  callback: z.string(),
  /** Of the site, with their placeholders, as they were when it was asked for; absent: Refloop’s. */
  words: z.string().optional(),
});
export type OfficeMail = z.infer<typeof Content>;

export const officeMailSubject = 'A referral for you to open';

/** Said where nobody has told where the practice is called. */
const NO_PHONE = 'its number is in your records';

export const officeMailText = ({ link, practice, specialist, callback, words }: Omit<OfficeMail, 'transmission' | 'to'>): string =>
  `${(words ?? productWords('office-mail', 'en'))
    .replaceAll('{practice}', practice)
    .replaceAll('{specialist}', specialist)
    .replaceAll('{phone}', callback || NO_PHONE)
    .replaceAll('{link}', link)}\n`;

export const officeMail = (smtp: SmtpSettings | undefined): Handler<OfficeMail> => ({
  kind: OFFICE_MAIL,
  what: 'The mail with the link to the specialist’s office',
  repeatable: false,
  content: Content,
  mayNotLeave: (referral, { transmission }) => whyNotLeave(referral, transmission),
  isOwed: (referral, { transmission }) => isOwed(referral, transmission),
  send: async ({ id, content }, call) =>
    smtp === undefined
      ? NOT_SET_UP
      : sendMail(smtp, { id, to: content.to, subject: officeMailSubject, text: officeMailText(content), attachments: [] }, call),
  follows: ({ content }, outcome, at) => transmissionFact(content.transmission, outcome, { at, receipt: 'arrived' }),
});
