/** Against a gateway that keeps what it is sent by its key, over HTTP. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Referral } from '@refloop/domain/referral/referral';
import { inChart } from '@refloop/domain/referral/test-care';
import { expect, test } from 'vitest';
import type { Site } from '../sites.ts';
import type { PatientContact } from '../store/patient-contacts.ts';
import { handlerContract } from './test-handler-contract.ts';
import { type TextMessage, textMessage } from './text-message.ts';

type Sms = { id: string; from: string; to: string; text: string };

/** The second time a key comes nothing more is sent: the same answer. */
async function openGateway() {
  const sent = new Map<string, Sms>();
  const seen: { key: string | undefined; authorization: string | undefined }[] = [];
  let lose = false;
  let status: number | undefined;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sms = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Sms;
      const key = request.headers['idempotency-key'];
      seen.push({ key: String(key), authorization: request.headers.authorization });
      if (status !== undefined) return response.writeHead(status).end();
      sent.set(String(key), sms);
      if (lose) {
        lose = false;
        return request.socket.destroy();
      }
      return response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id: `sms-${sent.size}` }));
    });
  });
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}/messages`,
    sent,
    seen,
    loseNext: () => void (lose = true),
    answer: (code: number | undefined) => void (status = code),
    away: async (isAway: boolean) => {
      if (isAway && server.listening) await close();
      if (!isAway && !server.listening) await listen(port);
    },
    close: () => (server.listening ? close() : Promise.resolve()),
  };
}

const ISSUER = 'https://ehr.example.org/fhir';
const siteWith = (tenant: string, url: string): Site =>
  ({
    tenant,
    name: 'North clinic',
    iss: ISSUER,
    phone: '(555) 210-0199',
    textMessages: { url, from: '+15552100199', key: 'secret-key', secret: 'secret' },
  }) as Site;
const LINK = 'l'.repeat(43);
const message = (to: string): TextMessage => ({ to, topic: 'book', language: 'es', link: LINK });

handlerContract<TextMessage>('text messages by an HTTP gateway', async () => {
  const gateway = await openGateway();
  // Every scope of the contract has a tenant of its own.
  const sites = new Proxy([] as Site[], {
    get: (list, name) =>
      name === 'find'
        ? (matches: (site: Site) => boolean) => Array.from({ length: 400 }, (_, at) => siteWith(`tenant-${at}`, gateway.url)).find(matches)
        : Reflect.get(list, name),
  });
  return {
    handler: textMessage({ sites, address: 'https://refloop.example.org' }),
    afterTheEnd: 'left-out',
    content: (referralId, key) => message(`+1555${referralId}${key}`),
    happened: (referralId, key) => [...gateway.sent.values()].filter(({ to }) => to === `+1555${referralId}${key}`).length,
    away: gateway.away,
    loseNextAnswer: gateway.loseNext,
    close: gateway.close,
  };
});

const scope = { tenant: 't', issuer: ISSUER, site: 'North clinic' };
const asked = { id: 'd0', scope, referralId: 'r', key: 'k', content: message('+15552100100'), askedAt: '', triedAt: null, tries: 1 };
const call = { signal: new AbortController().signal };

test('says who writes and where to look, in the patient’s language, with the key of the effect; nothing of the patient', async () => {
  const gateway = await openGateway();
  const handler = textMessage({ sites: [siteWith('t', gateway.url)], address: 'https://refloop.example.org' });
  expect(await handler.send(asked, call)).toEqual({ kind: 'done', receipt: 'sms-1' });
  expect(gateway.seen).toEqual([{ key: 'd0', authorization: 'Bearer secret-key' }]);
  expect(gateway.sent.get('d0')).toEqual({
    id: 'd0',
    from: '+15552100199',
    to: '+15552100100',
    text: `North clinic: Ya puede hacer su cita. Vea los datos y elija un día aquí: https://refloop.example.org/patient#${LINK} Responda ALTO para no recibir más.`,
  });
  const answers = [];
  for (const status of [400, 429, 503]) {
    gateway.answer(status);
    answers.push(await handler.send(asked, call));
  }
  expect(answers).toMatchObject([{ kind: 'refused', final: true }, { kind: 'refused', final: false }, { kind: 'unknown' }]);
  expect(await textMessage({ sites: [], address: '' }).send(asked, call)).toMatchObject({ kind: 'left-out' });
  await gateway.close();
});

test('what was overtaken does not leave: STOP, a visit that is booked, an order that is over', () => {
  const handler = textMessage({ sites: [], address: '' });
  const now = '2026-11-24T12:00:00.000Z';
  const mayNotLeave = (of: Referral, what: TextMessage, contact?: PatientContact) => handler.mayNotLeave(of, what, { now, contact });
  const { referral } = inChart();
  const content = message('+15552100100');
  expect(mayNotLeave(referral, content)).toBeUndefined();
  expect(mayNotLeave({ ...referral, consents: { text: 'withdrawn' } }, content)).toMatch(/no more text messages/);
  const [attempt] = referral.attempts;
  const scheduled = attempt && { ...attempt, work: { status: 'scheduled' as const, since: null, appointmentId: 'a' } };
  expect(mayNotLeave({ ...referral, attempts: scheduled ? [scheduled] : [] }, content)).toMatch(/booked/);
  const declined = attempt && { ...attempt, work: { status: 'declined' as const, since: null, reason: 'full' } };
  expect(mayNotLeave({ ...referral, attempts: declined ? [declined] : [] } as Referral, content)).toMatch(/Nobody is asked/);
  const appointments = [{ id: 'a', startsAt: '2026-11-24T11:00:00.000Z', status: 'booked' as const }];
  const over = { ...referral, attempts: [{ ...scheduled, appointments }] } as Referral;
  expect(mayNotLeave(over, { ...content, topic: 'day-before' })).toMatch(/is over/);
  expect(mayNotLeave(referral, { ...content, topic: 'day-before' })).toMatch(/not booked any more/);
  const seen = { ...referral, attempts: attempt ? [{ ...attempt, visits: [null] }] : [] };
  expect(mayNotLeave(seen, { ...content, topic: 'rate' })).toBeUndefined();
  expect(mayNotLeave(referral, { ...content, topic: 'rate' })).toMatch(/taken off/);
  expect(mayNotLeave({ ...seen, rating: { score: 5, at: null } }, { ...content, topic: 'rate' })).toMatch(/said how it was/);
  const text = { to: content.to, consent: { status: 'given' as const, at: now, by: 'patient' as const } };
  const email = { to: null, consent: { status: 'unknown' as const } };
  const contact: PatientContact = { patientId: 'p1', language: 'en', preferred: 'text', text, email, proxies: [], updatedAt: now };
  const no = /no more text messages there/;
  expect(mayNotLeave(referral, content, contact)).toBeUndefined();
  expect(mayNotLeave(referral, content, { ...contact, text: { ...text, consent: { ...text.consent, status: 'withdrawn' } } })).toMatch(no);
  expect(mayNotLeave(referral, content, { ...contact, text: { ...text, to: '+15552100101' } })).toMatch(no);
  expect(mayNotLeave(referral, content, { ...contact, preferred: 'phone' })).toMatch(no);
  // The event is of the patient’s own word: a number that is somebody’s who acts for them too goes by what is kept of either.
  const ended = { ...contact, text: { ...text, consent: { status: 'withdrawn' as const, at: now, by: 'staff' as const } } };
  const told = { ...referral, consents: { text: 'withdrawn' as const } };
  const mother = { side: 'parent' as const, name: 'Ana', reach: { language: 'en' as const, preferred: 'text' as const, text, email } };
  expect(mayNotLeave(told, content, ended)).toMatch(no);
  expect(mayNotLeave(told, content, { ...ended, proxies: [mother] })).toBeUndefined();
});
