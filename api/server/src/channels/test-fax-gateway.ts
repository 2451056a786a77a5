/** For tests: a fax gateway over HTTP that keeps one fax a key, as `fax-gateway.ts` says it does. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type KeptFax = {
  id: string;
  key: string;
  to: string;
  document: Buffer;
  status: 'queued' | 'sending' | 'delivered' | 'failed';
  reason?: string;
};

export type TestFaxGateway = {
  url: () => string;
  token: string;
  faxes: KeptFax[];
  /** Keys whose standing was asked for and answered as settled. */
  told: Set<string>;
  away: (isAway: boolean) => Promise<void>;
  loseNextAnswer: () => void;
  answerNextWith: (status: number) => void;
  close: () => Promise<void>;
};

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, string>;
}

export async function openFaxGateway(): Promise<TestFaxGateway> {
  const faxes: KeptFax[] = [];
  const told = new Set<string>();
  const token = 'test-token-0123';
  let loses = false;
  let answersWith: number | undefined;
  let port = 0;
  let server: Server | undefined;

  async function answer(request: IncomingMessage): Promise<{ status: number; body?: object }> {
    if (request.headers.authorization !== `Bearer ${token}`) return { status: 401 };
    if (request.method === 'POST') {
      const key = String(request.headers['idempotency-key'] ?? '');
      const { to = '', document = '' } = await bodyOf(request);
      const kept = faxes.find((fax) => fax.key === key);
      if (kept) return { status: 200, body: kept };
      const fax: KeptFax = { id: `fax-${faxes.length + 1}`, key, to, document: Buffer.from(document, 'base64'), status: 'queued' };
      faxes.push(fax);
      return { status: 202, body: { id: fax.id, status: fax.status } };
    }
    const key = new URL(request.url ?? '', 'http://gateway').searchParams.get('key') ?? '';
    const fax = faxes.find((each) => each.key === key);
    if (!fax) return { status: 404 };
    if (fax.status === 'delivered' || fax.status === 'failed') told.add(key);
    const { id, status, reason } = fax;
    return { status: 200, body: { id, status, ...(reason === undefined ? {} : { reason }) } };
  }

  const open = (): Promise<void> =>
    new Promise((done) => {
      const opening = createServer((request, response) => {
        const forced = answersWith;
        answersWith = undefined;
        if (forced !== undefined) {
          request.resume();
          response.writeHead(forced).end();
          return;
        }
        void answer(request).then(({ status, body }) => {
          if (loses) {
            loses = false;
            request.socket.destroy();
            return;
          }
          response.writeHead(status, { 'content-type': 'application/json' }).end(body ? JSON.stringify(body) : undefined);
        });
      });
      opening.listen(port, '127.0.0.1', () => {
        port = (opening.address() as AddressInfo).port;
        server = opening;
        done();
      });
    });
  const shut = (): Promise<void> =>
    new Promise((done) => {
      const closing = server;
      server = undefined;
      if (!closing) return done();
      closing.close(() => done());
      closing.closeAllConnections();
    });

  await open();
  return {
    url: () => `http://127.0.0.1:${port}/faxes`,
    token,
    faxes,
    told,
    away: async (isAway) => {
      loses = false;
      answersWith = undefined;
      if (isAway) await shut();
      else if (!server) await open();
    },
    loseNextAnswer: () => void (loses = true),
    answerNextWith: (status) => void (answersWith = status),
    close: shut,
  };
}
