/** Text messages in the sandbox: taken from the practice alone, shown as text whatever they say, and written back with a signature. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTextGateway, type TextGateway } from '../phone/text-gateway.ts';
import { phoneRoutes } from './phone.ts';

const KEY = 'k'.repeat(40);
const SECRET = 's'.repeat(40);
const ORIGIN = 'http://localhost:4010';
const NOW = new Date('2026-12-10T10:00:00.000Z');
const MACHINE = new Date('2026-11-28T10:00:00.000Z');
const PHONE = '+15105550123';

let folder: string;
let gateway: TextGateway;
const asked: { url: string; body: string; signature: string }[] = [];
let answers = true;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-texts-'));
  const secretsFile = join(folder, 'texts.json');
  writeFileSync(secretsFile, JSON.stringify({ key: KEY, secret: SECRET }));
  gateway = createTextGateway({
    secretsFile,
    refloop: 'http://127.0.0.1:4020',
    now: () => NOW,
    machineTime: () => MACHINE,
    fetch: async (url, init) => {
      asked.push({
        url,
        body: typeof init.body === 'string' ? init.body : '',
        signature: new Headers(init.headers).get('x-refloop-signature') ?? '',
      });
      return answers ? Response.json({ reply: 'You will get no more texts from us.' }) : new Response('', { status: 503 });
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const remote = (address = '127.0.0.1') => phoneRoutes({ gateway, origin: ORIGIN, remoteAddress: () => address });
const page = async (): Promise<string> => (await remote().request('/phone')).text();
const hand = (body: object, key = KEY) =>
  remote().request('/phone/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
const write = (fields: Record<string, string>, origin = ORIGIN) =>
  remote().request(`${ORIGIN}/phone/replies`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
    body: new URLSearchParams(fields),
  });
const message = { id: 'message-1', from: '+15105550151', to: PHONE, text: 'Pick a day here: http://127.0.0.1:4020/patient#abc' };

test('a text of the practice is taken once, whoever else writes is refused, and it is shown as text with its link', async () => {
  expect((await hand(message, 'x'.repeat(40))).status).toBe(401);
  expect((await hand({ ...message, to: '555' })).status).toBe(400);
  const [first, again] = [await (await hand(message)).json(), await (await hand(message)).json()];
  expect(again).toEqual(first);
  expect(gateway.texts()).toHaveLength(1);
  await hand({ ...message, id: 'message-2', text: '<script>alert(1)</script>' });
  const shown = await page();
  expect(shown).toContain('<a href="http://127.0.0.1:4020/patient#abc"');
  expect(shown).toContain('&lt;script&gt;');
  expect(shown).not.toContain('<script>alert');
});

test('what a patient writes is signed by the machine’s clock, and what the practice answers comes back to the phone', async () => {
  expect((await write({ phone: PHONE, text: 'STOP' }, 'https://elsewhere.example.org')).status).toBe(403);
  expect((await write({ phone: 'me', text: 'STOP' })).status).toBe(400);
  expect(asked).toEqual([]);
  const sent = await write({ phone: PHONE, text: 'STOP' });
  expect([sent.status, sent.headers.get('location')]).toEqual([303, '/phone?told=arrived']);
  const [{ url, body, signature } = { url: '', body: '', signature: '' }] = asked;
  expect(url).toBe('http://127.0.0.1:4020/text-messages');
  expect(JSON.parse(body)).toMatchObject({ from: PHONE, text: 'STOP' });
  const seconds = MACHINE.getTime() / 1000;
  expect(signature).toBe(`t=${seconds},v1=${createHmac('sha256', SECRET).update(`${seconds}.`).update(body).digest('hex')}`);
  expect(
    gateway
      .texts()
      .map(({ by, text }) => [by, text])
      .slice(0, 2),
  ).toEqual([
    ['practice', 'You will get no more texts from us.'],
    ['patient', 'STOP'],
  ]);
});

test('a practice that does not answer is told of', async () => {
  answers = false;
  expect((await write({ phone: PHONE, text: 'HELP' })).headers.get('location')).toBe('/phone?told=not-taken');
  answers = true;
});

test('from another machine nothing is shown and nothing is taken', async () => {
  expect((await remote('192.0.2.7').request('/phone')).status).toBe(403);
  expect((await remote('192.0.2.7').request('/phone/messages', { method: 'POST' })).status).toBe(403);
});
