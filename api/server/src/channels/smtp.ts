/**
 * A mail over SMTP, once. A server that answers 250 has taken it on, and gives it back where it cannot deliver it (RFC 5321, 6.1); one that says no has not; one that is not heard of any more once
 * the words began to leave may have it, and nobody can ask.
 */
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SmtpConnection, { type SMTPEnvelope } from 'nodemailer/lib/smtp-connection';
import type { Sent } from './handler.ts';
import type { SmtpSettings } from './settings.ts';

export type Mail = {
  /** Told to the server as the Message-ID and the number of the envelope: the same mail at each try, and what names it where it comes back. */
  id: string;
  to: string;
  subject: string;
  text: string;
  attachments: { filename: string; contentType: string; content: Buffer }[];
  /** Besides those that every mail of ours has. */
  headers?: Record<string, string>;
};

type SmtpError = Error & { code?: string; responseCode?: number };

/** What a server said, without what it may quote of the mail. */
const saying = ({ code, responseCode }: SmtpError): string => (responseCode === undefined ? (code ?? 'no answer') : `SMTP ${responseCode}`);

/** Each step of the conversation with the server; a connection that breaks ends whichever is under way. */
function conversation({ host, port, implicitTls, withoutTls, login }: SmtpSettings, signal: AbortSignal) {
  const connection = new SmtpConnection({ host, port, secure: implicitTls, requireTLS: !implicitTls && !withoutTls });
  const broken = new Promise<never>((_, fail) => {
    connection.once('error', fail);
    connection.once('end', () => fail(Object.assign(new Error('The connection ended'), { code: 'ECONNECTION' })));
    signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true });
  });
  // Whoever waits for a step is told of it; where nobody waits it is nobody's.
  broken.catch(() => undefined);
  const step = <Value>(begin: (done: (error: Error | null | undefined, value?: Value) => void) => void): Promise<Value> =>
    Promise.race([
      new Promise<Value>((resolve, reject) => begin((error, value) => (error ? reject(error) : resolve(value as Value)))),
      broken,
    ]);
  return {
    connect: () => step((done) => connection.connect((error) => done(error))),
    login: async () => {
      if (login) await step((done) => connection.login(login, (error) => done(error)));
    },
    send: (envelope: SMTPEnvelope, words: Readable) =>
      step<{ response: string }>((done) => connection.send(envelope, words, (error, info) => done(error, info))),
    close: () => connection.close(),
  };
}

export async function sendMail(settings: SmtpSettings, mail: Mail, { signal }: { signal: AbortSignal }): Promise<Sent> {
  const { from } = settings;
  const { id, to, subject, text, attachments } = mail;
  const messageId = `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`;
  const headers = { 'Auto-Submitted': 'auto-generated', ...mail.headers };
  const bytes = await new MailComposer({ from, to, subject, text, attachments, messageId, headers }).compile().build();
  let begun = false;
  // Pulled once the server has asked for the words (354), and not before.
  const words = Readable.from(
    (function* () {
      begun = true;
      yield bytes;
    })(),
  );
  const server = conversation(settings, signal);
  try {
    await server.connect();
    await server.login();
    // Where the server knows of it (RFC 3461): what comes back names the mail and holds none of its words or pages.
    const { response } = await server.send({ from, to: [to], dsn: { id, ret: 'HDRS', notify: ['FAILURE', 'DELAY'] } }, words);
    return { kind: 'done', receipt: `Handed to the mail server: ${response}` };
  } catch (thrown) {
    const error = thrown as SmtpError;
    const { responseCode } = error;
    if (responseCode !== undefined && responseCode >= 400) {
      return { kind: 'refused', detail: `The mail server refused it (${saying(error)}).`, final: responseCode >= 500 };
    }
    if (begun) return { kind: 'unknown', detail: `The mail server was not heard of any more (${saying(error)}).` };
    return { kind: 'refused', detail: `The mail server was not reached (${saying(error)}).`, final: false };
  } finally {
    server.close();
  }
}
