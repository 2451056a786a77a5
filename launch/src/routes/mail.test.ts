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

const remote = (address: string) => mailRoutes(server.mails, () => address);

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
