/** The packet on the worklist over HTTP on PostgreSQL, sent by real mail and fax counterparts: what is in, what holds it, what is accounted for. */
import type { FhirResource } from '@refloop/domain/fhir/read';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { packetHandlers } from '../channels/packet-handlers.ts';
import type { ChannelSettings } from '../channels/settings.ts';
import { openFaxGateway, type TestFaxGateway } from '../channels/test-fax-gateway.ts';
import { type MailServer, openMailServer } from '../channels/test-mail-server.ts';
import type { Disclosures, PacketAnswer, PacketChange, PacketView } from '../client/packet.ts';
import type { Thread } from '../client/thread.ts';
import type { MyWork } from '../client/work.ts';
import type { NextPerformers } from '../client/worklist.ts';
import { createOutboxWorker } from '../outbox/worker.ts';
import { readPdf } from '../packet/test-read-pdf.ts';
import type { Session } from '../sessions/session.ts';
import { sendAnew } from './packet-anew.ts';
import { applyDecision } from './referral-log.ts';
import { openReferralApi, type ReferralApi, testDirectory } from './test-referral-api.ts';
import { type Body, chart, makeInput, order, problemType } from './test-referral-input.ts';
import { writtenReferral } from './test-written-referral.ts';

const NPI = '1234567811';
const ADDRESS = 'desk@bayheart.example.org';
const PLANTED = 'Zebulonian';

let api: ReferralApi;
let mail: MailServer;
let gateway: TestFaxGateway;
let channels: ChannelSettings;
let clinician: string;
let coordinator: string;
let admin: string;

const subject = { reference: 'Patient/pat-1' };
const patient = {
  ...chart()[0],
  telecom: [{ system: 'phone', value: '510-555-0177' }],
  address: [{ use: 'home', line: ['1 Elm Street'], city: 'Oakland', state: 'CA', postalCode: '94601' }],
};
const found = (id: string, loinc: string, name: string): Body => ({
  resourceType: 'Observation',
  id,
  subject,
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: loinc }], text: name },
  effectiveDateTime: '2026-11-01',
  valueQuantity: { value: 4.2, unit: 'mmol/L' },
});
/** Whole but for what the checklist of cardiology asks for palpitations. */
const fullChart = (): Body[] => [
  patient,
  ...chart().slice(1),
  found('potassium', '2823-3', 'Potassium'),
  { resourceType: 'DiagnosticReport', id: 'ecg', subject, status: 'final', code: { text: '12-lead ECG' }, effectiveDateTime: '2026-11-02' },
  {
    resourceType: 'DiagnosticReport',
    id: 'holter',
    subject,
    status: 'final',
    code: { text: 'Holter monitor' },
    effectiveDateTime: '2026-11-02',
  },
  {
    resourceType: 'DiagnosticReport',
    id: 'echo',
    subject,
    status: 'final',
    code: { text: 'Echocardiogram' },
    effectiveDateTime: '2026-11-02',
  },
];
const secret: Body = {
  resourceType: 'Condition',
  id: 'secret',
  subject,
  clinicalStatus: { coding: [{ code: 'active' }] },
  code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F11.20' }], text: `${PLANTED} opioid use disorder` },
};

beforeAll(async () => {
  [mail, gateway] = await Promise.all([openMailServer(), openFaxGateway()]);
  channels = {
    smtp: mail.settings(),
    faxMailDomain: undefined,
    faxGateway: { url: gateway.url(), token: gateway.token },
    publicUrl: 'https://refloop.example.org',
  };
  api = await openReferralApi(undefined, channels);
  await api.store.enrol(api.scope);
  const directory = testDirectory();
  api.useDirectory({ ...directory, entries: directory.entries.map((entry) => ({ ...entry, fax: '510-555-0101' })) }, 'directory-fax');
  await later(0);
});
afterAll(async () => {
  await Promise.all([api.close(), mail.close(), gateway.close()]);
});
beforeEach(() => void mail.received.splice(0));

/** What the payer said, put on record by the coordinator. */
async function authorize(id: string, answer: string, more: Body = {}): Promise<void> {
  const { sequence } = await threadOf(id);
  const what = { act: 'authorization', answer, at: api.clock.now.toISOString(), ...more };
  const done = await api.call('POST', `/worklist/referrals/${id}/acts`, coordinator, { key: `payer-${answer}-${id}`, sequence, what });
  if (done.status !== 200) throw new Error(JSON.stringify(done.body));
}

async function written(resources: Body[] = fullChart()): Promise<string> {
  const id = await writtenReferral(api, clinician, makeInput({ chart: resources }));
  await authorize(id, 'not-needed');
  return id;
}

async function packetOf(id: string): Promise<PacketView> {
  const answer = (await api.call('GET', `/worklist/referrals/${id}/packet`, coordinator)).body as PacketAnswer;
  if (answer.standing === 'none') throw new Error(answer.why);
  return answer.packet;
}

const prepare = async (id: string, what: PacketChange) =>
  api.call('PUT', `/worklist/referrals/${id}/packet`, coordinator, { revision: (await packetOf(id)).revision, what });

let presses = 0;
async function send(id: string, way: 'mail' | 'fax' | 'link', more: Body = {}) {
  presses += 1;
  const { sequence, revision } = await packetOf(id);
  return api.call('POST', `/worklist/referrals/${id}/packet/transmissions`, coordinator, {
    key: `press-${presses}-0123`,
    sequence,
    revision,
    way,
    ...(way === 'mail' ? { address: ADDRESS } : {}),
    ...more,
  });
}

async function carryOut(): Promise<void> {
  const failures: unknown[] = [];
  await createOutboxWorker({
    store: api.store,
    handlers: packetHandlers(channels, fetch),
    holder: 'worker',
    version: 'test',
    now: () => api.clock.now,
    random: () => 0.5,
    failed: (error) => failures.push(error),
    pause: async () => undefined,
  }).run();
  expect(failures).toEqual([]);
}

/** Time passes, and whoever comes back signs in again. */
async function later(minutes: number): Promise<void> {
  api.clock.now = new Date(api.clock.now.getTime() + minutes * 60_000);
  clinician = await api.session();
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  admin = await api.session({ patientId: null, subject: 'ada', roles: ['admin'] });
}
const threadOf = async (id: string): Promise<Thread> => (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
const titles = async (id: string): Promise<string[]> => (await threadOf(id)).entries.map(({ title }) => title);
const accounted = async (): Promise<Disclosures> =>
  (await api.call('POST', '/disclosures', admin, { patient: 'pat-1' })).body as Disclosures;

/** Of whose authorization nobody has said anything. */
const unsaid = (more: Parameters<typeof makeInput>[0] = {}): Promise<string> =>
  writtenReferral(api, clinician, makeInput({ chart: fullChart(), ...more }));
const holdsOf = async (id: string): Promise<string[]> => (await packetOf(id)).holds.map(({ kind }) => kind);
const standing = async (id: string): Promise<string> => (await packetOf(id)).authorization;
const mailedLink = (): string | undefined => /office#([A-Za-z0-9_-]{43})/.exec(mail.received.at(-1)?.mail.text ?? '')?.[1];
const readAtOffice = async (): Promise<string> => {
  const { body } = await api.call('POST', '/office/open', '', { link: mailedLink(), npi: NPI });
  return (await readPdf((await api.download('/office/packet', '', { opened: body['opened'] })).bytes)).text.replaceAll(/\s+/g, ' ');
};

describe('R104: whether the payer has to authorize it', () => {
  const decided = async (id: string): Promise<(string | null)[]> =>
    (await threadOf(id)).entries.filter(({ title }) => title === 'Authorization decided').map(({ detail }) => detail);

  test('unsaid, nothing leaves by any way nor by a link; the refusal says what to say, and nothing of the press is kept', async () => {
    const id = await unsaid();
    expect([await holdsOf(id), await standing(id)]).toEqual([['authorization-open'], 'not checked']);
    expect((await packetOf(id)).requirements.find(({ id: each }) => each === 'authorization')?.standing).toBe('missing');
    for (const way of ['mail', 'fax', 'link'] as const) {
      const refused = await send(id, way);
      expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining('authorize')]);
    }
    const { sequence } = await threadOf(id);
    expect((await api.call('POST', `/worklist/referrals/${id}/link`, coordinator, { sequence })).status).toBe(409);
    await carryOut();
    expect([mail.received.length, (await threadOf(id)).status]).toEqual([0, 'in-chart']);
  });

  test('it is nothing that is asked of the clinician', async () => {
    const id = await unsaid();
    const { missing } = (await api.call('GET', '/work', clinician)).body as MyWork;
    expect(missing.filter(({ referralId }) => referralId === id)).toEqual([]);
  });

  test.each([
    [{ answer: 'not-needed' }, 'not needed: put on record by kim, 2026-11-20', 'not needed'],
    [{ answer: 'approved', number: 'A-1704' }, 'approved, number A-1704: put on record by kim, 2026-11-20', 'approved, number A-1704'],
  ] as const)('said with the press that sends: %j', async (authorization, words, detail) => {
    const id = await unsaid();
    expect((await send(id, 'mail', { authorization })).status).toBe(200);
    expect([await standing(id), await decided(id)]).toEqual([words, [detail]]);
    await carryOut();
    expect(await readAtOffice()).toContain(words);
    expect((await send(id, 'link')).status, 'said once, it is said').toBe(200);
  });

  test('the same press twice says it once', async () => {
    const id = await unsaid();
    const { sequence, revision } = await packetOf(id);
    const body = { key: `said-once-${id}`.slice(0, 60), sequence, revision, way: 'link', authorization: { answer: 'not-needed' } };
    for (let times = 0; times < 2; times += 1)
      expect((await api.call('POST', `/worklist/referrals/${id}/packet/transmissions`, coordinator, body)).status).toBe(200);
    expect((await decided(id)).length).toBe(1);
  });

  test('it goes without, for a reason, which stays with us; and only where nothing is said', async () => {
    const id = await unsaid();
    const authorization = { answer: 'goes-without', reason: `Has to be seen today ${PLANTED}` } as const;
    expect((await send(id, 'mail', { authorization: { ...authorization, reason: ' ' } })).status).toBe(400);
    expect((await send(id, 'mail', { authorization })).status).toBe(200);
    expect(await standing(id)).toBe('not checked; sent without it by kim, 2026-11-20');
    await carryOut();
    const pages = await readAtOffice();
    expect(pages).toContain('sent without it by kim');
    expect(pages).not.toContain(PLANTED);
    const said = await written();
    expect((await send(said, 'link', { authorization })).status).toBe(409);
  });

  test('what another thing holds keeps nothing of the answer', async () => {
    const id = await writtenReferral(api, clinician, makeInput({ chart: [patient, ...chart().slice(1)] }));
    expect(await holdsOf(id)).toEqual(['authorization-open', 'incomplete']);
    expect((await send(id, 'link', { authorization: { answer: 'not-needed' } })).status).toBe(409);
    expect([await holdsOf(id), await decided(id)]).toEqual([['authorization-open', 'incomplete'], []]);
    expect((await prepare(id, { change: 'override', reason: 'They do their own tests' })).status).toBe(200);
    expect(await holdsOf(id), 'a reason for the rest is none for this').toEqual(['authorization-open']);
  });

  test('R112: while the payer was asked nothing goes without; that it approved may come with the sending', async () => {
    const id = await unsaid();
    await authorize(id, 'asked');
    expect((await send(id, 'link', { authorization: { answer: 'goes-without', reason: 'In a hurry' } })).status).toBe(409);
    expect((await send(id, 'link', { authorization: { answer: 'approved', number: 'B-2' } })).status).toBe(200);
    expect(await decided(id)).toEqual(['approved, number B-2']);
  });

  test.each([
    ['what the payer denied is not made another thing by the press that sends', 'denied', 'authorization-denied', 'Authorization'],
    ['while the payer was asked, nobody says that it does not ask', 'asked', 'authorization', 'approved'],
  ] as const)('%s', async (_, answer, hold, words) => {
    const id = await unsaid();
    await authorize(id, answer === 'denied' ? 'not-medically-necessary' : answer);
    expect(await holdsOf(id)).toEqual([hold]);
    const answers: Body[] = [{ answer: 'not-needed' }, ...(answer === 'denied' ? [{ answer: 'approved', number: 'B-3' }] : [])];
    for (const authorization of answers) {
      const refused = await send(id, 'link', { authorization });
      expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining(words)]);
    }
    expect([await holdsOf(id), (await decided(id)).length]).toEqual([[hold], answer === 'denied' ? 1 : 0]);
  });

  test.each([{ answer: 'not-needed' }, { answer: 'approved', number: 'B-4' }])(
    'what is said already is not said again: %j',
    async (answer) => {
      const id = await written();
      const refused = await send(id, 'link', { authorization: answer });
      expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining('without an answer')]);
      expect((await send(id, 'link')).status).toBe(200);
    },
  );

  test('a packet from before it was asked does not leave anew while nobody has said it', async () => {
    const id = await unsaid();
    expect((await send(id, 'mail', { authorization: { answer: 'goes-without', reason: 'Has to be seen today' } })).status).toBe(200);
    const anew = () =>
      api.store.transaction(api.scope, async (unit) => {
        const [effect] = await unit.outbox.ofReferral(id);
        if (!effect) throw new Error('Nothing was sent');
        const session = {
          scope: api.scope,
          subject: 'kim',
          fhirUser: 'Practitioner/kim',
          name: 'kim',
          sessionId: 'x',
          roles: ['coordinator'],
        };
        const at = api.clock.now.toISOString();
        await sendAnew(unit, session as unknown as Session, effect, { transmissionId: `anew-${id}-${at}`, publicUrl: '', at });
      });
    await later(1);
    const before = await api.store.transaction(api.scope, (unit) => unit.packetPreparations.get(id, 1));
    if (!before) throw new Error('Nothing was prepared');
    const { withoutAuthorization: _, ...content } = before.content;
    const kept = { referralId: id, attempt: 1, revision: before.revision + 1, content, updatedAt: api.clock.now.toISOString() };
    await api.store.transaction(api.scope, (unit) => unit.packetPreparations.put(kept));
    const many = (await titles(id)).length;
    await expect(anew()).rejects.toMatchObject({ refusal: { detail: expect.stringContaining('Nobody has said whether the payer') } });
    expect((await titles(id)).length).toBe(many);
    await authorize(id, 'not-needed');
    await anew();
    expect((await titles(id)).filter((title) => title === 'Sent').length).toBe(2);
  });

  test('looked through before, it is not another packet by what the payer says', async () => {
    const id = await writtenReferral(api, clinician, makeInput({ chart: [...fullChart(), secret] }));
    expect((await prepare(id, { change: 'check' })).status).toBe(200);
    expect((await send(id, 'link', { authorization: { answer: 'not-needed' } })).status).toBe(200);
  });

  test('a rule of the site answers for a payer and a specialty, in words with its version, and is put on record by nobody of the practice', async () => {
    const id = await unsaid();
    const payer = (await packetOf(id)).payer ?? '';
    const { inForce, content } = (await api.call('GET', '/configuration', admin)).body as { inForce: number; content: Body };
    const put = (base: number, noAuthorization: Body[]) =>
      api.call('POST', '/configuration', admin, { base, content: { ...content, noAuthorization }, reason: 'Their list of November' });
    expect((await put(inForce, [{ payer, specialty: 'urology' }])).status).toBe(200);
    expect(await holdsOf(id)).toEqual(['authorization-open']);
    expect((await put(inForce + 1, [{ payer, specialty: 'cardiology' }])).status).toBe(200);
    const { noAuthorization: _, ...unaware } = content;
    const renamed = { ...unaware, statuses: [{ status: 'sent', name: 'gone out' }] };
    const other = { base: inForce + 2, content: renamed, reason: 'Another word' };
    expect((await api.call('POST', '/configuration', admin, other)).status, 'who does not know of it takes it not away').toBe(200);
    expect(await holdsOf(id)).toEqual([]);
    const words = `by rule of the practice for ${payer}, Cardiology, version ${inForce + 3} of 2026-11-20`;
    expect(await standing(id)).toBe(`not needed: ${words}`);
    expect((await send(id, 'mail')).status).toBe(200);
    await carryOut();
    expect(await readAtOffice()).toContain(words);
    expect((await put(inForce + 3, [])).status).toBe(200);
    expect([await standing(id), await decided(id)], 'it stays as it was when it left').toEqual([
      `not needed: ${words}`,
      [`not needed: ${words}`],
    ]);
  });

  test('what the payer has put on the order is its word', async () => {
    const information = [
      { url: 'covered', valueCode: 'covered' },
      { url: 'pa-needed', valueCode: 'satisfied' },
      { url: 'satisfied-pa-id', valueString: 'Q8U119' },
      { url: 'date', valueDate: '2026-11-18' },
    ];
    const url = 'http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information';
    const id = await unsaid({ order: { ...order(), extension: [{ url, extension: information }] } });
    expect(await holdsOf(id)).toEqual([]);
    expect(await standing(id)).toBe('approved, number Q8U119: the payer says so on the order, 2026-11-18');
  });
});

test('what the payer approved for one office is asked anew once another is asked, and goes with its word on that one', async () => {
  const id = await unsaid();
  expect((await send(id, 'link', { authorization: { answer: 'approved', number: 'A-1' } })).status).toBe(200);
  const act = async (what: Body) => {
    const { sequence } = await threadOf(id);
    return api.call('POST', `/worklist/referrals/${id}/acts`, coordinator, { key: `another-${id}`, sequence, what });
  };
  expect((await act({ act: 'declined', reason: 'not-taking-patients', at: api.clock.now.toISOString() })).status).toBe(200);
  const route = `/worklist/referrals/${id}/next-performers`;
  const { performers } = (await api.call('GET', route, coordinator)).body as NextPerformers;
  const { sequence } = await threadOf(id);
  const asked = { sequence, entryId: performers[0]?.entryId, because: 'declined' };
  expect((await api.call('POST', route, coordinator, asked)).status).toBe(200);
  expect([await holdsOf(id), await standing(id)]).toEqual([
    ['authorization-open'],
    'approved for who was asked before, not for this office',
  ]);
  expect((await send(id, 'link')).status).toBe(409);
  expect((await send(id, 'link', { authorization: { answer: 'approved', number: 'A-2' } })).status).toBe(200);
  expect([await holdsOf(id), await standing(id)]).toEqual([[], expect.stringContaining('number A-2')]);
});

test('what the payer said is put on record: while it was asked the packet is held, and goes once it has approved', async () => {
  const id = await unsaid();
  expect((await packetOf(id)).holds.map(({ kind }) => kind)).toEqual(['authorization-open']);
  await authorize(id, 'asked');
  expect((await packetOf(id)).holds.map(({ kind }) => kind)).toEqual(['authorization']);
  expect((await send(id, 'link')).status).toBe(409);
  await authorize(id, 'approved', { number: ' A-88 ' });
  expect((await packetOf(id)).holds).toEqual([]);
  expect(await standing(id)).toBe('approved, number A-88: put on record by kim, 2026-11-20');
  expect(JSON.stringify((await threadOf(id)).entries)).toContain('number A-88');
});

test.each([{}, { number: ' ' }])('an approval is put on record with the number of the payer, and not without: %j', async (more) => {
  const id = await unsaid();
  const { sequence } = await threadOf(id);
  const what = { act: 'authorization', answer: 'approved', at: api.clock.now.toISOString(), ...more };
  const press = { key: `payer-none-${id}`, sequence, what };
  const refused = await api.call('POST', `/worklist/referrals/${id}/acts`, coordinator, press);
  expect([refused.status, JSON.stringify(refused.body)]).toEqual([
    400,
    expect.stringContaining('"field":"what.number","message":"Give the number of the authorization"'),
  ]);
  expect((await packetOf(id)).holds.map(({ kind }) => kind)).toEqual(['authorization-open']);
});

test('an approval that was put on record when no number was asked for is read as it is', async () => {
  const id = await unsaid();
  const fact = { type: 'authorization-decided', version: 1, decision: { status: 'approved' } } as const;
  const at = api.clock.now.toISOString();
  const actor = { kind: 'person', subject: 'kim', fhirUser: 'Practitioner/kim', sessionId: 'x' } as const;
  await api.store.transaction(api.scope, (unit) =>
    applyDecision(unit, id, actor, at, () => ({ ok: true, value: [{ effectiveAt: at, factKey: null, fact }] })),
  );
  expect([await holdsOf(id), await standing(id)]).toEqual([[], 'approved: put on record by kim, 2026-11-20']);
});

test('a whole packet has nothing that holds it, and says what it holds', async () => {
  const packet = await packetOf(await written());
  expect(packet.holds).toEqual([]);
  expect(packet.items.map(({ id, because }) => [id, because])).toEqual([
    ['Condition/c1', 'current-list'],
    ['Observation/potassium', 'last-90-days'],
    ['DiagnosticReport/ecg', 'last-90-days'],
    ['DiagnosticReport/echo', 'image'],
    ['DiagnosticReport/holter', 'last-90-days'],
  ]);
  expect(packet).toMatchObject({
    callback: '510-555-0150',
    withheld: 0,
    variant: null,
    authorization: 'not needed: put on record by kim, 2026-11-20',
  });
  expect(packet.ways).toEqual([
    { way: 'mail', preferred: false, hindrance: null },
    { way: 'fax', preferred: true, hindrance: null },
    { way: 'link', preferred: false, hindrance: null },
    { way: 'fhir', preferred: false, hindrance: 'Refloop has no access to the Tasks of this EHR.' },
  ]);
});

test('what is missing holds it, until somebody says why it goes without; what is taken out is missing too', async () => {
  const id = await written();
  const findings = (await packetOf(id)).items.filter(({ section }) => section === 'results' || section === 'imaging');
  for (const { id: item } of findings) expect((await prepare(id, { change: 'remove', item })).status).toBe(200);
  const held = await packetOf(id);
  expect(held.holds.map(({ kind }) => kind)).toEqual(['incomplete']);
  expect(held.items.filter(({ removed }) => removed).length).toBe(findings.length);
  const refused = await send(id, 'link');
  expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining('Relevant results or images')]);
  expect((await prepare(id, { change: 'override', reason: 'They do their own tests' })).status).toBe(200);
  const { override, holds } = await packetOf(id);
  expect([override?.reason, override?.by, holds]).toEqual(['They do their own tests', 'kim', []]);
  expect((await send(id, 'link')).status).toBe(200);
});

test('what is missing is asked of the clinician who ordered by itself, until it goes without it for a reason', async () => {
  const id = await written([patient, ...chart().slice(1)]);
  const missing = async (token: string): Promise<MyWork['missing']> =>
    ((await api.call('GET', '/work', token)).body as MyWork).missing.filter(({ referralId }) => referralId === id);
  const [row, ...others] = await missing(clinician);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ patientName: expect.stringMatching(/./), sentBy: expect.any(String), coveringFor: null });
  expect(row?.items.map(({ label }) => label).join()).toContain('ECG');
  expect(row?.dueAt).toBe((await threadOf(id)).obligations.find(({ kind }) => kind === 'send')?.dueAt);
  expect(await missing(await api.session({ subject: 'another' })), 'of nobody else').toEqual([]);
  expect((await prepare(id, { change: 'override', reason: 'Their office does it' })).status).toBe(200);
  expect(await missing(clinician)).toEqual([]);
});

test('a change on what was seen before another change is refused', async () => {
  const id = await written();
  const { revision } = await packetOf(id);
  const what = { change: 'callback', number: '510-555-0199' };
  expect((await api.call('PUT', `/worklist/referrals/${id}/packet`, coordinator, { revision, what })).status).toBe(200);
  expect((await api.call('PUT', `/worklist/referrals/${id}/packet`, coordinator, { revision, what })).status).toBe(409);
  expect((await send(id, 'link', { revision })).status).toBe(409);
  expect((await packetOf(id)).callback).toBe('510-555-0199');
});

describe('R112: while the payer was asked', () => {
  async function decided(id: string, fact: Parameters<typeof asked>[1]): Promise<void> {
    await asked(id, fact);
  }
  const asked = (
    id: string,
    fact: { type: 'authorization-asked'; version: 1 } | { type: 'authorization-decided'; version: 1; decision: { status: 'approved' } },
  ) =>
    api.store.transaction(api.scope, async (unit) => {
      const at = api.clock.now.toISOString();
      const actor = { kind: 'person', subject: 'kim', fhirUser: 'Practitioner/kim', sessionId: 'x' } as const;
      await applyDecision(unit, id, actor, at, () => ({ ok: true, value: [{ effectiveAt: at, factKey: null, fact }] }));
    });

  test('nothing is sent by any way, nor put on record as sent; once it is approved it goes', async () => {
    const id = await written();
    await asked(id, { type: 'authorization-asked', version: 1 });
    expect((await packetOf(id)).holds.map(({ kind }) => kind)).toEqual(['authorization']);
    for (const way of ['mail', 'fax', 'link'] as const) expect((await send(id, way)).status).toBe(409);
    const { sequence } = await threadOf(id);
    expect((await api.call('POST', `/worklist/referrals/${id}/link`, coordinator, { sequence })).status).toBe(409);
    const what = { act: 'sent', channel: 'fax', at: api.clock.now.toISOString() };
    expect((await api.call('POST', `/worklist/referrals/${id}/acts`, coordinator, { key: 'press-by-hand', sequence, what })).status).toBe(
      409,
    );
    await carryOut();
    expect([mail.received.length, gateway.faxes.length]).toEqual([0, 0]);
    await decided(id, { type: 'authorization-decided', version: 1, decision: { status: 'approved' } });
    expect((await send(id, 'link')).status).toBe(200);
  });

  test('what was asked for before does not leave either', async () => {
    const id = await written();
    expect((await send(id, 'mail')).status).toBe(200);
    await asked(id, { type: 'authorization-asked', version: 1 });
    await carryOut();
    expect(mail.received.length).toBe(0);
    expect((await titles(id)).join()).toContain('Not delivered');
  });
});

describe('what needs the patient’s consent', () => {
  const consent = (status = 'active'): FhirResource => ({
    resourceType: 'Consent',
    id: 'consent',
    status,
    patient: subject,
    provision: {
      type: 'permit',
      actor: [{ reference: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: NPI } } }],
      securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'SUD' }],
    },
  });
  const consents = (...now: FhirResource[]): void => void api.consents.splice(0, api.consents.length, ...now);
  afterEach(() => consents());
  const holdsSecret = async (id: string): Promise<boolean> =>
    (await packetOf(id)).items.some(({ id: item }) => item === 'Condition/secret');
  const opened = async (): Promise<unknown> => {
    const link = /office#([A-Za-z0-9_-]{43})/.exec(mail.received.at(-1)?.mail.text ?? '')?.[1];
    return (await api.call('POST', '/office/open', '', { link, npi: NPI })).body['opened'];
  };

  test('goes by a consent that the EHR has now, and by none that came with the chart when it was approved', async () => {
    const id = await written([...fullChart(), secret, consent() as Body]);
    expect(await holdsSecret(id)).toBe(false);
    consents(consent());
    expect(await holdsSecret(id)).toBe(true);
  });

  test('withdrawn between looking and sending it is not sent: the packet is another one, which somebody looks through first', async () => {
    const id = await written([...fullChart(), secret]);
    consents(consent());
    const { sequence, revision, holds } = await packetOf(id);
    expect(holds).toEqual([]);
    consents(consent('inactive'));
    const sent = await api.call('POST', `/worklist/referrals/${id}/packet/transmissions`, coordinator, {
      key: 'press-withdrawn-1',
      sequence,
      revision,
      way: 'mail',
      address: ADDRESS,
    });
    expect([sent.status, String(sent.body['detail'])]).toEqual([409, expect.stringContaining('looked through')]);
  });

  test('withdrawn after the link was mailed: the office does not read it any more, and reads what is sent anew', async () => {
    const id = await written([...fullChart(), secret]);
    consents(consent());
    expect((await send(id, 'mail')).status).toBe(200);
    await carryOut();
    const page = await opened();
    const read = await api.download('/office/packet', '', { opened: page });
    expect((await readPdf(read.bytes)).text).toContain(PLANTED);
    consents();
    const after = await api.download('/office/packet', '', { opened: page });
    expect([after.status, new TextDecoder().decode(after.bytes)]).toEqual([
      409,
      expect.stringContaining('Ask the practice to send it anew'),
    ]);
    expect((await prepare(id, { change: 'check' })).status).toBe(200);
    expect((await send(id, 'mail')).status).toBe(200);
    await carryOut();
    const anew = await api.download('/office/packet', '', { opened: await opened() });
    expect((await readPdf(anew.bytes)).text).not.toContain(PLANTED);
  });

  describe('a packet from before packets said what they hold by a consent', () => {
    /** What was sent last, kept as it was kept then. */
    async function olden(id: string): Promise<void> {
      const owner = new pg.Client({ connectionString: api.url });
      await owner.connect();
      const { rows } = await owner.query<{ id: string }>(`select id from document where referral_id = $1 and id like 'packet-%'`, [id]);
      const documentId = rows[0]?.id ?? '';
      const kept = await api.store.transaction(api.scope, (unit) => unit.documents.get(documentId));
      const { chart: part, ...packet } = JSON.parse(new TextDecoder().decode(kept?.bytes)) as { chart: { consented?: string[] } };
      const { consented: _, ...chartPart } = part;
      await owner.query('delete from document where id = $1', [documentId]);
      await owner.end();
      const bytes = new TextEncoder().encode(JSON.stringify({ ...packet, chart: chartPart }));
      if (kept) await api.store.transaction(api.scope, (unit) => unit.documents.insert({ ...kept, bytes }));
    }
    const read = async (): Promise<number> => (await api.download('/office/packet', '', { opened: await opened() })).status;

    test('is read by the consent that is in force when it is read, and not once that is withdrawn', async () => {
      const id = await written([...fullChart(), secret]);
      consents(consent());
      expect((await send(id, 'mail')).status).toBe(200);
      await carryOut();
      await olden(id);
      expect(await read()).toBe(200);
      consents(consent('inactive'));
      expect(await read()).toBe(409);
    });

    test('that holds nothing of the kind is read without asking for any consent', async () => {
      const id = await written([...fullChart(), secret]);
      expect((await prepare(id, { change: 'check' })).status).toBe(200);
      expect((await send(id, 'mail')).status).toBe(200);
      await carryOut();
      await olden(id);
      expect(await read()).toBe(200);
    });

    test('whose pages never left does not leave anew without its consents being asked', async () => {
      const id = await written([...fullChart(), secret]);
      consents(consent());
      expect((await send(id, 'fax')).status).toBe(200);
      await olden(id);
      const at = api.clock.now.toISOString();
      const again = api.store.transaction(api.scope, async (unit) => {
        const session = { subject: 'kim' } as unknown as Session;
        for (const effect of await unit.outbox.ofReferral(id)) {
          if (effect.kind !== 'fax') continue;
          const { consentReadAt: _, ...content } = effect.content as { consentReadAt?: string };
          await sendAnew(unit, session, { ...effect, content }, { transmissionId: 'anew', publicUrl: '', at });
        }
      });
      await expect(again).rejects.toMatchObject({ refusal: { detail: expect.stringContaining('send the packet anew') } });
    });
  });

  test('pages that had to wait do not leave by a consent of then, nor are they sent again: somebody sends the packet anew', async () => {
    const id = await written([...fullChart(), secret]);
    consents(consent());
    const before = gateway.faxes.length;
    expect((await send(id, 'fax')).status).toBe(200);
    await later(16);
    await carryOut();
    expect(gateway.faxes.length).toBe(before);
    const { effects, obligations } = await threadOf(id);
    expect(obligations.map(({ detail }) => detail).join()).toContain('Send the packet anew');
    const [effect] = effects;
    const again = await api.call('POST', `/worklist/referrals/${id}/effects`, coordinator, {
      effectId: effect?.effectId,
      doubt: effect?.doubt,
      decision: 'send-again',
    });
    expect([again.status, String(again.body['detail'])]).toEqual([409, expect.stringContaining('send the packet anew')]);
    expect((await send(id, 'fax')).status).toBe(200);
    await carryOut();
    expect(gateway.faxes.length).toBe(before + 1);
  });
});

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

    const kept = await api.store.transaction(api.scope, (unit) => unit.outbox.ofReferral(id));
    const mailed = kept.filter(({ kind }) => kind === 'office-mail');
    expect(mailed.map(({ standing, content }) => [standing.status, Object.keys(content as object).toSorted()])).toEqual([
      ['done', ['callback', 'practice', 'specialist', 'to', 'transmission']],
    ]);
    const [received] = mail.received;
    expect(received?.to).toEqual([ADDRESS]);
    for (const told of ['Quillfeather', 'Rosalind', '1968', 'alpitation', 'Supraventricular', 'pat-1', id, PLANTED]) {
      expect(received?.raw, told).not.toContain(told);
    }
    const link = /office#([A-Za-z0-9_-]{43})/.exec(received?.mail.text ?? '')?.[1];
    const opened = await api.call('POST', '/office/open', '', { link, npi: NPI });
    expect(opened.body).toMatchObject({ standing: 'open', hasPacket: true });
    // What is sent is kept as it was: another item goes in or out of the next packet, not of this one.
    expect((await prepare(id, { change: 'remove', item: 'Observation/potassium' })).status).toBe(200);
    const pages = await api.download('/office/packet', '', { opened: opened.body['opened'] });
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
      expect((await api.call('POST', `/worklist/referrals/${id}/packet/transmissions`, coordinator, body)).status).toBe(200);
      await carryOut();
    }
    expect(mail.received.length).toBe(1);
  });
});

describe('by fax', () => {
  test('the pages go once, are received when the gateway says so, and are accounted for; what failed is not', async () => {
    const id = await written();
    const before = (await accounted()).disclosures.length;
    await send(id, 'fax');
    await carryOut();
    const fax = gateway.faxes.at(-1);
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
    Object.assign(gateway.faxes.at(-1) ?? {}, { status: 'failed', reason: 'busy' });
    await later(5);
    await carryOut();
    expect((await titles(id)).join()).toContain('Not delivered');
    expect((await accounted()).disclosures.length).toBe(before + 1);
  });
});

test('the three forms, as it would go now, with nothing withheld in any of them', async () => {
  const id = await written([...fullChart(), secret]);
  const files = await Promise.all(
    ['pdf', 'fhir', 'ccda'].map((form) => api.download(`/worklist/referrals/${id}/packet/${form}`, coordinator)),
  );
  expect(files.map(({ headers }) => headers.get('content-type'))).toEqual(['application/pdf', 'application/fhir+json', 'application/xml']);
  const [pdf, fhir, ccda] = files.map(({ bytes }) => bytes);
  const texts = [(await readPdf(new Uint8Array(pdf ?? []))).text, new TextDecoder().decode(fhir), new TextDecoder().decode(ccda)];
  for (const text of texts) {
    expect(text).toContain('Potassium');
    expect(text).not.toContain(PLANTED);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('need the patient’s own consent');
  }
});

test('an admin gets the accounting as a table, and nobody else does', async () => {
  const csv = await api.download('/disclosures/csv', admin, { patient: 'pat-1' });
  const text = new TextDecoder().decode(csv.bytes);
  expect(text.split('\r\n')[0]).toBe('at,recipient,npi,organization,address,what,purpose,way,by,standing,sha256,referralId');
  expect(text).toContain('"Ana Family1, MD",1234567811,Bay Heart,\'+15105550101,');
  expect(problemType((await api.call('POST', '/disclosures', coordinator, { patient: 'pat-1' })).body)).toBe('not-allowed');
});

test('in the words and looks of the practice, as they were when it was sent', async () => {
  const templates = [
    { template: 'office-mail', language: 'en', words: '{practice} asks {specialist}. Open it with the NPI: {link}\nOr call {phone}.' },
  ];
  const practice = { name: 'Bay Family Clinic', phone: '510-555-0160', accent: '#1f56b3' };
  const change = (base: number, content: object) => api.call('POST', '/configuration', admin, { base, content, reason: 'For the test' });
  const id = await written();
  const { inForce } = (await api.call('GET', '/configuration', admin)).body as { inForce: number };
  expect((await change(inForce, { practice, statuses: [], templates })).status).toBe(200);
  expect((await send(id, 'mail')).status).toBe(200);
  const none = { name: null, phone: null, accent: null };
  expect((await change(inForce + 1, { practice: none, statuses: [], templates: [] })).status).toBe(200);
  await carryOut();
  const words = mail.received[0]?.mail.text ?? '';
  expect(words).toMatch(
    /^Bay Family Clinic asks .*\. Open it with the NPI: https:\/\/refloop\.example\.org\/office#\S{43}\nOr call 510-555-0160\.\n/,
  );
  const opened = await api.call('POST', '/office/open', '', { link: /office#([A-Za-z0-9_-]{43})/.exec(words)?.[1], npi: NPI });
  expect(opened.body).toMatchObject({ practice: api.scope.site, phone: '510-555-0150', accent: null });
  const { text } = await readPdf((await api.download('/office/packet', '', { opened: opened.body['opened'] })).bytes);
  expect(text).toMatch(/^Bay Family Clinic\s+·\s+Call 510-555-0160/);
  expect(text).toContain('Practice: Bay Family Clinic');
});
