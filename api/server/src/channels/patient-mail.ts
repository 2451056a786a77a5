/**
 * The same as a text message by mail, over the SMTP server that mails to offices leave by. SMTP has no key to ask by, so it leaves once at most, and a
 * doubt is a person’s. How mails are ended stands in its words, and in its headers for the button of a mailbox (RFC 8058: one POST to an https address,
 * without a page or a date of birth; the mail server signs both headers).
 */
import { mailFor } from '@refloop/domain/patient/messages';
import { digest } from '../sessions/token.ts';
import type { Site } from '../sites.ts';
import type { Handler, Sent } from './handler.ts';
import { NOT_SET_UP } from './packet-effect.ts';
import type { SmtpSettings } from './settings.ts';
import { sendMail } from './smtp.ts';
import { type PatientMessage, patientMessage, senderOf, siteOf } from './text-message.ts';

export const PATIENT_MAIL = 'patient-mail';

export const PATIENT_MAIL_WHAT = 'The e-mail to the patient';

/**
 * Of a link, what ends mails and opens nothing: its digest, by which the link is known and from which nobody gets it back.
 * @param link what stands behind the `#` of the patient’s page
 */
export const mailStopOf = (link: string): string => digest(link);

type MailDeps = { sites: readonly Site[]; smtp: SmtpSettings | undefined /** Of Refloop; without a final slash. */; address: string };

/** None where it would not be https, which a mailbox asks for (RFC 8058 §3.1). */
const stopHeaders = (address: string, link: string): Record<string, string> =>
  address.startsWith('https://')
    ? {
        'List-Unsubscribe': `<${address}/patient/mail-stops/${mailStopOf(link)}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }
    : {};

export const patientMail = ({ sites, smtp, address }: MailDeps): Handler<PatientMessage> => ({
  ...patientMessage('email'),
  kind: PATIENT_MAIL,
  what: PATIENT_MAIL_WHAT,
  repeatable: false,
  send: async ({ id, scope, content }, call): Promise<Sent> => {
    const site = siteOf(sites, scope);
    if (!site?.patientMail) return { kind: 'left-out', detail: 'This site sends no e-mails to patients.' };
    if (smtp === undefined) return NOT_SET_UP;
    const { to, topic, language, link, words } = content;
    const { subject, body } = mailFor(topic, language, senderOf(content, site), `${address}/patient#${link}`, words);
    return sendMail(smtp, { id, to, subject, text: body, attachments: [], headers: stopHeaders(address, link) }, call);
  },
});
