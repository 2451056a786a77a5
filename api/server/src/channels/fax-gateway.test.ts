import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectId } from '../store/outbox.ts';
import { faxNumber } from './fax.ts';
import { FAX, faxByGateway, faxReceipt } from './fax-gateway.ts';
import { openFaxGateway, type TestFaxGateway } from './test-fax-gateway.ts';
import { handlerContract } from './test-handler-contract.ts';

const transmission = { attempt: 1, transmissionId: 'transmission-1' };
const pdf = (words: string): string => Buffer.from(words).toString('base64');

handlerContract('a fax by an HTTP gateway', async () => {
  const gateway = await openFaxGateway();
  return {
    handler: faxByGateway({ url: gateway.url(), token: gateway.token, fetch }),
    afterTheEnd: 'left-out',
    content: (referralId, key) => ({ transmission, number: '+15105550101', pdf: pdf(`${referralId}/${key}`) }),
    happened: (referralId, key) => gateway.faxes.filter(({ document }) => document.toString() === `${referralId}/${key}`).length,
    away: gateway.away,
    loseNextAnswer: gateway.loseNextAnswer,
    close: gateway.close,
  };
});

handlerContract('what became of a fax', async () => {
  const gateway = await openFaxGateway();
  const keys = new Map<string, string>();
  return {
    handler: faxReceipt({ url: gateway.url(), token: gateway.token, fetch }),
    // What has left is asked after all the same.
    afterTheEnd: 'leaves',
    content: () => ({ transmission }),
    prepare: async (_store, scope, referralId) => {
      const key = effectId(scope, FAX, `${referralId}/one`);
      keys.set(referralId, key);
      gateway.faxes.push({ id: `fax-${referralId}`, key, to: '+15105550101', document: Buffer.alloc(0), status: 'delivered' });
    },
    happened: (referralId) => (gateway.told.has(keys.get(referralId) ?? '') ? 1 : 0),
    away: gateway.away,
    loseNextAnswer: gateway.loseNextAnswer,
    close: gateway.close,
  };
});

describe('what a gateway says', () => {
  let gateway: TestFaxGateway;
  beforeAll(async () => {
    gateway = await openFaxGateway();
  });
  afterAll(() => gateway.close());

  const scope = { tenant: 't', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
  const message = <Content>(content: Content) => ({
    id: effectId(scope, FAX, 'k1'),
    scope,
    referralId: 'r1',
    key: 'k1',
    content,
    askedAt: '2026-11-16T16:00:00.000Z',
    tries: 1,
    triedAt: '2026-11-16T16:00:00.000Z',
  });
  const call = () => ({ signal: AbortSignal.timeout(5000) });
  const hand = () =>
    faxByGateway({ url: gateway.url(), token: gateway.token, fetch }).send(
      message({ transmission, number: '+15105550101', pdf: pdf('pages') }),
      call(),
    );
  const ask = () => faxReceipt({ url: gateway.url(), token: gateway.token, fetch }).send(message({ transmission }), call());

  test.each([
    [400, { kind: 'refused', final: true }],
    [401, { kind: 'refused', final: true }],
    [429, { kind: 'refused', final: false }],
    [503, { kind: 'unknown' }],
  ])('HTTP %i', async (status, sent) => {
    gateway.answerNextWith(status);
    expect(await hand()).toMatchObject(sent);
    expect(gateway.faxes).toEqual([]);
  });

  test('what it never heard of was not sent', async () => expect(await ask()).toMatchObject({ kind: 'refused', final: true }));

  test('queued is not arrived; delivered is; failed is told with its reason', async () => {
    expect(await hand()).toMatchObject({ kind: 'done' });
    const [fax] = gateway.faxes;
    if (!fax) throw new Error('The gateway has no fax');
    expect(await ask()).toMatchObject({ kind: 'unknown' });
    fax.status = 'delivered';
    expect(await ask()).toEqual({ kind: 'done', receipt: 'The fax fax-1 arrived.' });
    Object.assign(fax, { status: 'failed', reason: 'no answer' });
    expect(await ask()).toMatchObject({ kind: 'refused', final: true, detail: 'The fax was not taken at the other end: no answer.' });
  });

  test('that the gateway has it is no receipt, that it arrived is', () => {
    const at = '2026-11-16T16:00:00.000Z';
    const done = { kind: 'done', receipt: '' } as const;
    const gone = { kind: 'failed', detail: 'no answer' } as const;
    const setup = { url: gateway.url(), token: gateway.token, fetch };
    const fax = { transmission, number: '+15105550101', pdf: '' };
    expect(faxByGateway(setup).follows?.(message(fax), done, at)).toBeUndefined();
    expect(faxReceipt(setup).follows?.(message({ transmission }), done, at)).toMatchObject({ kind: 'transmission-delivered' });
    expect(faxReceipt(setup).follows?.(message({ transmission }), gone, at)).toMatchObject({ kind: 'transmission-failed' });
  });
});

test.each([
  ['510-555-0101', '+15105550101'],
  ['(510) 555-0101', '+15105550101'],
  ['1 510 555 0101', '+15105550101'],
  ['+44 20 7946 0000', '+442079460000'],
  ['555-0101', undefined],
  ['', undefined],
])('%s is dialled as %s', (written, number) => expect(faxNumber(written)).toBe(number));
