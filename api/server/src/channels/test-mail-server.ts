/** For tests: a real SMTP server with what it received. */
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { SmtpSettings } from './settings.ts';

export type Received = {
  to: string[];
  mail: Email;
  raw: string;
  /** What is to be told where it cannot be delivered (RFC 3461). */
  asked: { ret: string | null; envid: string | null; notify: string[] };
};

export type MailServer = {
  settings: () => SmtpSettings;
  received: Received[];
  away: (isAway: boolean) => Promise<void>;
  /** The next mail is taken and its answer never comes. */
  loseNextAnswer: () => void;
  /** The next mail is answered with this. */
  refuseNext: (code: number) => void;
  /** The next connection is cut before the words of a mail are asked for. */
  cutNext: () => void;
  close: () => Promise<void>;
};

type Plan = { kind: 'take' } | { kind: 'lose-answer' } | { kind: 'refuse'; code: number } | { kind: 'cut' };

/**
 * @param reached waited for before the words of a mail are asked for
 * @param taken waited for when it has been received, and before the answer
 */
export async function openMailServer(
  reached: () => Promise<void> = async () => undefined,
  taken: () => Promise<void> = async () => undefined,
): Promise<MailServer> {
  const received: Received[] = [];
  let plan: Plan = { kind: 'take' };
  let port = 0;
  let server: SMTPServer | undefined;

  const next = (): Plan => {
    const now = plan;
    plan = { kind: 'take' };
    return now;
  };

  const open = (): Promise<void> =>
    new Promise((done, fail) => {
      const opening = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS'],
        hideDSN: false,
        closeTimeout: 100,
        onRcptTo: (_address, session, callback) => {
          if (plan.kind !== 'cut') return void reached().then(() => callback());
          next();
          for (const connection of opening.connections) if (connection.session.id === session.id) connection.close();
        },
        onData: (stream, session, callback) => {
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            const then = next();
            if (then.kind === 'refuse') return callback(Object.assign(new Error('Not now'), { responseCode: then.code }));
            const raw = Buffer.concat(chunks);
            void PostalMime.parse(raw).then((mail) => {
              const { rcptTo, dsn } = session.envelope;
              const asked = { ret: dsn?.ret ?? null, envid: dsn?.envid ?? null, notify: rcptTo.flatMap((each) => each.dsn?.notify ?? []) };
              received.push({ to: rcptTo.map(({ address }) => address), mail, raw: raw.toString('utf8'), asked });
              if (then.kind !== 'lose-answer') return void taken().then(() => callback());
              for (const connection of opening.connections) if (connection.session.id === session.id) connection.close();
              return undefined;
            }, fail);
          });
        },
      });
      opening.on('error', () => undefined);
      opening.listen(port, '127.0.0.1', () => {
        port = (opening.server.address() as AddressInfo).port;
        server = opening;
        done();
      });
    });
  const shut = (): Promise<void> =>
    new Promise((done) => {
      if (!server) return done();
      const closing = server;
      server = undefined;
      closing.close(() => done());
    });

  await open();
  return {
    settings: () => ({
      host: '127.0.0.1',
      port,
      implicitTls: false,
      withoutTls: true,
      login: undefined,
      from: 'referrals@clinic.example.org',
    }),
    received,
    away: async (isAway) => {
      plan = { kind: 'take' };
      if (isAway) await shut();
      else if (!server) await open();
    },
    loseNextAnswer: () => void (plan = { kind: 'lose-answer' }),
    refuseNext: (code) => void (plan = { kind: 'refuse', code }),
    cutNext: () => void (plan = { kind: 'cut' }),
    close: shut,
  };
}
