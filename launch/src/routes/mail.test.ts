/** Mails that offices get in the sandbox: taken over SMTP, shown as text whatever they say. */
import { createConnection } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailServer, openMailServer } from '../mail/mail-server.ts';
import { mailRoutes } from './mail.ts';

let server: MailServer;
beforeAll(async () => {
  server = await openMailServer(0, () => new Date('2026-11-28T10:00:00.000Z'));
});
afterAll(() => server.close());

/** Says each line once the server has answered the one before. */
function say(lines: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const waiting = [...lines];
    const socket = createConnection({ port: server.port, host: '127.0.0.1' });
    socket.on('data', (answer) => {
      if (/^[45]/.test(answer.toString())) fail(new Error(answer.toString()));
      const next = waiting.shift();
      if (next === undefined) socket.end();
      else socket.write(`${next}\r\n`);
    });
    socket.on('close', () => done());
    socket.on('error', fail);
  });
}

const send = (subject: string, words: string): Promise<void> =>
  say([
    'EHLO test',
    'MAIL FROM:<referrals@clinic.example.org>',
    'RCPT TO:<desk@office.example.org>',
    'DATA',
    `From: referrals@clinic.example.org\r\nSubject: ${subject}\r\n\r\n${words}\r\n.`,
    'QUIT',
  ]);

const ORIGIN = 'http://localhost:4010';
const faxed: string[] = [];
const fax = {
  send: async (pages: Uint8Array<ArrayBuffer>) => {
    faxed.push(Buffer.from(pages).toString());
    return 'arrived' as const;
  },
};
const remote = (address: string, machine: typeof fax | undefined = fax) =>
  mailRoutes({ mails: server.mails, fax: machine, origin: ORIGIN, remoteAddress: () => address });

test('a mail is shown as it came, its address as a link, and markup in it as text', async () => {
  await send('<script>alert(1)</script>', 'Open http://127.0.0.1:4020/office#abc\r\n<img src=x onerror=alert(2)>');
  const response = await remote('127.0.0.1').request('/mail');
  const text = await response.text();
  expect(text).toContain('<a href="http://127.0.0.1:4020/office#abc"');
  expect(text).toContain('To desk@office.example.org');
  expect(text).toContain('&lt;script&gt;');
  expect(text).not.toMatch(/<script>alert|<img/);
});

test('from another machine nothing is shown', async () => expect((await remote('192.0.2.7').request('/mail')).status).toBe(403));

test('an attachment that is not there is not found', async () => expect((await remote('127.0.0.1').request('/mail/1/0')).status).toBe(404));

test('a PDF is faxed to the practice as it is; a form of another site, and one without pages, fax nothing', async () => {
  const press = async (pages: Blob | undefined, origin = ORIGIN) => {
    const body = new FormData();
    if (pages) body.set('pages', pages, 'note.pdf');
    return remote('127.0.0.1').request(`${ORIGIN}/mail/faxes`, { method: 'POST', body, headers: { origin } });
  };
  const pages = new Blob(['%PDF-1.7'], { type: 'application/pdf' });
  expect([(await press(pages, 'https://elsewhere.example.org')).status, (await press(undefined)).status, faxed]).toEqual([403, 400, []]);
  const sent = await press(pages);
  expect([sent.status, sent.headers.get('location'), faxed]).toEqual([303, '/mail?told=arrived', ['%PDF-1.7']]);
  expect(await (await remote('127.0.0.1').request('/mail?told=arrived')).text()).toContain('The fax arrived at the practice.');
});
