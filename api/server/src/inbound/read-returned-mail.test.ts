import { expect, test } from 'vitest';
import { readFile } from './read-bytes.ts';
import { OUR_MAIL, returnedMail } from './test-returned-mail.ts';

const read = (text: string) => readFile(new TextEncoder().encode(text));

test('a mail that came back says which it was and why', async () => {
  expect(await read(returnedMail())).toEqual({ kind: 'returned-mail', mails: [OUR_MAIL], failed: '5.1.1' });
});

test.each([
  ['only the headers of the mail came back', returnedMail({ returned: 'headers' })],
  ['nothing of it came back but the number of its envelope', returnedMail({ returned: 'envelope' })],
  ['lines end without a carriage return', returnedMail().replaceAll('\r\n', '\n')],
  ['a mailbox wrote its own line before it', `From MAILER-DAEMON Mon Nov 16 16:00:00 2026\r\n${returnedMail()}`],
])('also where %s', async (_, text) => {
  expect(await read(text)).toEqual({ kind: 'returned-mail', mails: [OUR_MAIL], failed: '5.1.1' });
});

test('word that it only takes longer is no failure', async () => {
  expect(await read(returnedMail({ action: 'delayed', status: '4.4.1' }))).toEqual({
    kind: 'returned-mail',
    mails: [OUR_MAIL],
    failed: null,
  });
});

test('a status that is none is left out, and the mail has come back all the same', async () => {
  expect(await read(returnedMail({ status: 'see below' }))).toEqual({ kind: 'returned-mail', mails: [OUR_MAIL], failed: '' });
});

test('a report of another kind, and a note that quotes one, are no mails that came back', async () => {
  expect(await read(returnedMail().replace('report-type=delivery-status', 'report-type=disposition-notification'))).toMatchObject({
    kind: 'read',
  });
  expect(await read(`Patient: Ana Lund\n\n${returnedMail()}`)).toMatchObject({ kind: 'read' });
});
