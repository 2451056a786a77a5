/** What is made of a file by itself: on the in-memory store, with the documents read for real. */
import { blocksOf } from '@refloop/domain/patient-match/blocks';
import { comparedIdentity } from '@refloop/domain/patient-match/identity';
import { identity } from '@refloop/domain/patient-match/test-identity';
import { ok } from '@refloop/domain/result';
import { describe, expect, test } from 'vitest';
import { FAX_BY_MAIL } from '../channels/fax-by-mail.ts';
import { OFFICE_MAIL } from '../channels/office-mail.ts';
import { PATIENT_MAIL } from '../channels/patient-mail.ts';
import { toDecide } from '../outbox/effect-obligation.ts';
import { packetPdf } from '../packet/packet-pdf.ts';
import { sentPacket } from '../packet/test-packet.ts';
import { keepFirstPolicy } from '../services/engine/policy-in-force.ts';
import { CLINICIAN, happens, putInForce } from '../services/engine/test-in-force.ts';
import { applyDecision, readReferral } from '../services/referral-log.ts';
import { openMemoryStore } from '../store/memory/store.ts';
import { ReaderNotStarted } from './document-reader.ts';
import { inboundContentOf } from './inbound-content.ts';
import { readBytes, readFile } from './read-bytes.ts';
import type { ReadFile } from './read-file.ts';
import { createInbound, takeIn } from './take-in.ts';
import { mailWith } from './test-mail.ts';
import { CARDIOLOGY_NOTE, HL7_CONSULTATION, pdfNote } from './test-notes.ts';
import { returnedMail } from './test-returned-mail.ts';

const APPROVED = '2026-11-18T15:00:00.000Z';
const CAME = '2026-11-22T15:00:00.000Z';
const SCOPE = { tenant: 't', issuer: 'https://ehr.example.org/fhir', site: 'Maple Clinic' };

/** A referral that was faxed to the specialist of the test referrals, and what becomes of a file that a gateway hands over. */
async function sentReferral(read: (bytes: Uint8Array) => Promise<ReadFile> = (bytes) => readFile(bytes)) {
  let count = 0;
  const store = openMemoryStore({ newId: () => `id-${(count += 1)}` });
  await store.enrol(SCOPE);
  await keepFirstPolicy(store, SCOPE, 'America/Chicago', new Date(APPROVED));
  await putInForce(store, SCOPE, 'r1', APPROVED);
  await happens(store, SCOPE, 'r1', '2026-11-18T15:05:00.000Z', { type: 'send', transmissionId: 't', channel: 'fax' });
  const chart = identity({ recordNumbers: ['SYN-100200'] });
  await store.transaction(SCOPE, (unit) =>
    unit.patientIdentities.put({ patientId: 'p1', identity: chart, replacedBy: null }, blocksOf(comparedIdentity(chart))),
  );
  const failures: unknown[] = [];
  const failed = (error: unknown): void => void failures.push(error);
  const inbound = createInbound({ store, read, version: 'test', now: () => new Date(CAME), failed });
  const why = (id: string): Promise<string | undefined> =>
    store.transaction(SCOPE, async (unit) => {
      const document = await unit.inboundDocuments.get(id);
      return document && `${document.standing.status} ${inboundContentOf(document.content).why}`;
    });
  const handed = (key: string, words: string): Promise<string> =>
    takeIn(store, SCOPE, { source: 'gateway', key, bytes: new TextEncoder().encode(words) }, CAME);
  const came = async (file: Uint8Array | string) => {
    const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
    const id = await takeIn(store, SCOPE, { source: 'gateway', key: `fax/${(count += 1)}`, bytes }, CAME);
    await inbound.run();
    if (failures.length > 0) throw failures[0];
    return store.transaction(SCOPE, async (unit) => {
      const referral = await readReferral(unit, 'r1');
      const document = await unit.inboundDocuments.get(id);
      const { why = null } = document ? inboundContentOf(document.content) : {};
      const [attempt] = referral?.attempts ?? [];
      return { why, work: attempt?.work.status, visits: attempt?.visits.length, reports: referral?.reports.length };
    });
  };
  return { came, handed, why, failures, run: inbound.run, store };
}

const HEAD = CARDIOLOGY_NOTE.flat().slice(1, 8).join('\n');
const UNTOUCHED = { work: 'sent', visits: 0, reports: 0 };

test('a consult note is placed, and stands for the visit', async () => {
  const { came } = await sentReferral();
  expect(await came(CARDIOLOGY_NOTE.flat().join('\n'))).toEqual({ why: null, work: 'completed', visits: 1, reports: 1 });
});

test('the referral that was sent, come back, is held and proves nothing', async () => {
  const { came } = await sentReferral();
  const { patient, specialist } = sentPacket();
  const packet = sentPacket({
    patient: { ...patient, name: 'Delgado, Marisol', born: '1984-06-02', recordNumber: 'SYN-100200' },
    specialist: { ...specialist, npi: '1234567893' },
  });
  expect(await came(await packetPdf(packet))).toEqual({ why: 'own-referral', ...UNTOUCHED });
});

describe('a mail with documents attached', () => {
  const all = (store: Awaited<ReturnType<typeof sentReferral>>['store']) =>
    store.transaction(SCOPE, async ({ inboundDocuments }) => {
      const documents = await Promise.all((await inboundDocuments.ids()).map((id) => inboundDocuments.get(id)));
      return documents.flatMap((each) =>
        each ? [{ id: each.id, standing: each.standing.status, ...inboundContentOf(each.content) }] : [],
      );
    });

  test.each(['plain', 'forwarded'] as const)(
    '(%s): each is read as if it had come by itself, and says by which mail it came',
    async (how) => {
      const { came, run, store } = await sentReferral();
      const note = await pdfNote(CARDIOLOGY_NOTE);
      const files = [note, new TextEncoder().encode(HL7_CONSULTATION), note, Buffer.from('\x89PNG logo', 'latin1')];
      const mail = mailWith(files);
      // The second run reads what the first took in.
      await came(how === 'plain' ? mail : mailWith([Buffer.from(mail)], 'message/rfc822'));
      await run();
      const documents = await all(store);
      expect(documents.map(({ standing, why, type }) => `${standing} ${why} ${type}`).toSorted()).toEqual([
        'held patient-unknown application/hl7-cda+xml',
        'placed null application/pdf',
        'set-aside null application/octet-stream',
      ]);
      const kept = documents.find(({ standing }) => standing === 'set-aside');
      for (const { id, mail } of documents.filter((each) => each.id !== kept?.id))
        expect({ id, mail }).toEqual({
          id,
          mail: {
            id: kept?.id,
            from: 'Front desk desk@bayheart.example.org',
            subject: 'Consult note',
            text: 'Please find the note attached.',
          },
        });
      const referral = await store.transaction(SCOPE, (unit) => readReferral(unit, 'r1'));
      expect(referral?.reports).toMatchObject([{ status: 'matched', form: 'final' }]);
      expect(
        await store.transaction(SCOPE, ({ inboundDocuments }) => inboundDocuments.file(kept?.id ?? '')),
        'the mail is kept',
      ).toBeDefined();
    },
  );

  test('one with more than is read by itself is held whole, and one with none is read as the text it is', async () => {
    const { came, store } = await sentReferral();
    const many = Array.from({ length: 11 }, (_, at) => Buffer.from(`%PDF-1.7 ${at}`));
    expect(await came(mailWith(many))).toEqual({ why: 'unreadable', ...UNTOUCHED });
    expect(await came(mailWith([Buffer.from('\x89PNG logo', 'latin1')]))).toEqual({ why: 'names-nobody', ...UNTOUCHED });
    expect((await all(store)).map(({ type }) => type).toSorted()).toEqual(['application/octet-stream', 'text/plain']);
  });

  test.each([
    ['a Word file', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(4000, 7)])],
    ['a photographed page', Buffer.concat([Buffer.from('\x89PNG', 'latin1'), Buffer.alloc(40_000, 7)])],
    ['a faxed page', Buffer.concat([Buffer.from('II*\0', 'latin1'), Buffer.alloc(4000, 7)])],
  ])('one that holds %s as well stands whole before a person: nothing of it is set aside unread', async (_what, other) => {
    const { came, store } = await sentReferral();
    expect(await came(mailWith([await pdfNote(CARDIOLOGY_NOTE), other]))).toEqual({ why: 'names-nobody', ...UNTOUCHED });
    expect((await all(store)).map(({ standing }) => standing)).toEqual(['held']);
  });

  test('a note that begins with labels is no mail', async () => {
    const { came } = await sentReferral();
    const labels = CARDIOLOGY_NOTE.flat().filter((line) => line.includes(': '));
    expect(await came(`${labels.join('\n')}\n\nAssessment\nPalpitations.\nPlan\nHolter.`)).toMatchObject({ reports: 1 });
  });
});

test('a letter that the patient cannot be seen is held, and so is one that says nothing of a visit', async () => {
  const { came } = await sentReferral();
  expect(await came(`Bay Heart Cardiology\n${HEAD}\nWe are not able to schedule this patient. Please refer elsewhere.`)).toEqual({
    why: 'not-seen',
    ...UNTOUCHED,
  });
  expect(await came(`Bay Heart Cardiology\n${HEAD}\nThank you for your referral. The appointment is on 12/02/2026.`)).toEqual({
    why: 'not-a-note',
    ...UNTOUCHED,
  });
});

test('a file with the notes of two patients is held whole', async () => {
  const { came } = await sentReferral();
  const other = 'Bay Heart Cardiology Consultation\nPatient: Okafor, Chinedu\nDOB: 11/30/1951\nAssessment\nStable.';
  expect(await came(`${CARDIOLOGY_NOTE.flat().join('\n')}\f${other}`)).toEqual({ why: 'names-several', ...UNTOUCHED });
});

test('another file under a key that was used is refused, and the same file is the same document', async () => {
  const { handed } = await sentReferral();
  const id = await handed('fax/1', 'first note');
  expect(await handed('fax/1', 'first note')).toBe(id);
  await expect(handed('fax/1', 'second note')).rejects.toMatchObject({ refusal: { refused: 'conflict' } });
});

describe('a document on which something fails', () => {
  const failing = (bytes: Uint8Array): Promise<ReadFile> =>
    Buffer.from(bytes).includes('bad') ? Promise.reject(new Error('fell over')) : readBytes(bytes);

  test('is tried five times and then a person reads it; twenty of them keep nobody waiting', async () => {
    const { handed, why, run, failures } = await sentReferral(failing);
    const bad = await Promise.all(Array.from({ length: 20 }, (_, at) => handed(`bad/${at}`, `bad ${at}`)));
    // Of the same instant the order is that of the ids.
    const good = await Promise.all(Array.from({ length: 4 }, (_, at) => handed(`good/${at}`, `good ${at}`)));
    for (let runs = 0; runs < 8; runs += 1) await run();
    expect(new Set(await Promise.all(bad.map(why)))).toEqual(new Set(['held unreadable']));
    expect(new Set(await Promise.all(good.map(why)))).toEqual(new Set(['held names-nobody']));
    expect(failures).toHaveLength(100);
  });

  test('stays where it is while nothing can be read at all', async () => {
    const { handed, why, run } = await sentReferral(() => Promise.reject(new ReaderNotStarted()));
    const id = await handed('fax/1', 'a note');
    for (let runs = 0; runs < 8; runs += 1) await run();
    expect(await why(id)).toBe('waiting null');
  });
});

describe('a mail of ours that comes back', () => {
  const WORKER = { holder: 'w', now: CAME, until: '2026-11-22T15:05:00.000Z', limit: 9 };

  /** The link was mailed, and the mail server took it. */
  async function mailed(kind = OFFICE_MAIL, more: object = {}) {
    const given = await sentReferral();
    const { store } = given;
    const id = await store.transaction(SCOPE, async (unit) => {
      const content = { transmission: { attempt: 1, transmissionId: 't' }, to: 'desk@office.example.org', ...more };
      const added = await unit.outbox.add({ referralId: 'r1', kind, key: 't', askedAt: APPROVED, dueAt: APPROVED, content });
      await unit.outbox.claim({ kinds: [kind], ...WORKER });
      await unit.outbox.begin(added, 'w', CAME);
      await unit.outbox.settle(added, 'w', { standing: { status: 'done', receipt: '250' }, at: CAME, dueAt: null });
      return added;
    });
    const stands = () =>
      store.transaction(SCOPE, async (unit) => ({
        sent: (await readReferral(unit, 'r1'))?.attempts[0]?.transmissions.map(({ status }) => status),
        effect: (await unit.outbox.get(id))?.standing.status,
        owed: (await unit.obligations.openOf('r1'))
          .filter(({ kind: each }) => each === 'not-sent')
          .map(({ owner, content }) => `${owner}: ${(content as { detail: string }).detail}`),
      }));
    return { ...given, id, stands };
  }

  test('is on record as not delivered, and a named person has it, once', async () => {
    const { came, id, stands, store } = await mailed();
    expect(await stands()).toEqual({ sent: ['sent'], effect: 'done', owed: [] });
    expect(await came(returnedMail({ id }))).toMatchObject({ why: null, work: 'sent', reports: 0 });
    const after = await stands();
    expect(after).toEqual({
      sent: ['failed'],
      effect: 'failed',
      owed: [
        expect.stringMatching(
          /^\S+: The mail with the link to the specialist’s office was handed to the mail server and did not arrive. It came back: the address is not right, status 5.1.1.$/,
        ),
      ],
    });
    await came(returnedMail({ id, returned: 'headers' }));
    expect(await stands()).toEqual(after);
    const files = await store.transaction(SCOPE, async ({ inboundDocuments }) =>
      Promise.all((await inboundDocuments.ids()).map((each) => inboundDocuments.file(each))),
    );
    expect(files, 'no link is kept with what came back').toEqual([undefined, undefined]);
  });

  test('an e-mail to the patient is on record as not delivered, and somebody reaches the patient otherwise', async () => {
    const { came, id, stands, store } = await mailed(PATIENT_MAIL, { topic: 'book', language: 'en' });
    for (const returned of ['whole', 'headers'] as const) await came(returnedMail({ id, returned }));
    expect(await stands()).toEqual({
      sent: ['sent'],
      effect: 'failed',
      owed: [expect.stringMatching(/^\S+: The e-mail to the patient was handed to the mail server and did not arrive\. /)],
    });
    const { messaged, decisions } = await store.transaction(SCOPE, async (unit) => ({
      messaged: (await readReferral(unit, 'r1'))?.messaged,
      decisions: toDecide(await unit.obligations.openOf('r1')).map((each) => each.decisions),
    }));
    expect([messaged, decisions]).toEqual([[{ topic: 'book', channel: 'email', outcome: 'failed', at: expect.any(String) }], [['let-go']]]);
  });

  test('a letter with news is a person’s to make good: its link is forgotten, and the packet before it stays sent', async () => {
    const { came, id, stands, store } = await mailed(OFFICE_MAIL, { news: 'booked' });
    await came(returnedMail({ id }));
    expect(await stands()).toMatchObject({
      sent: ['sent'],
      effect: 'failed',
      owed: [expect.stringContaining('that the patient picked a date')],
    });
    const decisions = await store.transaction(SCOPE, async (unit) =>
      toDecide(await unit.obligations.openOf('r1')).map((each) => each.decisions),
    );
    expect(decisions).toEqual([['let-go']]);
  });

  test('so is a fax that its service gave back', async () => {
    const { came, id, stands } = await mailed(FAX_BY_MAIL);
    await came(returnedMail({ id }));
    expect(await stands()).toMatchObject({
      sent: ['failed'],
      effect: 'failed',
      owed: [expect.stringMatching(/The fax to the specialist/)],
    });
  });

  test('that comes before it is on record that the mail was sent, it waits until it is', async () => {
    const given = await sentReferral();
    const { store, run, handed, why } = given;
    const effect = await store.transaction(SCOPE, async (unit) => {
      const content = { transmission: { attempt: 1, transmissionId: 't' }, to: 'desk@office.example.org' };
      const added = await unit.outbox.add({ referralId: 'r1', kind: OFFICE_MAIL, key: 't', askedAt: APPROVED, dueAt: APPROVED, content });
      await unit.outbox.claim({ kinds: [OFFICE_MAIL], ...WORKER });
      await unit.outbox.begin(added, 'w', CAME);
      return added;
    });
    const document = await handed('mail/1', returnedMail({ id: effect }));
    for (let runs = 0; runs < 8; runs += 1) await run();
    expect(await why(document)).toBe('waiting null');
    const standing = { status: 'done', receipt: '250' } as const;
    await store.transaction(SCOPE, ({ outbox }) => outbox.settle(effect, 'w', { standing, at: CAME, dueAt: null }));
    await run();
    const after = await store.transaction(SCOPE, ({ outbox }) => outbox.get(effect));
    expect([await why(document), after?.standing.status]).toEqual(['placed null', 'failed']);
  });

  test('only delayed it is nobody’s; of an order that is over nobody has to do anything', async () => {
    const { came, id, stands, store } = await mailed();
    await came(returnedMail({ id, action: 'delayed', status: '4.4.1' }));
    expect(await stands()).toEqual({ sent: ['sent'], effect: 'done', owed: [] });
    const ended = { type: 'order-ended', version: 1, how: 'cancelled', reason: 'Not needed any more' } as const;
    await store.transaction(SCOPE, (unit) =>
      applyDecision(unit, 'r1', CLINICIAN, CAME, () => ok([{ effectiveAt: CAME, factKey: null, fact: ended }])),
    );
    await came(returnedMail({ id }));
    expect(await stands()).toEqual({ sent: ['failed'], effect: 'failed', owed: [] });
  });

  test('one that names no mail of ours is held for a person, and changes nothing', async () => {
    const { came, stands } = await mailed();
    expect(await came(returnedMail())).toMatchObject({ why: 'unreadable', work: 'sent' });
    expect(await stands()).toEqual({ sent: ['sent'], effect: 'done', owed: [] });
  });
});
