/** The other side, in the campaign's own process so that it survives every kill: it keeps what it takes, and counts. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openMailServer, type Received } from '@refloop/server/channels/test-mail-server';

export type Channel = 'mail' | 'fax' | 'text' | 'task' | 'note';
/** A request is there; it was taken; its answer has gone out. */
export type Moment = 'reached' | 'taken' | 'answered';

/** Told of each moment; the request goes on once it has ended. */
export type Watch = (channel: Channel, moment: Moment) => Promise<void>;

/** Lets the campaign wait for one of these moments, and hold whoever is in it until it has acted. */
export type WatchedMoments = {
  watch: Watch;
  /** @returns whether it came before so many milliseconds were over; where it did, it lasts until `then` has ended */
  next: (channel: Channel, moment: Moment, milliseconds: number, then: () => Promise<void>) => Promise<boolean>;
};

export function openWatch(delay: () => number): WatchedMoments {
  let aimed: { channel: Channel; moment: Moment; come: () => Promise<void> } | undefined;
  return {
    watch: async (channel, moment) => {
      // The other side takes its time, as it does in the field.
      if (moment !== 'answered') await new Promise((done) => setTimeout(done, delay()));
      if (aimed?.channel !== channel || aimed.moment !== moment) return;
      const { come } = aimed;
      aimed = undefined;
      await come();
    },
    next: (channel, moment, milliseconds, then) =>
      new Promise((done, fail) => {
        const late = setTimeout(() => {
          aimed = undefined;
          done(false);
        }, milliseconds);
        const come = async (): Promise<void> => {
          clearTimeout(late);
          await then().then(() => done(true), fail);
        };
        aimed = { channel, moment, come };
      }),
  };
}

export type TakenMail = { effectId: string; to: string; link: string };
/** What a gateway took under one key. */
export type TakenByKey = { requests: number; bodies: Set<string>; to: string; text: string };

export type Counterparts = {
  mails: () => TakenMail[];
  faxes: Map<string, TakenByKey>;
  texts: Map<string, TakenByKey>;
  /** Refloop's environment for them; the address and key of the text-message gateway stand in the site file. */
  environment: Record<string, string>;
  textGateway: { url: string; key: string };
  close: () => Promise<void>;
};

const FAX_TOKEN = 'fax-token-0123';
const TEXT_KEY = 'text-key-0123';

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
};

/** Nobody who is killed in the middle may end the campaign. */
const quiet = (): undefined => undefined;

/** Takes each key once: the same key again is the same fax, or message, and answered so. */
async function openGateway(
  channel: 'fax' | 'text',
  bearer: string,
  watch: Watch,
): Promise<{ taken: Map<string, TakenByKey>; server: Server; port: number }> {
  const taken = new Map<string, TakenByKey>();
  const numbers = new Map<string, number>();
  const idOf = (key: string): string => {
    numbers.set(key, numbers.get(key) ?? numbers.size + 1);
    return `${channel}-${numbers.get(key)}`;
  };
  async function answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    if (request.headers.authorization !== `Bearer ${bearer}`) return { status: 401, body: {} };
    if (request.method === 'GET') {
      const key = new URL(request.url ?? '', 'http://gateway').searchParams.get('key') ?? '';
      return taken.has(key) ? { status: 200, body: { id: idOf(key), status: 'delivered' } } : { status: 404, body: {} };
    }
    const key = String(request.headers['idempotency-key'] ?? '');
    const body = await bodyOf(request);
    await watch(channel, 'reached');
    const { to = '', text = '' } = JSON.parse(body) as { to?: string; text?: string };
    const kept = taken.get(key) ?? { requests: 0, bodies: new Set<string>(), to, text };
    kept.requests += 1;
    kept.bodies.add(createHash('sha256').update(body).digest('hex'));
    taken.set(key, kept);
    await watch(channel, 'taken');
    return { status: kept.requests === 1 ? 202 : 200, body: { id: idOf(key), status: 'queued' } };
  }
  const server = createServer((request, response) => {
    response.on('error', quiet);
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body), () => {
        if (request.method === 'POST') void watch(channel, 'answered');
      });
    }, quiet);
  });
  return { taken, server, port: await listening(server) };
}

/** The office's link, as the mail carries it. */
const linkIn = (text: string | undefined): string => /\/office#([A-Za-z0-9_-]{43})/.exec(text ?? '')?.[1] ?? '';

const takenMail = ({ to, mail }: Received): TakenMail => ({
  effectId: (mail.messageId ?? '').replace(/^<|@.*$/g, ''),
  to: to.join(),
  link: linkIn(mail.text),
});

export async function openCounterparts(watch: Watch): Promise<Counterparts> {
  const mail = await openMailServer(
    () => watch('mail', 'reached'),
    () => watch('mail', 'taken').then(() => void watch('mail', 'answered')),
  );
  const fax = await openGateway('fax', FAX_TOKEN, watch);
  const text = await openGateway('text', TEXT_KEY, watch);
  return {
    mails: () => mail.received.map(takenMail),
    faxes: fax.taken,
    texts: text.taken,
    environment: {
      REFLOOP_SMTP_URL: `smtp://127.0.0.1:${mail.settings().port}`,
      REFLOOP_MAIL_FROM: 'referrals@clinic.example.org',
      REFLOOP_FAX_URL: `http://127.0.0.1:${fax.port}/faxes`,
      REFLOOP_FAX_TOKEN: FAX_TOKEN,
    },
    textGateway: { url: `http://127.0.0.1:${text.port}/messages`, key: TEXT_KEY },
    close: async () => {
      for (const { server } of [fax, text]) {
        server.close();
        server.closeAllConnections();
      }
      await mail.close();
    },
  };
}
