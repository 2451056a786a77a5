/** The mailbox of every specialist's office of the sandbox: an SMTP server on this machine that keeps the newest mails in memory and sends nothing on. */
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export type KeptMail = {
  /** 1, 2, 3 … in the order of arrival. */
  number: number;
  at: Date;
  to: string[];
  mail: Email;
};

export type MailServer = {
  port: number;
  /** Newest first. */
  mails: () => readonly KeptMail[];
  close: () => Promise<void>;
};

const MOST_KEPT = 100;
/** A packet of many pages is far below this. */
const LARGEST_MAIL = 20 * 1024 * 1024;

/** @param port 0 for any that is free */
export function openMailServer(port: number, now: () => Date): Promise<MailServer> {
  const kept: KeptMail[] = [];
  let number = 0;
  const server = new SMTPServer({
    authOptional: true,
    // On this machine alone; nobody listens between.
    disabledCommands: ['STARTTLS', 'AUTH'],
    size: LARGEST_MAIL,
    closeTimeout: 500,
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) return callback(Object.assign(new Error('The mail is too large'), { responseCode: 552 }));
        void PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          number += 1;
          kept.unshift({ number, at: now(), to: session.envelope.rcptTo.map(({ address }) => address), mail });
          kept.splice(MOST_KEPT);
          callback();
        }, callback);
      });
    },
  });
  // A client that goes away in the middle is its own affair.
  server.on('error', () => undefined);
  return new Promise((done, fail) => {
    server.server.once('error', fail);
    server.listen(port, '127.0.0.1', () =>
      done({
        port: (server.server.address() as AddressInfo).port,
        mails: () => kept,
        close: () => new Promise((closed) => server.close(() => closed())),
      }),
    );
  });
}
