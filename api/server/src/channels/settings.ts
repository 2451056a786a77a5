/** How packets leave, from the environment: nothing of it is on unless it is set. */
import { z } from 'zod';
import { addressFault } from '../ehr-address.ts';
import type { FieldError } from '../problem.ts';

export type SmtpSettings = {
  host: string;
  port: number;
  /** TLS from the first byte; else the connection is raised to TLS before anything is said. */
  implicitTls: boolean;
  /** Only for a server on this machine. */
  withoutTls: boolean;
  login: { user: string; pass: string } | undefined;
  from: string;
};

export type ChannelSettings = {
  smtp: SmtpSettings | undefined;
  /** A fax is a mail to its number at this domain. */
  faxMailDomain: string | undefined;
  faxGateway: { url: string; token: string } | undefined;
  /** Where offices reach Refloop, without a final slash; links begin with it. */
  publicUrl: string;
};

export const CHANNEL_ENVIRONMENT = {
  REFLOOP_SMTP_URL: z.string().min(1).optional(),
  REFLOOP_MAIL_FROM: z.email('Not a mail address').optional(),
  REFLOOP_FAX_MAIL_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'Not a domain')
    .optional(),
  REFLOOP_FAX_URL: z.string().min(1).optional(),
  REFLOOP_FAX_TOKEN: z.string().min(8, 'Shorter than eight characters').optional(),
};

export const CHANNEL_FIXES = {
  REFLOOP_SMTP_URL: 'Set smtps://user:password@host, or smtp://user:password@host:587 where TLS begins after a greeting; or leave it out.',
  REFLOOP_MAIL_FROM: 'Set the address mails come from, such as referrals@clinic.example.org; it goes with REFLOOP_SMTP_URL.',
  REFLOOP_FAX_MAIL_DOMAIN: 'Set the domain of the fax service that takes mails to <number>@<domain>; it needs REFLOOP_SMTP_URL.',
  REFLOOP_FAX_URL: 'Set the https address of the fax gateway, with REFLOOP_FAX_TOKEN; or leave it out. One way to fax is enough.',
  REFLOOP_FAX_TOKEN: 'Set the token the fax gateway gave you.',
} as const;

type Given = z.infer<z.ZodObject<typeof CHANNEL_ENVIRONMENT>>;
type Field = keyof typeof CHANNEL_FIXES;

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** @returns settings, and every mistake with its field and fix */
export function readChannels(
  given: Given,
  at: { address: string; production: boolean },
): { settings: ChannelSettings; faults: FieldError[] } {
  const faults: FieldError[] = [];
  const fault = (field: Field, message: string): undefined => void faults.push({ field, message, fix: CHANNEL_FIXES[field] });
  const smtp = readSmtp(given, fault);
  if (given.REFLOOP_FAX_MAIL_DOMAIN !== undefined && !smtp) fault('REFLOOP_FAX_MAIL_DOMAIN', 'Set without REFLOOP_SMTP_URL');
  if (given.REFLOOP_FAX_MAIL_DOMAIN !== undefined && given.REFLOOP_FAX_URL !== undefined) {
    fault('REFLOOP_FAX_URL', 'Set beside REFLOOP_FAX_MAIL_DOMAIN');
  }
  return {
    settings: {
      smtp,
      faxMailDomain: given.REFLOOP_FAX_MAIL_DOMAIN,
      faxGateway: readGateway(given, at.production, fault),
      publicUrl: at.address,
    },
    faults,
  };
}

type Fault = (field: Field, message: string) => undefined;

function readSmtp({ REFLOOP_SMTP_URL: text, REFLOOP_MAIL_FROM: from }: Given, fault: Fault): SmtpSettings | undefined {
  if (text === undefined) return from === undefined ? undefined : fault('REFLOOP_MAIL_FROM', 'Set without REFLOOP_SMTP_URL');
  if (from === undefined) return fault('REFLOOP_MAIL_FROM', 'Not set');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') return fault('REFLOOP_SMTP_URL', 'Not an SMTP URL');
  const implicitTls = url.protocol === 'smtps:';
  // RFC 8314: submission with TLS from the first byte on 465, with STARTTLS on 587.
  const port = url.port === '' ? (implicitTls ? 465 : 587) : Number(url.port);
  const login = url.username === '' ? undefined : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  return { host: url.hostname, port, implicitTls, withoutTls: LOOPBACK.includes(url.hostname), login, from };
}

function readGateway(given: Given, production: boolean, fault: Fault): ChannelSettings['faxGateway'] {
  const { REFLOOP_FAX_URL: url, REFLOOP_FAX_TOKEN: token } = given;
  if (url === undefined) return token === undefined ? undefined : fault('REFLOOP_FAX_TOKEN', 'Set without REFLOOP_FAX_URL');
  const wrong = addressFault(url, production);
  if (wrong !== undefined) return fault('REFLOOP_FAX_URL', wrong);
  return token === undefined ? fault('REFLOOP_FAX_TOKEN', 'Not set') : { url, token };
}

/** The ways to send that are set up here. */
export const faxesBy = ({ faxGateway, faxMailDomain }: ChannelSettings): 'gateway' | 'mail' | undefined =>
  faxGateway ? 'gateway' : faxMailDomain === undefined ? undefined : 'mail';
