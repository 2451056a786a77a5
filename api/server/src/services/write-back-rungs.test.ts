/** The lower rungs of the write-back ladder through the routes, on a real PostgreSQL. */
import type { RungChoice } from '@refloop/domain/write-back/rung';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPdf } from '../packet/test-read-pdf.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';
import { approveInput, type Body, type Made, makeInput, problemType, writeBackOf } from './test-referral-input.ts';
import { unfinishedText } from './unfinished-text.ts';

let api: ReferralApi;
let token: string;

beforeAll(async () => {
  api = await openReferralApi();
  token = await api.session();
});
afterAll(() => api.close());

type Step = { name: string; resource: Body };
type Attachment = { contentType: string; data: string; size: number; title: string };

/** Recommended and approved on what this EHR offers. */
async function approved(writeBack: Body): Promise<{ input: Body; made: Made; plan: Body; steps: Step[] }> {
  const input: Body = { ...makeInput(), writeBack };
  const made = await api.call('POST', '/recommendations', token, input);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const plan = await api.call('POST', '/approvals', token, approveInput(made.body as Made, input));
  expect(plan.status, JSON.stringify(plan.body)).toBe(201);
  return { input, made: made.body as Made, plan: plan.body, steps: plan.body['steps'] as Step[] };
}

const openWork = (made: Made) =>
  api.store.transaction(api.scope, (unit) => unit.obligations.list({ status: 'open', referralId: String(made['referralId']) }));
/** What the list of exceptions says of an obligation. */
const told = async (open: { content: unknown } | undefined): Promise<string> => {
  const plan = await api.store.transaction(api.scope, (unit) =>
    unit.plans.get((open?.content as { planId?: string } | undefined)?.planId ?? ''),
  );
  return plan ? unfinishedText(plan) : '';
};

const auditOf = (made: Made) => api.store.transaction(api.scope, (unit) => unit.audit.list({ recommendationId: made.id }));

const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('an EHR that takes documents but no orders (rung 3)', () => {
  test('gets the packet beside the launched order, and no order', async () => {
    const { input, made, plan, steps } = await approved(writeBackOf(['file-document', 'create-provenance']));
    expect(plan).toMatchObject({ rung: 3, writeBack: 'waiting' });
    expect(steps.map(({ name }) => name)).toEqual(['DocumentReference', 'Provenance']);
    const document = steps[0]?.resource ?? {};
    const orderId = String((input['order'] as Body)['id']);
    expect(document).toMatchObject({
      type: { coding: [{ system: 'http://loinc.org', code: '57133-1' }] },
      context: { related: [{ reference: `ServiceRequest/${orderId}` }] },
    });
    expect(JSON.stringify(document['identifier'])).toContain(String(made['referralId']));
    const [pdf, text] = (document['content'] as { attachment: Attachment }[]).map(({ attachment }) => attachment);
    expect([pdf?.contentType, text?.contentType]).toEqual(['application/pdf', 'text/plain; charset=utf-8']);
    const bytes = Buffer.from(pdf?.data ?? '', 'base64');
    expect(bytes.byteLength).toBe(pdf?.size);
    const read = await readPdf(new Uint8Array(bytes));
    expect(read).toMatchObject({ title: 'Referral to cardiology', tagged: true });
    for (const words of [
      'Quillfeather, Rosalind',
      'Born: 1968-03-02',
      'Dr. Lee',
      'Sandbox clinic',
      'Ana Family1, MD',
      'NPI: 1234567811',
      'Phone: 510-555-0100',
      'In the patient’s network (as of 3 Nov 2026, source: Test payer)',
      'Recurrent palpitations for three months',
      'ICD-10-CM I47.10',
      'Is she a candidate for ablation?',
      'Sources in the chart',
      'SYNTHETIC DATA',
    ]) {
      expect(squeezed(read.text)).toContain(words);
    }
    // What was signed is what is in the packet, to the last word.
    const signed = Buffer.from(text?.data ?? '', 'base64').toString('utf8');
    const lines = signed.split('\n').filter((line) => line !== '' && line !== line.toUpperCase());
    expect(lines.length).toBeGreaterThan(3);
    const packetWords = squeezed(read.text);
    for (const line of lines.filter((each) => !each.startsWith('['))) expect(packetWords).toContain(squeezed(line.replace(/^- /, '')));
  });

  test('the note filed is not the order placed: somebody is told until they say it is done', async () => {
    const { made, plan } = await approved(writeBackOf(['file-document']));
    const holder = 'window-one-1234';
    await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder });
    const outcome = { status: 'done', reference: 'DocumentReference/d1', versionId: '1' };
    const done = await api.call('POST', `/plans/${String(plan['id'])}/steps/DocumentReference`, token, { holder, outcome });
    expect(done.body).toMatchObject({ rung: 3, writeBack: 'done', lease: null });
    const [open] = await openWork(made);
    expect(await told(open)).toContain('place or sign the order there by hand');
  });

  test('a Task goes with it where the EHR takes one, about the launched order', async () => {
    const { input, steps } = await approved(writeBackOf(['file-document', 'create-task']));
    expect(steps.map(({ name }) => name)).toEqual(['DocumentReference', 'Task']);
    expect(steps[1]?.resource['focus']).toEqual({ reference: `ServiceRequest/${String((input['order'] as Body)['id'])}` });
  });

  test('no step of a write that the EHR cannot take is accepted as done', async () => {
    const { plan } = await approved(writeBackOf(['file-document']));
    const holder = 'window-one-1234';
    await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder });
    const outcome = { status: 'done', reference: 'ServiceRequest/o1', versionId: '1' };
    expect((await api.call('POST', `/plans/${String(plan['id'])}/steps/ServiceRequest`, token, { holder, outcome })).status).toBe(404);
  });
});

describe('an EHR that takes messages but neither orders nor documents (rung 4)', () => {
  test('gets the note and the packet as a message about the order; the order stays to be placed by hand', async () => {
    const { input, made, plan, steps } = await approved(writeBackOf(['add-message', 'create-provenance']));
    expect(plan).toMatchObject({ rung: 4, writeBack: 'waiting' });
    expect(steps.map(({ name }) => name)).toEqual(['Communication', 'Provenance']);
    const message = steps[0]?.resource ?? {};
    expect(message).toMatchObject({
      status: 'preparation',
      basedOn: [{ reference: `ServiceRequest/${String((input['order'] as Body)['id'])}` }],
      recipient: [{ identifier: { value: '1234567811' } }],
    });
    const [words, pdf] = message['payload'] as { contentString?: string; contentAttachment?: Attachment }[];
    expect(words?.contentString).toContain('Is she a candidate for ablation?');
    expect((await readPdf(new Uint8Array(Buffer.from(pdf?.contentAttachment?.data ?? '', 'base64')))).tagged).toBe(true);

    const holder = 'window-one-1234';
    await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder });
    for (const step of ['Communication', 'Provenance']) {
      const outcome = { status: 'done', reference: `${step}/c1`, versionId: '1' };
      const done = await api.call('POST', `/plans/${String(plan['id'])}/steps/${step}`, token, { holder, outcome });
      expect(done.status, JSON.stringify(done.body)).toBe(200);
    }
    const [open] = await openWork(made);
    expect(await told(open)).toContain('This EHR takes messages but no orders or documents');
  });
});

describe('the packet to take along', () => {
  test('on rung 6 it is a PDF, the same each time, and each download is on record with its purpose', async () => {
    const { made, plan } = await approved(writeBackOf([]));
    expect(plan).toMatchObject({ rung: 6, steps: [] });
    const path = `/plans/${String(plan['id'])}/packet`;
    const first = await api.download(path, token);
    expect([first.status, first.headers.get('content-type'), first.headers.get('cache-control')]).toEqual([
      200,
      'application/pdf',
      'no-store',
    ]);
    expect(first.headers.get('content-disposition')).toBe('attachment; filename="referral.pdf"');
    expect(squeezed((await readPdf(first.bytes)).text)).toContain('Quillfeather, Rosalind');
    api.clock.now = new Date(api.clock.now.getTime() + 60_000);
    expect(Buffer.compare(first.bytes, (await api.download(path, token)).bytes)).toBe(0);
    const exports = (await auditOf(made)).filter(({ action }) => action === 'packet.exported');
    expect(exports).toHaveLength(2);
    const [open] = await openWork(made);
    expect(await told(open)).toContain('by hand');
  });

  test('is the one that rung 3 files', async () => {
    const { plan, steps } = await approved(writeBackOf(['file-document']));
    const content = (steps[0]?.resource ?? {})['content'] as { attachment: Attachment }[];
    const filed = content[0]?.attachment.data ?? '';
    const { bytes } = await api.download(`/plans/${String(plan['id'])}/packet`, token);
    expect(Buffer.from(bytes).toString('base64')).toBe(filed);
  });

  test('is for the clinician who approved, for this patient', async () => {
    const { plan } = await approved(writeBackOf([]));
    const path = `/plans/${String(plan['id'])}/packet`;
    const elsewhere = [await api.session({ patientId: 'pat-2' }), await api.session({ subject: 'colleague' })];
    for (const other of elsewhere) expect((await api.download(path, other)).status).toBe(404);
    expect((await api.download(path, 'no-session')).status).toBe(401);
  });
});

describe('what the app reports is judged again', () => {
  const refused = async (writeBack: Body, more: Body = {}) => {
    const answer = await api.call('POST', '/recommendations', token, { ...makeInput(), writeBack, ...more });
    return [answer.status, problemType(answer.body), (answer.body['errors'] as { field: string }[] | undefined)?.[0]?.field];
  };
  const full = writeBackOf(['update-order', 'create-order', 'file-document', 'create-task', 'create-provenance']);

  test.each<[string, Body, string]>([
    ['a lower rung than the EHR allows', { ...full, rung: 3, steps: ['DocumentReference'] }, 'writeBack.rung'],
    ['a higher rung than it allows', { ...writeBackOf(['file-document']), rung: 1, steps: ['ServiceRequest'] }, 'writeBack.rung'],
    ['a step it does not offer', { ...writeBackOf(['update-order']), steps: ['ServiceRequest', 'Task'] }, 'writeBack.rung'],
    ['a note that rung 3 does not file', { rung: 3, steps: ['Provenance'], leftOut: [] }, 'writeBack.steps'],
    ['an order that rung 3 does not write', { rung: 3, steps: ['DocumentReference', 'ServiceRequest'], leftOut: [] }, 'writeBack.steps'],
    ['a message beside a document', { rung: 3, steps: ['DocumentReference', 'Communication'], leftOut: [] }, 'writeBack.steps'],
    ['a message that rung 4 does not add', { rung: 4, steps: ['Provenance'], leftOut: [] }, 'writeBack.steps'],
    ['steps where nothing is written', { rung: 6, steps: ['DocumentReference'], leftOut: [] }, 'writeBack.steps'],
    ['no order launched, though one is sent', writeBackOf(['create-order'], 'none'), 'writeBack.basis.launchedOrder'],
  ])('%s', async (_name, writeBack, field) => {
    expect(await refused(writeBack)).toEqual([400, 'invalid-request', field]);
  });

  test('a launched order that was not sent', async () => {
    const writeBack = writeBackOf(['create-order']);
    expect(await refused({ ...writeBack, rung: 2 }, { order: null })).toEqual([
      400,
      'invalid-request',
      expect.stringContaining('writeBack.'),
    ]);
  });

  test('why no higher rung was possible is kept in the server’s words, and an admin reads it', async () => {
    const reported = {
      ...writeBackOf(['file-document']),
      notPossible: [{ rung: 1, why: 'planted' }],
      leftOut: [{ step: 'Task', why: 'planted' }],
    };
    const { made } = await approved(reported);
    const admin = await api.session({ subject: 'admin', patientId: null, roles: ['admin'] });
    const record = await api.call('GET', `/audit/recommendations/${made.id}`, admin);
    const { writeBack } = record.body['recommendation'] as { writeBack: RungChoice };
    expect(writeBack.notPossible).toEqual([
      { rung: 1, why: 'This EHR does not let apps change an order.' },
      { rung: 2, why: 'This EHR does not let apps create an order.' },
    ]);
    expect(JSON.stringify(record.body)).not.toContain('planted');
  });
});
