/**
 * A fax by a service that takes mails: the pages attached, to the number at the service's domain. That it took the mail is no receipt of the
 * fax: the transmission stays sent. SMTP has no key to ask by, so it leaves once at most.
 */
import { FaxContent as Content, type FaxContent } from './fax.ts';
import type { Handler } from './handler.ts';
import { isOwed, NOT_SET_UP, transmissionFact, whyNotLeave } from './packet-effect.ts';
import type { SmtpSettings } from './settings.ts';
import { sendMail } from './smtp.ts';

export const FAX_BY_MAIL = 'fax-by-mail';

export const faxByMail = (smtp: SmtpSettings | undefined, domain: string | undefined): Handler<FaxContent> => ({
  kind: FAX_BY_MAIL,
  what: 'The fax to the specialist’s office',
  repeatable: false,
  content: Content,
  mayNotLeave: (referral, { transmission }) => whyNotLeave(referral, transmission),
  isOwed: (referral, { transmission }) => isOwed(referral, transmission),
  send: async ({ id, content }, call) => {
    if (smtp === undefined || domain === undefined) return NOT_SET_UP;
    const to = `${content.number.slice(1)}@${domain}`;
    const pages = { filename: 'referral.pdf', contentType: 'application/pdf', content: Buffer.from(content.pdf, 'base64') };
    return sendMail(smtp, { id, to, subject: 'Fax', text: 'The pages are attached.', attachments: [pages] }, call);
  },
  follows: ({ content }, outcome, at) => transmissionFact(content.transmission, outcome, { at, receipt: 'taken-on' }),
});
