/** A worklist on PostgreSQL from which packets leave by a real mail server and a real fax gateway. */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { packetHandlers } from '../channels/packet-handlers.ts';
import type { ChannelSettings } from '../channels/settings.ts';
import { openFaxGateway, type TestFaxGateway } from '../channels/test-fax-gateway.ts';
import { type MailServer, openMailServer } from '../channels/test-mail-server.ts';
import type { Disclosures, PacketAnswer, PacketChange, PacketView } from '../client/packet.ts';
import type { Thread } from '../client/thread.ts';
import { createOutboxWorker } from '../outbox/worker.ts';
import { readPdf } from '../packet/test-read-pdf.ts';
import { openReferralApi, type ReferralApi, testDirectory } from './test-referral-api.ts';
import { type Body, chart, makeInput } from './test-referral-input.ts';
import { writtenReferral } from './test-written-referral.ts';

export const NPI = '1234567811';
export const ADDRESS = 'desk@bayheart.example.org';
export const PLANTED = 'Zebulonian';

export const subject = { reference: 'Patient/pat-1' };
export const patient = {
  ...chart()[0],
  telecom: [{ system: 'phone', value: '510-555-0177' }],
  address: [{ use: 'home', line: ['1 Elm Street'], city: 'Oakland', state: 'CA', postalCode: '94601' }],
};
export const found = (id: string, loinc: string, name: string): Body => ({
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
export const fullChart = (): Body[] => [
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
export const secret: Body = {
  resourceType: 'Condition',
  id: 'secret',
  subject,
  clinicalStatus: { coding: [{ code: 'active' }] },
  code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F11.20' }], text: `${PLANTED} opioid use disorder` },
};

/** Registers what is opened before the tests of a file and closed after them. */
export function packetDesk() {
  let api: ReferralApi;
  let mail: MailServer;
  let gateway: TestFaxGateway;
  let channels: ChannelSettings;
  let clinician: string;
  let coordinator: string;
  let admin: string;

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

  async function written(resources: Body[] = fullChart(), alternates: string[] = []): Promise<string> {
    const id = await writtenReferral(api, clinician, makeInput({ chart: resources }), alternates);
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
  async function send(id: string, way: 'mail' | 'fax' | 'link' | 'fhir', more: Body = {}) {
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

  return {
    authorize,
    written,
    packetOf,
    prepare,
    send,
    carryOut,
    later,
    threadOf,
    titles,
    accounted,
    unsaid,
    holdsOf,
    standing,
    mailedLink,
    readAtOffice,
    get api() {
      return api;
    },
    get mail() {
      return mail;
    },
    get gateway() {
      return gateway;
    },
    get channels() {
      return channels;
    },
    get clinician() {
      return clinician;
    },
    get coordinator() {
      return coordinator;
    },
    get admin() {
      return admin;
    },
  };
}
