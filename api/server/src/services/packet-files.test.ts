/** Images and documents of the chart by their content: fetched from the EHR, looked at, sent, kept, and read by the office. */
import { createHash } from 'node:crypto';
import Pdf from 'pdfkit';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { PacketItemView } from '../client/packet.ts';
import { drawnPdf } from '../inbound/test-notes.ts';
import { chunk, jpeg, scannedPdf as pdfOf, png } from '../packet/test-images.ts';
import { readPdf } from '../packet/test-read-pdf.ts';
import { fullChart, NPI, PLANTED, packetDesk, subject } from './test-packet-desk.ts';
import type { Body } from './test-referral-input.ts';

const desk = packetDesk();
const { written, packetOf, prepare, send, carryOut } = desk;

const document = (id: string, name: string, attachment: object, more: Body = {}): Body => ({
  resourceType: 'DocumentReference',
  id,
  subject,
  status: 'current',
  type: { text: name },
  date: '2026-11-10',
  content: [{ attachment }],
  ...more,
});
const xray = document('xray', 'Chest X-ray', { contentType: 'image/jpeg', url: 'Binary/xray' }, { date: '2019-03-01' });
const scan = document('scan', 'Letter of the hospital', { contentType: 'application/pdf', url: 'Binary/scan' });
const inline = document('photo', 'Photograph of the skin', {
  contentType: 'image/png',
  data: Buffer.from(png(30, 20)).toString('base64'),
});
const withAFile = await drawnPdf((pdf) => void pdf.text('Seen for chest pain.').file(Buffer.from('Notes.'), { name: 'notes.txt' }));
const withAField = await drawnPdf((pdf) => {
  pdf.text('Seen for chest pain.').font('Helvetica').initForm();
  pdf.formText('history', 72, 200, 300, 20, { value: 'Opioid use disorder' });
});
const scannedPdf = (words = 'Seen for chest pain.') => pdfOf(words);
const SUD = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'SUD' };
const consent: Body = {
  resourceType: 'Consent',
  id: 'consent',
  status: 'active',
  patient: subject,
  provision: {
    type: 'permit',
    actor: [{ reference: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: NPI } } }],
    securityLabel: [SUD],
  },
};
const withFiles = (): Body[] => [...fullChart(), xray, scan, inline];

/** The same of what the EHR has no more and of what is kept back. */
const NONE = 'there is no file of it that can be enclosed';
const NOT_READ = 'it is locked, damaged, too long, or holds other files, so that it is not read through here';

const answer = (body: Body) => () => Response.json(body);
const raw = (bytes: Uint8Array<ArrayBuffer>) => () => new Response(bytes);
const theEhr = (): Record<string, () => Response> => ({
  'DocumentReference/xray': answer(xray),
  'DocumentReference/scan': answer(scan),
  'DocumentReference/photo': answer(inline),
  'Binary/xray': raw(jpeg(640, 480)),
  'Binary/scan': raw(scannedPdf()),
});
const now = (more: Record<string, () => Response> = {}): void => {
  desk.api.files.answers = { ...theEhr(), ...more };
};
/** What is kept in memory of a file is ten minutes old by then. */
beforeEach(async () => {
  await desk.later(11);
  now();
  desk.api.files.asked.splice(0);
});

const filesOf = async (id: string): Promise<Record<string, PacketItemView['file']>> => {
  const { items } = await packetOf(id);
  return Object.fromEntries(items.flatMap(({ id: item, file }) => (file ? [[item, file]] : [])));
};
const why = async (id: string, item: string): Promise<string | undefined> => {
  const file = (await filesOf(id))[item];
  return file && !file.goes ? file.why : undefined;
};
const open = async (): Promise<{ opened: string; files: { sha256: string; title: string; contentType: string; bytes: number }[] }> => {
  const { body } = await desk.api.call('POST', '/office/open', '', { link: desk.mailedLink(), npi: NPI });
  return body as never;
};
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const mailed = async (id: string): Promise<void> => {
  expect((await send(id, 'mail')).status).toBe(200);
  await carryOut();
};

describe('before it goes', () => {
  test('whoever sends it sees what goes by content, of which kind and how large', async () => {
    const goes = (bytes: Uint8Array, more: object) => ({
      goes: true,
      sha256: sha256(bytes),
      bytes: bytes.byteLength,
      unread: false,
      ...more,
    });
    const id = await written(withFiles());
    expect((await packetOf(id)).filesGo).toBe(true);
    expect(await filesOf(id)).toEqual({
      'DocumentReference/xray': goes(jpeg(640, 480), { contentType: 'image/jpeg', asPage: true }),
      'DocumentReference/scan': goes(scannedPdf(), { contentType: 'application/pdf', asPage: false }),
      'DocumentReference/photo': goes(png(30, 20), { contentType: 'image/png', asPage: true }),
    });
    expect(desk.api.files.asked.every((url) => /\/fhir\/(DocumentReference|Binary)\/(xray|scan|photo)$/.test(url))).toBe(true);
  });

  test('where the site gives Refloop no access all goes by title, as it did, and nothing is asked', async () => {
    desk.api.files.answers = undefined;
    const id = await written(withFiles());
    expect([(await packetOf(id)).filesGo, await filesOf(id)]).toEqual([false, {}]);
    await mailed(id);
    expect([(await open()).files, desk.api.files.asked]).toEqual([[], []]);
  });

  test('what was taken out is not fetched', async () => {
    const id = await written(withFiles());
    desk.api.files.answers = undefined;
    await prepare(id, { change: 'remove', item: 'DocumentReference/scan' });
    now();
    expect(Object.keys(await filesOf(id))).not.toContain('DocumentReference/scan');
    expect(desk.api.files.asked.join()).not.toContain('scan');
  });

  test('what was put back is told with its file at once', async () => {
    const id = await written(withFiles());
    const [item, scanned] = ['DocumentReference/xray', 'DocumentReference/scan'];
    const told = async (change: 'remove' | 'restore'): Promise<PacketItemView[]> => {
      const { body } = await prepare(id, { change, item });
      return (body as unknown as { packet: { items: PacketItemView[] } }).packet.items;
    };
    const fileOf = (items: PacketItemView[], of: string) => items.find((each) => each.id === of)?.file;
    const out = await told('remove');
    expect([fileOf(out, item), fileOf(out, scanned)], 'the others stay as they are').toMatchObject([null, { goes: true }]);
    const back = await told('restore');
    expect([fileOf(back, item), fileOf(back, scanned)]).toMatchObject([{ goes: true }, { goes: true }]);
    expect(fileOf(back, item)).toEqual((await filesOf(id))[item]);
  });

  test.each<[string, Record<string, () => Response>, string]>([
    ['the EHR does not answer', { 'Binary/scan': () => new Response('', { status: 503 }) }, 'it did not come in time'],
    ['the EHR refuses', { 'DocumentReference/scan': () => new Response('', { status: 403 }) }, 'the EHR did not allow it'],
    ['it is there no more', { 'Binary/scan': () => new Response('', { status: 404 }) }, NONE],
    [
      'it is a program, whatever the EHR calls it',
      { 'Binary/scan': () => new Response('MZ program') },
      'it is a kind of file that is not sent',
    ],
    ['it is too large', { 'Binary/scan': raw(new Uint8Array(10 * 1024 * 1024 + 1)) }, 'it is larger than 10 MB'],
    [
      'it lies elsewhere by now',
      { 'DocumentReference/scan': answer(document('scan', 'Letter of the hospital', { url: 'https://evil.example.org/scan' })) },
      'it is kept outside of the EHR',
    ],
    ['it is locked or damaged', { 'Binary/scan': raw(new Uint8Array(Buffer.from('%PDF-1.4 and nothing else'))) }, NOT_READ],
    ['it holds other files', { 'Binary/scan': raw(withAFile) }, NOT_READ],
    ['it speaks of what needs a consent in a field', { 'Binary/scan': raw(withAField) }, NONE],
    ['it speaks of what needs a consent', { 'Binary/scan': raw(scannedPdf('Seen with opioid use disorder.')) }, NONE],
  ])('%s: it goes by title, with the words why', async (_, more, words) => {
    const id = await written(withFiles());
    now(more);
    expect(await why(id, 'DocumentReference/scan')).toBe(words);
    expect((await packetOf(id)).holds, 'it was not asked for, so it holds nothing').toEqual([]);
    await mailed(id);
    expect((await open()).files.map(({ title }) => title)).toEqual(['Photograph of the skin', 'Chest X-ray']);
    expect(await desk.readAtOffice()).toContain(`Letter of the hospital · 10 Nov 2026: not enclosed, its title goes alone: ${words}.`);
  });

  test('an address of the browser’s own is not followed: the EHR says where the file is', async () => {
    const planted = document('scan', 'Letter of the hospital', { contentType: 'application/pdf', url: 'Binary/of-another-patient' });
    const id = await written([...fullChart(), planted]);
    await filesOf(id);
    expect(desk.api.files.asked.join()).not.toContain('of-another-patient');
  });

  const secretNow = { ...scan, type: { text: `${PLANTED} letter` }, description: PLANTED };
  const titled = document('scan', `Letter on ${PLANTED}`, { contentType: 'application/pdf', url: 'Binary/scan' });
  test.each<[string, number, Record<string, () => Response>]>([
    ['its entry bears a label by now', 1, { 'DocumentReference/scan': answer({ ...titled, meta: { security: [SUD] } }) }],
    [
      'its file bears one',
      1,
      {
        'DocumentReference/scan': answer(titled),
        'Binary/scan': answer({
          resourceType: 'Binary',
          meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
          data: Buffer.from(scannedPdf()).toString('base64'),
        }),
      },
    ],
    ['it was entered in error', 0, { 'DocumentReference/scan': answer({ ...secretNow, status: 'entered-in-error' }) }],
    ['it is another patient’s by now', 0, { 'DocumentReference/scan': answer({ ...secretNow, subject: { reference: 'Patient/p2' } }) }],
    ['the chart has no such entry any more', 0, { 'DocumentReference/scan': () => new Response('', { status: 404 }) }],
  ])('%s: not even its title goes, nor what it said', async (_, withheld, more) => {
    const words = { contentType: 'text/plain', data: Buffer.from(`Seen by Dr ${PLANTED}.`).toString('base64') };
    const id = await written([...fullChart(), { ...titled, content: [{ attachment: words }, ...(titled['content'] as object[])] }]);
    now(more);
    const packet = await packetOf(id);
    expect(packet.items.map(({ id: item }) => item)).not.toContain('DocumentReference/scan');
    expect(packet.withheld).toBe(withheld);
    expect(desk.api.files.asked.join()).not.toContain('of-another-patient');
    if (withheld > 0) await prepare(id, { change: 'check' });
    await mailed(id);
    expect(await desk.readAtOffice()).not.toMatch(new RegExp(`${PLANTED}|Letter|not enclosed`));
  });

  test('what it is called is as the chart has it now', async () => {
    const id = await written(withFiles());
    now({ 'DocumentReference/scan': answer({ ...scan, type: { text: 'Letter of the ward' } }) });
    await mailed(id);
    expect((await open()).files.map(({ title }) => title)).toContain('Letter of the ward');
  });
});

describe('a file with words that only a person can read', () => {
  const table = document('table', 'Table of the practice', { contentType: 'image/png', url: 'Binary/table' });
  const withScan = (bytes: Uint8Array<ArrayBuffer>) => now({ 'Binary/scan': raw(bytes) });
  const shown = async (id: string): Promise<string[]> =>
    (await packetOf(id)).items.flatMap(({ file }) => (file?.goes ? [file.sha256] : []));

  test.each<[string, Body, Uint8Array<ArrayBuffer>]>([
    ['a scan', scan, pdfOf('')],
    ['a document that was photographed', table, png(40, 30)],
  ])('%s goes once somebody looked through it, and not what came since', async (_, entry, bytes) => {
    const id = await written([...fullChart(), entry]);
    const put = (file: Uint8Array<ArrayBuffer>) =>
      now({ 'Binary/scan': raw(file), 'DocumentReference/table': answer(table), 'Binary/table': raw(file) });
    put(bytes);
    const held = { kind: 'to-be-checked', words: expect.stringMatching(/^One of its files may hold words that only a person can read/) };
    expect((await packetOf(id)).holds).toEqual([held]);
    expect((await send(id, 'mail')).status).toBe(409);

    expect((await prepare(id, { change: 'check' })).status, 'without what was shown it says nothing of the file').toBe(200);
    expect((await packetOf(id)).holds.length).toBe(1);
    expect((await prepare(id, { change: 'check', files: await shown(id) })).status).toBe(200);
    const { holds, checked } = await packetOf(id);
    expect([holds, checked?.by]).toEqual([[], 'kim']);

    await desk.later(11);
    put(entry === table ? png(41, 30) : pdfOf('').with(10, 0x0a));
    const refused = await send(id, 'mail');
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([409, expect.stringMatching(/one file came or changed/)]);
    await prepare(id, { change: 'check', files: await shown(id) });
    await mailed(id);
    expect((await open()).files.length).toBe(1);
  });

  test('where nobody has to look it goes as it comes', async () => {
    const id = await written(withFiles());
    withScan(scannedPdf('Seen for chest pain and palpitations.'));
    expect((await packetOf(id)).holds).toEqual([]);
  });

  test('can be opened before it goes, and nothing but what is of this packet; that is on record', async () => {
    const id = await written([...fullChart(), scan]);
    withScan(pdfOf(''));
    const [sha = ''] = await shown(id);
    const read = (hash: string, who = desk.coordinator) =>
      desk.api.download(`/worklist/referrals/${id}/packet/file`, who, { sha256: hash });
    const file = await read(sha);
    expect(sha256(file.bytes)).toBe(sha256(pdfOf('')));
    expect(
      ['content-type', 'content-disposition', 'x-content-type-options', 'cache-control'].map(
        (name) => file.headers.get(name)?.split(';')[0],
      ),
    ).toEqual(['application/octet-stream', 'attachment', 'nosniff', 'no-store']);
    expect((await read('a'.repeat(64))).status).toBe(409);
    await prepare(id, { change: 'remove', item: 'DocumentReference/scan' });
    expect((await read(sha)).status).toBe(409);
    const audit = await desk.api.store.transaction(desk.api.scope, (unit) => unit.audit.list({ referralId: id }));
    expect(audit.filter(({ action }) => action === 'packet.enclosed-read').map(({ payload }) => payload)).toEqual([{ sha256: sha }]);
  });
});

describe('an image that is required', () => {
  const ecg = document('ecg-scan', '12-lead ECG', { contentType: 'application/pdf', url: 'Binary/ecg' }, { date: '2026-11-15' });
  const chart = (): Body[] => [...fullChart().filter(({ id }) => id !== 'ecg'), ecg];
  const away = { 'DocumentReference/ecg-scan': answer(ecg), 'Binary/ecg': () => new Response('', { status: 503 }) };

  test('holds the packet while its file does not come, until somebody says why it goes without', async () => {
    const id = await written(chart());
    now({ ...away, 'Binary/ecg': raw(scannedPdf()) });
    expect((await packetOf(id)).holds).toEqual([]);
    await desk.later(11);
    now(away);
    expect((await packetOf(id)).holds).toEqual([
      { kind: 'incomplete', words: expect.stringMatching(/ECG.*\(its file could not be enclosed\)/) },
    ]);
    expect((await send(id, 'mail')).status).toBe(409);
    expect((await prepare(id, { change: 'override', reason: 'They make their own' })).status).toBe(200);
    await mailed(id);
    expect(await desk.readAtOffice()).toContain('12-lead ECG · 15 Nov 2026: not enclosed');
  });

  test('is missing where the chart has it no more', async () => {
    const id = await written(chart());
    now({ ...away, 'DocumentReference/ecg-scan': answer({ ...ecg, status: 'entered-in-error' }) });
    expect((await packetOf(id)).holds).toEqual([{ kind: 'incomplete', words: expect.stringMatching(/ECG(?!.*could not be enclosed)/) }]);
  });
});

describe('at the office', () => {
  test('images are pages, every file is there as it was sent, and each reading is on record and accounted for', async () => {
    const id = await written(withFiles());
    await mailed(id);
    // By then the chart has others, or is away.
    now({ 'Binary/xray': raw(jpeg(1, 1)), 'Binary/scan': () => new Response('', { status: 503 }) });
    const { opened, files } = await open();
    expect(files.map(({ title, contentType, bytes }) => [title, contentType, bytes])).toEqual([
      ['Photograph of the skin', 'image/png', png(30, 20).byteLength],
      ['Letter of the hospital', 'application/pdf', scannedPdf().byteLength],
      ['Chest X-ray', 'image/jpeg', jpeg(640, 480).byteLength],
    ]);
    const { pages, text } = await readPdf((await desk.api.download('/office/packet', '', { opened })).bytes);
    expect(pages.flatMap(({ figures }) => figures)).toEqual([
      'Photograph of the skin · 10 Nov 2026: an image of the chart, as it is kept there',
      'Chest X-ray · 1 Mar 2019: an image of the chart, as it is kept there',
    ]);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'Letter of the hospital · 10 Nov 2026 (PDF, 1 kB): a file of its own beside these pages.',
    );

    for (const [index, bytes] of [png(30, 20), scannedPdf(), jpeg(640, 480)].entries()) {
      const file = await desk.api.download('/office/packet/file', '', { opened, sha256: files[index]?.sha256 });
      expect(sha256(file.bytes)).toBe(sha256(bytes));
      expect([
        file.headers.get('content-type'),
        file.headers.get('content-disposition')?.split(';')[0],
        file.headers.get('x-content-type-options'),
        file.headers.get('cache-control'),
      ]).toEqual(['application/octet-stream', 'attachment', 'nosniff', 'no-store']);
    }
    const bundle = await desk.api.download('/office/packet/fhir', '', { opened });
    const words = Buffer.from(bundle.bytes).toString('utf8');
    expect(words).toContain(Buffer.from(jpeg(640, 480)).toString('base64'));
    expect(words).toContain(Buffer.from(scannedPdf()).toString('base64'));

    const { disclosures } = await desk.accounted();
    const read = disclosures.map(({ way, what, sha256: hash }) => [way, what, hash]);
    expect(read.filter(([way]) => way === 'office link, file read').length).toBe(3);
    for (const [index, kind] of ['PNG image', 'PDF', 'JPEG image'].entries())
      expect(read).toContainEqual(['office link, file read', [`files, ${kind} (1)`], files[index]?.sha256]);
    const all = ['packet with chart', 'files, PNG image (1)', 'files, PDF (1)', 'files, JPEG image (1)'];
    expect(read).toContainEqual(['office link, packet read as FHIR', all, null]);
    const audit = await desk.api.store.transaction(desk.api.scope, (unit) => unit.audit.list({ referralId: id }));
    expect(audit.filter(({ action }) => action === 'office-link.file-read').length).toBe(3);
    expect(audit.find(({ action }) => action === 'packet.sent')?.payload).toMatchObject({
      files: [{ kind: 'png' }, { kind: 'pdf' }, { item: 'DocumentReference/xray', kind: 'jpeg', sha256: sha256(jpeg(640, 480)) }],
    });
  });

  test('where something goes by a consent the page names no file, and gives none once the consent is withdrawn', async () => {
    const labelled = { ...scan, meta: { security: [SUD] } };
    const id = await written([...fullChart(), labelled]);
    now({ 'DocumentReference/scan': answer(labelled) });
    desk.api.consents.push(consent as never);
    await mailed(id);
    const { opened, files } = await open();
    expect(files.map(({ title }) => title)).toEqual(['Image or document']);
    const read = async () => (await desk.api.download('/office/packet/file', '', { opened, sha256: files[0]?.sha256 })).status;
    expect(await read()).toBe(200);
    desk.api.consents.splice(0);
    expect(await read()).toBe(409);
  });

  test('a file that goes by a consent alone, by what is written in it, is given no more once that is withdrawn', async () => {
    const id = await written([...fullChart(), { ...scan, id: 'psy', type: { text: 'Psychotherapy note' } }, scan]);
    now({ 'Binary/scan': raw(scannedPdf('Seen with opioid use disorder.')) });
    desk.api.consents.push(consent as never);
    const { items } = await packetOf(id);
    await prepare(id, { change: 'check', files: items.flatMap(({ file }) => (file?.goes ? [file.sha256] : [])) });
    await mailed(id);
    const { opened, files } = await open();
    const read = async () => (await desk.api.download('/office/packet/file', '', { opened, sha256: files[0]?.sha256 })).status;
    expect([files.map(({ title }) => title), await read()]).toEqual([['Image or document'], 200]);
    desk.api.consents.splice(0);
    expect(await read()).toBe(409);
  });

  test('a file of another packet is not given', async () => {
    await mailed(await written(withFiles()));
    const [file] = (await open()).files;
    await mailed(await written(fullChart()));
    const { opened, files } = await open();
    expect(files).toEqual([]);
    expect((await desk.api.download('/office/packet/file', '', { opened, sha256: file?.sha256 })).status).toBe(409);
  });
});

describe('a link that is made by hand', () => {
  const byHand = async (id: string) => {
    const { sequence } = await desk.threadOf(id);
    return desk.api.call('POST', `/worklist/referrals/${id}/link`, desk.coordinator, { sequence });
  };
  const openedBy = async ({ link }: Record<string, unknown>) =>
    (await desk.api.call('POST', '/office/open', '', { link, npi: NPI })).body as unknown as Awaited<ReturnType<typeof open>>;

  test('carries the whole packet with its files, kept as they went', async () => {
    const id = await written(withFiles());
    const made = await byHand(id);
    expect([made.status, made.body['specialist'] !== undefined], JSON.stringify(made.body)).toEqual([201, true]);
    now({ 'Binary/xray': raw(jpeg(1, 1)), 'Binary/scan': () => new Response('', { status: 503 }) });
    const { opened, files } = await openedBy(made.body);
    expect(files.map(({ title, sha256: hash }) => [title, hash])).toEqual([
      ['Photograph of the skin', sha256(png(30, 20))],
      ['Letter of the hospital', sha256(scannedPdf())],
      ['Chest X-ray', sha256(jpeg(640, 480))],
    ]);
    const read = await Promise.all(files.map((file) => desk.api.download('/office/packet/file', '', { opened, sha256: file.sha256 })));
    expect(read.map(({ status, bytes }) => [status, sha256(bytes)])).toEqual(files.map((file) => [200, file.sha256]));
    const { text } = await readPdf((await desk.api.download('/office/packet', '', { opened })).bytes);
    expect(text).toContain('Potassium');
    const audit = await desk.api.store.transaction(desk.api.scope, (unit) => unit.audit.list({ referralId: id }));
    expect(audit.find(({ action }) => action === 'packet.sent')?.payload).toMatchObject({
      way: 'link',
      files: files.map((file) => ({ sha256: file.sha256 })),
      notEnclosed: [],
    });
  });

  test('is not made while nobody looked through a scan', async () => {
    const id = await written([...fullChart(), scan]);
    now({ 'Binary/scan': raw(pdfOf('')) });
    const held = await byHand(id);
    expect([held.status, JSON.stringify(held.body)]).toEqual([409, expect.stringMatching(/No link was made\. .*only a person can read/)]);
    const { items } = await packetOf(id);
    await prepare(id, { change: 'check', files: items.flatMap(({ file }) => (file?.goes ? [file.sha256] : [])) });
    const made = await byHand(id);
    expect([made.status, (await openedBy(made.body)).files.length]).toEqual([201, 1]);
  });

  test('shows what the one before it showed, and nothing is fetched anew', async () => {
    const id = await written(withFiles());
    const { files } = await openedBy((await byHand(id)).body);
    await desk.later(11);
    now({ 'Binary/scan': raw(pdfOf('')), 'Binary/xray': raw(jpeg(1, 1)) });
    desk.api.files.asked.splice(0);
    const again = await openedBy((await byHand(id)).body);
    expect(again.files).toEqual(files);
    expect(desk.api.files.asked).toEqual([]);
    const file = await desk.api.download('/office/packet/file', '', { opened: again.opened, sha256: files[1]?.sha256 });
    expect(sha256(file.bytes)).toBe(sha256(scannedPdf()));
  });
});

test('by fax the images are pages, and what cannot be one is at the address on the first', async () => {
  const id = await written(withFiles());
  expect((await send(id, 'fax')).status).toBe(200);
  await carryOut();
  const { text, pages } = await readPdf(new Uint8Array(desk.gateway.faxes.at(-1)?.document ?? []));
  expect(pages.flatMap(({ figures }) => figures).filter((words) => words.includes('an image of the chart')).length).toBe(2);
  expect(text.replaceAll(/\s+/g, ' ')).toContain('not among these pages; it can be read and kept at the address on the first page');
  expect((await desk.accounted()).disclosures.at(-1)?.what).toEqual(
    expect.arrayContaining(['files, JPEG image (1)', 'files, PNG image (1)']),
  );
});

test('with the Task in the EHR no file goes: none is kept, or said to have gone', async () => {
  const id = await written(withFiles());
  expect((await packetOf(id)).sentAt).toBeNull();
  desk.api.movesTasks(true);
  const kept = () =>
    desk.api.store.transaction(desk.api.scope, async (unit) => ({
      audit: await unit.audit.list({ referralId: id }),
      files: (await unit.documents.ids()).filter((each) => each.startsWith('enclosed-')),
    }));
  const before = await kept();
  expect((await send(id, 'fhir')).status).toBe(200);
  desk.api.movesTasks(false);
  const after = await kept();
  expect(after.files).toEqual(before.files);
  expect(after.audit.find(({ action }) => action === 'packet.sent')?.payload).toMatchObject({ way: 'fhir', files: [], notEnclosed: [] });
  expect((await packetOf(id)).sentAt).toBe(desk.api.clock.now.toISOString());
});

describe('an image that the writer of PDF throws at', () => {
  const long = png(30, 20, { more: [chunk('tEXt', Buffer.concat([Buffer.from('Raw profile\0'), Buffer.alloc(200_000, 0x41)]))] });
  const photo = document('long', 'Photograph of the skin', { contentType: 'image/png', data: Buffer.from(long).toString('base64') });

  test('goes as a file of its own, by fax and by link', async () => {
    const id = await written([...fullChart(), photo]);
    now({ 'DocumentReference/long': answer(photo) });
    expect(await filesOf(id)).toMatchObject({ 'DocumentReference/long': { goes: true, asPage: false } });
    expect((await send(id, 'fax')).status).toBe(200);
    await mailed(id);
    expect(await desk.readAtOffice()).toContain('a file of its own beside these pages');
    const { opened, files } = await open();
    expect((await desk.api.download('/office/packet/file', '', { opened, sha256: files[0]?.sha256 })).status).toBe(200);
  });
});

test('a packet that cannot be made is no reading: neither on record nor accounted for', async () => {
  const id = await written(withFiles());
  await mailed(id);
  const { opened } = await open();
  const read = async () => [
    (await desk.accounted()).disclosures.filter(({ way }) => way === 'office link, packet read').length,
    (await desk.api.store.transaction(desk.api.scope, (unit) => unit.audit.list({ referralId: id }))).filter(
      ({ action }) => action === 'office-link.packet-read',
    ).length,
  ];
  const before = await read();
  const writing = vi.spyOn(Pdf.prototype, 'text').mockImplementation(() => {
    throw new Error('damaged');
  });
  try {
    expect((await desk.api.download('/office/packet', '', { opened })).status).toBe(500);
  } finally {
    writing.mockRestore();
  }
  expect(await read()).toEqual(before);
});
