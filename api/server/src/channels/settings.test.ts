import { expect, test } from 'vitest';
import { faxesBy, readChannels } from './settings.ts';

const at = { address: 'https://refloop.example.org', production: true };
const MAIL = { REFLOOP_SMTP_URL: 'smtps://user:pa%40ss@mail.example.org', REFLOOP_MAIL_FROM: 'referrals@clinic.example.org' };
const FAX = { REFLOOP_FAX_URL: 'https://fax.example.org/faxes', REFLOOP_FAX_TOKEN: 'token-0123' };

test('nothing is on unless it is set', () => {
  const { settings, faults } = readChannels({}, at);
  expect([settings.smtp, settings.faxGateway, faxesBy(settings), faults]).toEqual([undefined, undefined, undefined, []]);
});

test.each([
  ['smtps://mail.example.org', { port: 465, implicitTls: true, withoutTls: false, login: undefined }],
  ['smtp://mail.example.org', { port: 587, implicitTls: false, withoutTls: false, login: undefined }],
  ['smtp://127.0.0.1:2525', { port: 2525, implicitTls: false, withoutTls: true, login: undefined }],
  [MAIL.REFLOOP_SMTP_URL, { port: 465, login: { user: 'user', pass: 'pa@ss' } }],
])('%s', (url, expected) => expect(readChannels({ ...MAIL, REFLOOP_SMTP_URL: url }, at).settings.smtp).toMatchObject(expected));

test('a fax goes by the gateway or by mail', () => {
  expect(faxesBy(readChannels(FAX, at).settings)).toBe('gateway');
  expect(faxesBy(readChannels({ ...MAIL, REFLOOP_FAX_MAIL_DOMAIN: 'fax.example.org' }, at).settings)).toBe('mail');
});

test.each([
  [{ REFLOOP_SMTP_URL: MAIL.REFLOOP_SMTP_URL }, 'REFLOOP_MAIL_FROM'],
  [{ REFLOOP_MAIL_FROM: MAIL.REFLOOP_MAIL_FROM }, 'REFLOOP_MAIL_FROM'],
  [{ ...MAIL, REFLOOP_SMTP_URL: 'https://mail.example.org' }, 'REFLOOP_SMTP_URL'],
  [{ REFLOOP_FAX_MAIL_DOMAIN: 'fax.example.org' }, 'REFLOOP_FAX_MAIL_DOMAIN'],
  [{ ...MAIL, ...FAX, REFLOOP_FAX_MAIL_DOMAIN: 'fax.example.org' }, 'REFLOOP_FAX_URL'],
  [{ REFLOOP_FAX_URL: FAX.REFLOOP_FAX_URL }, 'REFLOOP_FAX_TOKEN'],
  [{ REFLOOP_FAX_TOKEN: FAX.REFLOOP_FAX_TOKEN }, 'REFLOOP_FAX_TOKEN'],
  [{ ...FAX, REFLOOP_FAX_URL: 'http://fax.example.org/faxes' }, 'REFLOOP_FAX_URL'],
])('%j names %s', (given, field) => expect(readChannels(given, at).faults.map((fault) => fault.field)).toEqual([field]));
