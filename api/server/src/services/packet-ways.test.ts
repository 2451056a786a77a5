/** A packet sent by real mail and fax counterparts: once, as it was, and accounted for. */
import { describe, expect, test } from 'vitest';
import { readPdf } from '../packet/test-read-pdf.ts';
import { ADDRESS, fullChart, NPI, PLANTED, packetDesk, secret } from './test-packet-desk.ts';
import { problemType } from './test-referral-input.ts';

const desk = packetDesk();
const { written, packetOf, prepare, send, carryOut, later, threadOf, titles, accounted } = desk;

describe('by mail', () => {
  test('the office gets a link and nothing of the patient, opens it with the NPI and reads the packet as it was sent', async () => {
    const id = await written([...fullChart(), secret]);
    // Something is withheld: somebody looks it through first.
    expect((await packetOf(id)).holds.map(({ kind }) => kind)).toEqual(['to-be-checked']);
    expect((await send(id, 'mail')).status).toBe(409);
    expect((await prepare(id, { change: 'check' })).status).toBe(200);
    expect((await send(id, 'mail', { address: undefined })).status).toBe(400);
    const sent = await send(id, 'mail');
    expect([sent.status, sent.body]).toEqual([200, { way: 'mail', link: null, specialist: expect.any(String) }]);
    await carryOut();

    const kept = await desk.api.store.transaction(desk.api.scope, (unit) => unit.outbox.ofReferral(id));
    const mailed = kept.filter(({ kind }) => kind === 'office-mail');
    expect(mailed.map(({ standing, content }) => [standing.status, Object.keys(content as object).toSorted()])).toEqual([
      ['done', ['callback', 'practice', 'specialist', 'to', 'transmission']],
    ]);
    const [received] = desk.mail.received;
    expect(received?.to).toEqual([ADDRESS]);
    for (const told of ['Quillfeather', 'Rosalind', '1968', 'alpitation', 'Supraventricular', 'pat-1', id, PLANTED]) {
      expect(received?.raw, told).not.toContain(told);
    }
    const link = /office#([A-Za-z0-9_-]{43})/.exec(received?.mail.text ?? '')?.[1];
    const opened = await desk.api.call('POST', '/office/open', '', { link, npi: NPI });
    expect(opened.body).toMatchObject({ standing: 'open', hasPacket: true });
    // What is sent is kept as it was: another item goes in or out of the next packet, not of this one.
    expect((await prepare(id, { change: 'remove', item: 'Observation/potassium' })).status).toBe(200);
    const pages = await desk.api.download('/office/packet', '', { opened: opened.body['opened'] });
    const { text } = await readPdf(pages.bytes);
    expect(text).toContain('Potassium: 4.2 mmol/L');
    expect(text).not.toContain(PLANTED);
    expect((await accounted()).disclosures.at(-1)).toMatchObject({ npi: NPI, way: 'office link, packet read', standing: 'read' });
  });

  test('taken by the mail server, it is told as handed over, and not that it arrived', async () => {
    const id = await written();
    await send(id, 'mail');
    await carryOut();
    const thread = await threadOf(id);
    expect(thread.status).toBe('sent');
    expect((await titles(id)).join()).not.toContain('Delivered');
    expect(thread.entries.find(({ title }) => title === 'Sent')?.detail).toMatch(/Handed to the mail server; that it arrived is not known/);
  });

  test('the same press sends once', async () => {
    const id = await written();
    const { sequence, revision } = await packetOf(id);
    const body = { key: 'one-press-0123', sequence, revision, way: 'mail', address: ADDRESS };
    for (let times = 0; times < 2; times += 1) {
      expect((await desk.api.call('POST', `/worklist/referrals/${id}/packet/transmissions`, desk.coordinator, body)).status).toBe(200);
      await carryOut();
    }
    expect(desk.mail.received.length).toBe(1);
  });
});

describe('by fax', () => {
  test('the pages go once, are received when the gateway says so, and are accounted for; what failed is not', async () => {
    const id = await written();
    const before = (await accounted()).disclosures.length;
    await send(id, 'fax');
    await carryOut();
    const fax = desk.gateway.faxes.at(-1);
    if (!fax) throw new Error('The gateway has no fax');
    expect(fax.to).toBe('+15105550101');
    const { text } = await readPdf(new Uint8Array(fax.document));
    expect(text).toContain('Quillfeather');
    expect(text).toContain('Potassium: 4.2 mmol/L');
    expect((await titles(id)).join()).not.toContain('Delivered');
    fax.status = 'delivered';
    await later(5);
    await carryOut();
    expect((await titles(id)).join()).toContain('Delivered');
    const { disclosures } = await accounted();
    expect(disclosures.length).toBe(before + 1);
    expect(disclosures.at(-1)).toMatchObject({
      recipient: 'Ana Family1, MD',
      npi: NPI,
      address: '+15105550101',
      purpose: 'treatment',
      way: 'fax',
      by: 'kim',
      standing: 'delivered',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });

    await send(id, 'fax');
    await carryOut();
    Object.assign(desk.gateway.faxes.at(-1) ?? {}, { status: 'failed', reason: 'busy' });
    await later(5);
    await carryOut();
    expect((await titles(id)).join()).toContain('Not delivered');
    expect((await accounted()).disclosures.length).toBe(before + 1);
  });

  test('what somebody faxed at a machine of their own is accounted for as well, once', async () => {
    const id = await written();
    const before = (await accounted()).disclosures.length;
    const { sequence } = await threadOf(id);
    const at = desk.api.clock.now.toISOString();
    const press = {
      key: `by-a-machine-${id}`,
      sequence,
      what: { act: 'sent', channel: 'fax', at },
    };
    for (const _ of [1, 2])
      expect(await desk.api.call('POST', `/worklist/referrals/${id}/acts`, desk.coordinator, press)).toMatchObject({ status: 200 });
    const { disclosures } = await accounted();
    expect(disclosures.length).toBe(before + 1);
    expect(disclosures.at(-1)).toMatchObject({ npi: NPI, way: 'fax, by hand', by: 'kim', standing: 'sent', sha256: null, referralId: id });
  });

  test('an admin gets the accounting of it as a table, and nobody else does', async () => {
    const csv = await desk.api.download('/disclosures/csv', desk.admin, { patient: 'pat-1' });
    const text = new TextDecoder().decode(csv.bytes);
    expect(text.split('\r\n')[0]).toBe('at,recipient,npi,organization,address,what,purpose,way,by,standing,sha256,referralId');
    expect(text).toContain('"Ana Family1, MD",1234567811,Bay Heart,\'+15105550101,');
    expect(problemType((await desk.api.call('POST', '/disclosures', desk.coordinator, { patient: 'pat-1' })).body)).toBe('not-allowed');
  });
});

test('the office takes the packet in three forms on its page, each once on the account of disclosures; nothing that is withheld is in any', async () => {
  const id = await written([...fullChart(), secret]);
  expect((await desk.prepare(id, { change: 'check' })).status).toBe(200);
  const before = (await desk.accounted()).disclosures.length;
  expect((await send(id, 'mail')).status).toBe(200);
  await carryOut();
  const { body } = await desk.api.call('POST', '/office/open', '', { link: desk.mailedLink(), npi: NPI });
  expect(body['packetForms']).toEqual(['pdf', 'ccda', 'fhir']);
  const { opened } = body;
  const files = await Promise.all(
    ['/office/packet', '/office/packet/ccda', '/office/packet/fhir'].map((path) => desk.api.download(path, '', { opened })),
  );
  expect(files.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
    [200, 'application/pdf'],
    [200, 'application/xml'],
    [200, 'application/fhir+json'],
  ]);
  const [, ccda, fhir] = files.map(({ bytes }) => new TextDecoder().decode(bytes));
  expect(ccda).toContain('<ClinicalDocument');
  expect(JSON.parse(fhir ?? '')).toMatchObject({ resourceType: 'Bundle', type: 'document' });
  for (const text of [ccda, fhir]) {
    expect(text).toContain('Potassium');
    expect(text).not.toContain(PLANTED);
  }
  const ways = (await desk.accounted()).disclosures.slice(before).map(({ way }) => way);
  expect(ways.filter((way) => way.includes('packet read')).toSorted()).toEqual([
    'office link, packet read',
    'office link, packet read as C-CDA',
    'office link, packet read as FHIR',
  ]);

  const { sequence } = await threadOf(id);
  const another = await desk.api.call('POST', `/worklist/referrals/${id}/link`, desk.coordinator, { sequence });
  const anew = await desk.api.call('POST', '/office/open', '', { link: another.body['link'], npi: NPI });
  expect(anew.body['packetForms'], 'a link that takes the place of one shows what that one showed').toEqual(['pdf', 'ccda', 'fhir']);
});
