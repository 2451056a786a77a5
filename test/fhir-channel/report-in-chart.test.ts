/** A note that came back, filed in the sandbox EHR: the document, then the receipt that CMS50 counts, each once; read back, neither is news. */
import { createHash } from 'node:crypto';
import type { DocumentReference, Resource, Task } from '@medplum/fhirtypes';
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { CAPTURED } from '@refloop/domain/referral/capture';
import { decideCare } from '@refloop/domain/referral/care-command';
import type { Misfiling } from '@refloop/domain/referral/care-event';
import type { Performer } from '@refloop/domain/referral/event';
import { observe } from '@refloop/domain/referral/observe';
import type { Referral } from '@refloop/domain/referral/referral';
import { RECEIPT_IDENTIFIER_SYSTEM, REPORT_IDENTIFIER_SYSTEM, reportKey } from '@refloop/domain/write-back/identifiers';
import { noteInChart as noteResource, type ReportInChart, receiptTask } from '@refloop/domain/write-back/report-in-chart';
import type { ModeName } from '@refloop/launch/modes/modes';
import { FHIR_BASE, REFLOOP } from '@refloop/launch/routes/test-ehr';
import { anyHandler } from '@refloop/server/channels/handler';
import { noteInError } from '@refloop/server/channels/note-in-error';
import { type NoteContent, noteInChart, noteReceipt, type ReceiptContent } from '@refloop/server/channels/report-in-chart';
import { handlerContract } from '@refloop/server/channels/test-handler-contract';
import { settleEffectObligations } from '@refloop/server/outbox/effect-obligation';
import { FOUND_OUT, SEEN_TO } from '@refloop/server/outbox/effect-trouble';
import { createOutboxWorker } from '@refloop/server/outbox/worker';
import { createCapture, POLL_MS } from '@refloop/server/services/capture/capture';
import { keepFirstPolicy } from '@refloop/server/services/engine/policy-in-force';
import { CLINICIAN, happens, putInForce } from '@refloop/server/services/engine/test-in-force';
import { applyDecision, readReferral } from '@refloop/server/services/referral-log';
import { scopeOf } from '@refloop/server/sites';
import type { Scope, Unit } from '@refloop/server/store/store';
import { openTestStore, type TestStore } from '@refloop/server/store/test-store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Resource as Judged, judgeAll } from '../oracle/cms50.ts';
import { type Exchange, openExchange } from './test-exchange.ts';

const AT = '2026-11-16T16:00:00.000Z';
const PDF = Buffer.from('%PDF-1.7\nConsult note\n');
const performer: Performer = { entryId: 'e', npi: '1999999984', display: 'Ana Rivera, MD', nucc: '207RC0000X', network: 'in', rank: 1 };
const cardiology = specialtyById('cardiology')!;

const about = (referralId: string, reportId: string): ReportInChart => ({
  referralId,
  reportId,
  form: 'final',
  patientId: 'p1',
  order: { type: 'ServiceRequest', id: 'o1' },
  task: null,
  specialty: cardiology,
  performer,
  fromNpi: null,
  receivedAt: AT,
});

const held = async <Kind extends Resource>({ ehr }: Exchange, type: Kind['resourceType'], system: string, key: string): Promise<Kind[]> =>
  (await ehr.repository.search<Kind>(type, `identifier=${encodeURIComponent(`${system}|${key}`)}`)).matches;

const linked = (exchange: Exchange) => ({
  // A note belongs in the chart whatever became of the order.
  afterTheEnd: 'leaves' as const,
  away: exchange.away,
  loseNextAnswer: exchange.loseNextAnswer,
  close: () => exchange.ehr.close(),
});

handlerContract<NoteContent>(
  'a note in the chart',
  async (now) => {
    const exchange = await openExchange();
    const deps = { sites: [exchange.site()], access: exchange.access, now };
    return {
      ...linked(exchange),
      handler: noteInChart(deps, async () => ({ contentType: 'application/pdf', bytes: PDF })),
      content: (referralId, key) => ({
        reportId: key,
        patientId: 'p1',
        key: reportKey(referralId, key),
        documentId: 'd',
        title: 'Cardiology Consult note',
        resource: noteResource(about(referralId, key)) as NoteContent['resource'],
      }),
      happened: async (referralId, key) =>
        (await held<DocumentReference>(exchange, 'DocumentReference', REPORT_IDENTIFIER_SYSTEM, reportKey(referralId, key))).length,
    };
  },
  FHIR_BASE,
);

handlerContract<ReceiptContent>(
  'the receipt of a note in the chart',
  async (now) => {
    const exchange = await openExchange();
    return {
      ...linked(exchange),
      handler: noteReceipt({ sites: [exchange.site()], access: exchange.access, now }),
      content: (referralId, key) => ({
        reportId: key,
        patientId: 'p1',
        key: reportKey(referralId, key),
        resource: receiptTask(about(referralId, key), null) as ReceiptContent['resource'],
      }),
      happened: async (referralId, key) =>
        (await held<Task>(exchange, 'Task', RECEIPT_IDENTIFIER_SYSTEM, reportKey(referralId, key))).length,
    };
  },
  FHIR_BASE,
);

describe('from the note that came to the chart', () => {
  let exchange: Exchange;
  let opened: TestStore;
  let scope: Scope;
  let number = 0;
  let referralId: string;
  let mode: ModeName;
  const failures: unknown[] = [];

  beforeAll(async () => {
    exchange = await openExchange([{ resourceType: 'Patient', id: 'p2', name: [{ family: 'Sample' }], gender: 'female' }]);
    opened = await openTestStore();
  });
  afterAll(async () => {
    await opened.close();
    await exchange.ehr.close();
  });

  const now = (): Date => exchange.ehr.now();
  const site = () => ({ ...exchange.site(mode), tenant: `tenant-${number}` });
  const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => opened.store.transaction(scope, work);

  async function at(chosen: ModeName): Promise<void> {
    mode = chosen;
    scope = scopeOf(site());
    const hourAgo = new Date(now().getTime() - 3_600_000).toISOString();
    await opened.store.enrol(scope);
    await keepFirstPolicy(opened.store, scope, 'America/Chicago', now());
    await putInForce(opened.store, scope, referralId, hourAgo);
    await happens(opened.store, scope, referralId, hourAgo, { type: 'send', transmissionId: 't', channel: 'fax' });
    const since = now().toISOString();
    await inScope(async ({ capture }) => {
      for (const resourceType of CAPTURED) await capture.keep({ resourceType, since, lookedAt: null, refused: null });
    });
  }

  beforeEach(async () => {
    number += 1;
    failures.length = 0;
    exchange.ehr.pass(3600);
    referralId = `n${number}`;
    await at('full');
  });

  /** Refloop has a file that came, and says whose it is. */
  async function noteCame(form: 'interim' | 'final', reportId = 'inbound/d1', document: { type: string; id: string } | null = null) {
    const when = now().toISOString();
    await inScope(async (unit) => {
      const sha256 = createHash('sha256').update(PDF).digest('hex');
      const id = `d-${referralId}`;
      await unit.documents.insert({ id, referralId, contentType: 'application/pdf', sha256, receivedAt: when, bytes: PDF });
      await applyDecision(unit, referralId, CLINICIAN, when, (referral) => ({
        ok: true,
        value: observe(
          referral,
          {
            kind: 'report',
            at: when,
            key: reportId,
            attempt: 1,
            reportId,
            form,
            document: document ?? { type: 'Document', id },
            fromNpi: null,
            matched: true,
          },
          when,
        ),
      }));
    });
  }

  const run = async (access = exchange.access): Promise<void> => {
    const deps = { sites: [site()], access, now };
    const fileOf = (within: Scope, id: string) => opened.store.transaction(within, ({ documents }) => documents.get(id));
    await createOutboxWorker({
      store: { ...opened.store, scopes: async () => [scope] },
      handlers: [anyHandler(noteInChart(deps, fileOf)), anyHandler(noteReceipt(deps)), anyHandler(noteInError(deps))],
      holder: 'w',
      version: '1',
      now,
      random: () => 0.5,
      pause: async () => undefined,
      failed: (error) => void failures.push(error),
    }).run();
  };
  const look = async (): Promise<number> => {
    exchange.ehr.pass(POLL_MS / 1000);
    const deps = { store: opened.store, sites: [site()], access: exchange.access, now, version: 'test', address: REFLOOP };
    return (await createCapture({ ...deps, failed: (error) => failures.push(error) }).run()).taken;
  };
  const referral = async (): Promise<Referral> => {
    const found = await inScope((unit) => readReferral(unit, referralId));
    if (!found) throw new Error('There is no such referral.');
    return found;
  };
  const standings = () =>
    inScope(async (unit) =>
      (await unit.outbox.ofReferral(referralId)).flatMap(({ kind, standing }) =>
        kind.startsWith('note-') ? [[kind, standing.status]] : [],
      ),
    );
  const notes = () => held<DocumentReference>(exchange, 'DocumentReference', REPORT_IDENTIFIER_SYSTEM, reportKey(referralId, 'inbound/d1'));
  const receipts = () => held<Task>(exchange, 'Task', RECEIPT_IDENTIFIER_SYSTEM, reportKey(referralId, 'inbound/d1'));

  test('the note is filed as it came, the receipt names it, and both are on record', async () => {
    await noteCame('final');
    await run();
    const [[note], [receipt], { reports }] = [await notes(), await receipts(), await referral()];
    expect(note).toMatchObject({
      status: 'current',
      docStatus: 'final',
      type: { coding: [{ system: 'http://loinc.org', code: '34099-2' }] },
      subject: { reference: 'Patient/p1' },
      context: { related: [{ reference: 'ServiceRequest/o1' }] },
    });
    expect(Buffer.from(note?.content[0]?.attachment.data ?? '', 'base64')).toEqual(PDF);
    expect(receipt).toMatchObject({
      status: 'completed',
      basedOn: [{ reference: 'ServiceRequest/o1' }],
      output: [{ valueReference: { reference: `DocumentReference/${note?.id}` } }],
    });
    expect(reports).toMatchObject([
      { chart: { document: { type: 'DocumentReference', id: note?.id }, receipt: { type: 'Task', id: receipt?.id } } },
    ]);
    expect(failures).toEqual([]);
  });

  test('what Refloop filed is no news when the chart is read', async () => {
    await noteCame('final');
    await run();
    expect([await look(), (await referral()).reports.length, (await referral()).setAside]).toEqual([0, 1, []]);
  });

  test('an interim note is filed as one and counts as no report received', async () => {
    await noteCame('interim');
    await run();
    expect([(await notes())[0]?.docStatus, (await receipts()).length]).toEqual(['preliminary', 0]);
  });

  test('a note that is in the chart already is not filed again; its receipt names it', async () => {
    await noteCame('final', 'inbound/d1', { type: 'DocumentReference', id: 'theirs' });
    const { resource } = await exchange.ehr.repository.create<DocumentReference>({
      resourceType: 'DocumentReference',
      id: 'theirs',
      status: 'current',
      subject: { reference: 'Patient/p1' },
      content: [{ attachment: { contentType: 'text/plain', data: 'QQ==' } }],
    });
    expect(resource.id).toBeDefined();
    await run();
    expect([(await notes()).length, (await standings()).map(([kind]) => kind)]).toEqual([0, ['note-receipt']]);
  });

  test.each<[ModeName, Record<string, string>]>([
    ['epic-like', { 'note-in-chart': 'done', 'note-receipt': 'left-out' }],
    ['oracle-like', { 'note-in-chart': 'done', 'note-receipt': 'left-out' }],
    ['athena-like', { 'note-in-chart': 'failed' }],
  ])('an EHR that takes less: %s', async (chosen, expected) => {
    await at(chosen);
    await noteCame('final');
    await run();
    expect(Object.fromEntries(await standings())).toEqual(expected);
    const owed = (await inScope((unit) => unit.obligations.openOf(referralId))).filter(({ kind }) => kind === 'not-sent');
    expect(owed.length, 'a note that is not in the chart is somebody’s to put there').toBe(expected['note-in-chart'] === 'failed' ? 1 : 0);
  });

  const wasThere = (document: { type: string; id: string } | null) =>
    inScope((unit) => {
      const at = now().toISOString();
      const base = { kind: 'report', attempt: 1, reportId: 'there', form: 'interim', fromNpi: null, matched: true } as const;
      return applyDecision(unit, referralId, CLINICIAN, at, (current) => ({
        ok: true,
        value: observe(current, { ...base, document, at, key: 'there' }, at),
      }));
    });
  const link = (reportId: string) =>
    inScope((unit) =>
      applyDecision(unit, referralId, CLINICIAN, now().toISOString(), (current) =>
        decideCare(current, { type: 'match-report', reportId, attempt: 1 }, now().toISOString()),
      ),
    );
  const takeOff = (reportId = 'inbound/d1', because: Misfiling = 'other-patient') =>
    inScope((unit) =>
      applyDecision(unit, referralId, CLINICIAN, now().toISOString(), (current) =>
        decideCare(current, { type: 'unlink-report', reportId, because, reason: 'A namesake' }, now().toISOString()),
      ),
    );
  const byHand = async () =>
    (await inScope((unit) => unit.obligations.openOf(referralId))).filter(({ kind }) => kind === 'not-sent').map(({ content }) => content);

  test('a note that was linked by mistake is entered in error with its receipt, kept as it was, and is no news', async () => {
    await noteCame('final');
    await run();
    await takeOff();
    await run();
    const [[note], [receipt]] = [await notes(), await receipts()];
    expect([note?.status, note?.docStatus, receipt?.status]).toEqual(['entered-in-error', 'entered-in-error', 'entered-in-error']);
    expect(Buffer.from(note?.content[0]?.attachment.data ?? '', 'base64'), 'nothing is deleted').toEqual(PDF);
    expect(await look()).toBe(0);
    expect((await referral()).reports).toMatchObject([{ status: 'not-of-this' }]);
    expect([await byHand(), failures]).toEqual([[], []]);
    await run();
    expect((await notes())[0]?.meta?.versionId, 'once').toBe(note?.meta?.versionId);
  });

  test('what has not left yet does not leave any more', async () => {
    await noteCame('final');
    await takeOff();
    await run();
    expect([(await notes()).length, (await receipts()).length]).toEqual([0, 0]);
    expect(await standings()).toEqual([['note-in-chart', 'left-out']]);
  });

  test('where the answer was lost, it is found, and entered in error then', async () => {
    await noteCame('final');
    exchange.loseNextAnswer();
    await run();
    await takeOff();
    for (let tries = 0; tries < 3; tries += 1) {
      exchange.ehr.pass(3600);
      await run();
    }
    expect((await notes()).map(({ status }) => status)).toEqual(['entered-in-error']);
  });

  const owed = async () =>
    (await inScope((unit) => unit.obligations.openOf(referralId)))
      .filter(({ kind }) => kind === 'not-sent' || kind === 'perhaps-sent')
      .map(({ kind, content }) => ({ kind, ...(content as { effectId: string; byPersonOnly?: true; detail: string }) }));
  const LOOK = { kind: 'not-sent', byPersonOnly: true, detail: expect.stringMatching(/look whether it is there, and take it out/) };
  /** The answer is lost, and the EHR is away until nobody looks any more. */
  async function perhapsFiled(): Promise<string> {
    await noteCame('final');
    exchange.loseNextAnswer();
    await run();
    exchange.away(true);
    return untilPerhaps();
  }
  async function untilPerhaps(): Promise<string> {
    for (let tries = 0; tries < 40; tries += 1) {
      exchange.ehr.pass(3600);
      await run();
    }
    exchange.away(false);
    const effects = await inScope((unit) => unit.outbox.ofReferral(referralId));
    return effects.find(({ kind }) => kind === 'note-in-chart')?.id ?? '';
  }
  const decide = (effectId: string, decision: 'was-sent' | 'send-again') =>
    inScope((unit) =>
      unit.outbox.decide(effectId, {
        standing: decision === 'was-sent' ? { status: 'done', receipt: FOUND_OUT } : { status: 'waiting' },
        at: now().toISOString(),
        dueAt: decision === 'was-sent' ? null : now().toISOString(),
      }),
    );

  test('a note that was perhaps sent is nobody’s to send again once it is taken off: a named person looks and takes it out', async () => {
    await perhapsFiled();
    expect(await owed()).toMatchObject([{ kind: 'perhaps-sent' }]);
    await takeOff();
    await run();
    expect(await owed()).toMatchObject([LOOK]);
  });

  test('taken off while it is looked for, and never found out: a named person looks and takes it out', async () => {
    await noteCame('final');
    exchange.loseNextAnswer();
    await run();
    exchange.away(true);
    await takeOff();
    await untilPerhaps();
    await run();
    expect(await owed()).toMatchObject([LOOK]);
  });

  test('sent again after a doubt, and taken off before it left: it may be there all the same', async () => {
    const effectId = await perhapsFiled();
    await inScope(async (unit) => {
      const effect = await unit.outbox.get(effectId);
      if (effect) await settleEffectObligations(unit, effect, now().toISOString());
    });
    expect(await decide(effectId, 'send-again')).toBe(true);
    await takeOff();
    await run();
    expect([await owed(), await standings()]).toMatchObject([
      [LOOK],
      [
        ['note-in-chart', 'left-out'],
        ['note-in-error', 'failed'],
      ],
    ]);
  });

  test('under way when it is taken off, and refused for good then: nobody is asked to put it there', async () => {
    await at('athena-like');
    await noteCame('final');
    let isTakenOff = false;
    const access: Exchange['access'] = async (of) => {
      // It has begun, and has not been answered.
      if (!isTakenOff) await takeOff();
      isTakenOff = true;
      return exchange.access(of);
    };
    await run(access);
    expect([await owed(), await standings()]).toEqual([[], [['note-in-chart', 'left-out']]]);
  });

  test('what records staff have moved to the right patient is not entered in error: a person looks', async () => {
    await noteCame('final');
    await run();
    for (const each of [...(await notes()), ...(await receipts())])
      await exchange.ehr.repository.update(
        each.resourceType === 'Task'
          ? { ...each, id: each.id ?? '', for: { reference: 'Patient/p2' } }
          : { ...each, id: each.id ?? '', subject: { reference: 'Patient/p2' } },
      );
    await takeOff();
    await run();
    expect([...(await notes()), ...(await receipts())].map(({ status }) => status)).toEqual(['current', 'completed']);
    expect(await owed()).toMatchObject([
      { detail: expect.stringMatching(/with another patient now/) },
      { detail: expect.stringMatching(/with another patient now/) },
    ]);
  });

  test('linked again before its receipt was heard of: the old receipt is entered in error, the new one is the note’s', async () => {
    const { resource } = await exchange.ehr.repository.create<DocumentReference>({
      resourceType: 'DocumentReference',
      status: 'current',
      subject: { reference: 'Patient/p1' },
      content: [{ attachment: { contentType: 'text/plain', data: 'QQ==' } }],
    });
    await noteCame('final', 'inbound/d1', { type: 'DocumentReference', id: resource.id ?? '' });
    exchange.loseNextAnswer();
    await run();
    await takeOff();
    await link('inbound/d1');
    for (let tries = 0; tries < 3; tries += 1) {
      exchange.ehr.pass(3600);
      await run();
    }
    const second = () => held<Task>(exchange, 'Task', RECEIPT_IDENTIFIER_SYSTEM, reportKey(referralId, 'inbound/d1', 1));
    expect((await receipts()).map(({ status }) => status)).toEqual(['entered-in-error']);
    expect((await referral()).reports[0]?.chart.receipt?.id).toBe((await second())[0]?.id);
    await takeOff();
    await run();
    expect((await second()).map(({ status }) => status)).toEqual(['entered-in-error']);
  });

  test.each([
    ['was in the chart before', { type: 'DocumentReference', id: 'theirs' }, /was in this patient’s chart already .* take the note out/],
    ['came on paper', null, /came on paper .* take it out of this patient’s records/],
  ])('another patient’s note that %s: a named person takes it out, unless it is linked again', async (_what, document, words) => {
    await wasThere(document);
    const asked = async () => (await owed()).map(({ byPersonOnly, detail }) => ({ byPersonOnly, detail }));
    await takeOff('there', 'other-referral');
    await run();
    expect(await asked(), 'this patient’s: it stays').toEqual([]);
    await link('there');
    await takeOff('there');
    await run();
    expect(await asked()).toEqual([{ byPersonOnly: true, detail: expect.stringMatching(words) }]);
    await link('there');
    await run();
    expect(await asked()).toEqual([]);
    await takeOff('there');
    await link('there');
    await run();
    expect(await asked(), 'linked again before anybody was asked').toEqual([]);
  });

  test('a note of the chart that is linked again has a receipt of its own', async () => {
    const { resource } = await exchange.ehr.repository.create<DocumentReference>({
      resourceType: 'DocumentReference',
      status: 'current',
      subject: { reference: 'Patient/p1' },
      content: [{ attachment: { contentType: 'text/plain', data: 'QQ==' } }],
    });
    const theirs = { type: 'DocumentReference', id: resource.id ?? '' };
    await noteCame('final', 'inbound/d1', theirs);
    await run();
    await takeOff();
    await link('inbound/d1');
    await run();
    const second = await held<Task>(exchange, 'Task', RECEIPT_IDENTIFIER_SYSTEM, reportKey(referralId, 'inbound/d1', 1));
    expect([(await receipts()).map(({ status }) => status), second.map(({ status }) => status)]).toEqual([
      ['entered-in-error'],
      ['completed'],
    ]);
    expect((await referral()).reports[0]?.chart.receipt).toEqual({ type: 'Task', id: second[0]?.id });
  });

  test('an EHR that does not take it: a named person takes the note out by hand', async () => {
    await noteCame('final');
    await run();
    exchange.refuseUpdates();
    await takeOff();
    await run();
    exchange.refuseUpdates(false);
    expect((await notes())[0]?.status).toBe('current');
    const asked = (await byHand()).map((content) => (content as { detail: string }).detail);
    expect(asked).toHaveLength(2);
    expect(asked).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/take the note out of this patient’s chart there, by hand/),
        expect.stringMatching(/still says that the note was received/),
      ]),
    );
  });

  test('a note that a person was to put in the chart is not put there any more; one that they did put there they take out', async () => {
    await at('athena-like');
    await noteCame('final');
    await run();
    expect(await byHand()).toMatchObject([{ detail: expect.stringMatching(/put the note in the chart there/) }]);
    await takeOff();
    await run();
    expect(await byHand()).toEqual([]);

    await noteCame('final', 'inbound/d2');
    await run();
    await inScope(async (unit) => {
      for (const effect of await unit.outbox.ofReferral(referralId)) {
        if (effect.standing.status !== 'failed') continue;
        await unit.outbox.decide(effect.id, { standing: { status: 'left-out', detail: SEEN_TO }, at: now().toISOString(), dueAt: null });
        await settleEffectObligations(unit, effect, now().toISOString());
      }
    });
    await takeOff('inbound/d2');
    await run();
    expect(await byHand()).toMatchObject([
      { byPersonOnly: true, detail: expect.stringMatching(/take the note out of this patient’s chart/) },
    ]);
  });

  test('the receipt makes the referral count for CMS50, and without it it does not', async () => {
    await noteCame('final');
    await run();
    const [receipt] = await receipts();
    const year = now().getUTCFullYear();
    const codes = {
      referral: [{ system: 'http://snomed.info/sct', code: cardiology.referral.code }],
      report: [{ system: 'http://loinc.org', code: cardiology.consultNote.code }],
      encounter: [{ system: 'http://www.ama-assn.org/go/cpt', code: '99213' }],
      procedure: [],
    };
    const subject = { reference: 'Patient/p1' };
    const asked = { status: 'active', intent: 'order', code: { coding: codes.referral }, subject, authoredOn: `${year}-03-02T10:00:00Z` };
    const period = { start: `${year}-03-02T09:00:00Z`, end: `${year}-03-02T09:30:00Z` };
    const given: Judged[] = [
      { resourceType: 'Patient', id: 'p1' },
      { resourceType: 'ServiceRequest', id: 'o1', ...asked },
      { resourceType: 'Encounter', id: 'v1', status: 'finished', type: [{ coding: codes.encounter }], subject, period },
    ];
    const counts = (more: Judged[]) => judgeAll([...given, ...more], { year, timeZone: 'UTC', codes })[0]?.numerator;
    expect([counts([]), counts([receipt as unknown as Judged])]).toEqual([false, true]);
  });
});
