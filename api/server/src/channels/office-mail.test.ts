import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaxContent } from './fax.ts';
import { faxByMail } from './fax-by-mail.ts';
import type { OfficeMail } from './office-mail.ts';
import { officeMail } from './office-mail.ts';
import { handlerContract } from './test-handler-contract.ts';
import { type MailServer, openMailServer } from './test-mail-server.ts';

const transmission = { attempt: 1, transmissionId: 'transmission-1' };

const content = (mark = 'mark'): OfficeMail => ({
  transmission,
  to: 'front.desk@bayheart.example.org',
  link: `https://refloop.example.org/office#${mark}`,
  practice: 'North clinic',
  specialist: 'Ana Muñoz, MD',
  callback: '510-555-0199',
});

handlerContract('the office’s link by mail', async () => {
  const server = await openMailServer();
  return {
    handler: officeMail(server.settings(), 'https://refloop.example.org'),
    afterTheEnd: 'left-out',
    content: (referralId, key) => content(`${referralId}-${key}`),
    happened: (referralId, key) => server.received.filter(({ mail }) => mail.text?.includes(`#${referralId}-${key}\n`)).length,
    away: server.away,
    loseNextAnswer: server.loseNextAnswer,
    close: server.close,
  };
});

handlerContract('a letter that a visit is called off', async () => {
  const server = await openMailServer();
  return {
    handler: officeMail(server.settings(), 'https://refloop.example.org'),
    // The order may be over by just that.
    afterTheEnd: 'leaves',
    content: (referralId, key) => ({ ...content(`${referralId}-${key}`), news: 'called-off' as const }),
    happened: (referralId, key) => server.received.filter(({ mail }) => mail.text?.includes(`#${referralId}-${key}\n`)).length,
    away: server.away,
    loseNextAnswer: server.loseNextAnswer,
    close: server.close,
  };
});

handlerContract('a fax by mail', async () => {
  const server = await openMailServer();
  const pages = (referralId: string, key: string): string => `%PDF-1.7 ${referralId}/${key}.`;
  return {
    handler: faxByMail(server.settings(), 'fax.example.org'),
    afterTheEnd: 'left-out',
    content: (referralId, key): FaxContent => ({
      transmission,
      number: '+15105550101',
      pdf: Buffer.from(pages(referralId, key)).toString('base64'),
    }),
    happened: (referralId, key) =>
      server.received.filter(({ to, mail: { attachments } }) => {
        const [pdf] = attachments.map((each) => (typeof each.content === 'string' ? each.content : new TextDecoder().decode(each.content)));
        return to.includes('15105550101@fax.example.org') && pdf === pages(referralId, key);
      }).length,
    away: server.away,
    loseNextAnswer: server.loseNextAnswer,
    close: server.close,
  };
});

describe('what a mail server says', () => {
  let server: MailServer;
  beforeAll(async () => {
    server = await openMailServer();
  });
  afterAll(() => server.close());
  beforeEach(() => void server.received.splice(0));

  const about = {
    id: '00000000-0000-8000-8000-000000000001',
    scope: { tenant: 't', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' },
    referralId: 'r1',
    key: 'k1',
    askedAt: '2026-11-16T16:00:00.000Z',
    tries: 1,
    triedAt: '2026-11-16T16:00:00.000Z',
  };
  const send = () =>
    officeMail(server.settings(), 'https://refloop.example.org').send(
      { ...about, content: content() },
      { signal: AbortSignal.timeout(5000) },
    );

  test.each([
    [451, false],
    [550, true],
  ])('%i: it was not taken, for good: %s', async (code, final) => {
    server.refuseNext(code);
    expect(await send()).toMatchObject({ kind: 'refused', final });
    expect(server.received).toEqual([]);
  });

  test('cut off before the words were asked for, nothing has left', async () => {
    server.cutNext();
    expect(await send()).toMatchObject({ kind: 'refused', final: false });
    expect(server.received).toEqual([]);
  });

  test('cut off after the words, nobody knows', async () => {
    server.loseNextAnswer();
    expect(await send()).toMatchObject({ kind: 'unknown' });
    expect(server.received.length).toBe(1);
  });

  test('taken by the mail server, it has been handed over: nothing says that it arrived', async () => {
    const done = { kind: 'done', receipt: '250 OK' } as const;
    const message = { ...about, content: content() };
    expect(officeMail(server.settings(), 'https://refloop.example.org').follows?.(message, done, about.askedAt)).toBeUndefined();
    expect(await send()).toMatchObject({ kind: 'done', receipt: expect.stringMatching(/^Handed to the mail server: 250/) });
    // RFC 3461: what comes back names the mail, and holds its headers alone.
    expect(server.received[0]?.asked).toEqual({ ret: 'HDRS', envid: about.id, notify: ['FAILURE', 'DELAY'] });
  });

  test('the mail: a link, and nothing of the patient, in no part of it', async () => {
    expect(await send()).toMatchObject({ kind: 'done' });
    const [found] = server.received;
    expect(found?.to).toEqual(['front.desk@bayheart.example.org']);
    expect(found?.mail.subject).toBe('A referral for you to open');
    expect(found?.mail.text).toContain('https://refloop.example.org/office#mark');
    expect(found?.mail.attachments).toEqual([]);
    expect(found?.mail.messageId).toBe('<00000000-0000-8000-8000-000000000001@clinic.example.org>');
    // All that a mail is made of: what a patient is called, has or is referred for has no place to stand in.
    expect(Object.keys(content()).toSorted()).toEqual(['callback', 'link', 'practice', 'specialist', 'to', 'transmission']);
  });
});
