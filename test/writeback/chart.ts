/** The chart as it truly is, read and changed by an access of the campaign's own that nothing goes wrong for. */
import { entriesOf, nextPage } from '@refloop/domain/fhir/bundle';
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { FaultName } from '@refloop/launch/modes/faults';
import type { ModeName } from '@refloop/launch/modes/modes';
import { readSystemKey } from '@refloop/server/ehr/system-key';
import { createSystemTokens } from '@refloop/server/ehr/system-token';
import { createDiscovery } from '@refloop/server/sessions/discovery';
import type { Site } from '@refloop/server/sites';
import type { Lane } from './lane.ts';

export type Stored = Resource & { id: string; meta: { versionId: string; lastUpdated: string } };

export const referenceOf = ({ resourceType, id }: Stored): string => `${resourceType}/${id}`;

export type Chart = {
  read: (reference: string) => Promise<Stored>;
  search: (query: string) => Promise<Stored[]>;
  /** All versions, oldest first. */
  history: (reference: string) => Promise<Stored[]>;
  create: (resource: Resource) => Promise<Stored>;
  /** All of them or none; they name each other by `urn:uuid:` full URLs. */
  createAll: (resources: readonly { fullUrl: string; resource: Resource }[]) => Promise<Stored[]>;
  /** Changes it as it is now, again if somebody was faster. */
  change: (reference: string, change: (before: Stored) => Resource) => Promise<Stored>;
};

export type Patient = { id: string; order: Stored | null; resources: Stored[] };

const json = { 'content-type': 'application/json' };

/** What goes wrong for Refloop's own access in this mode, until it is set again. */
export async function setOwnFaults(ehr: string, mode: ModeName, faults: readonly FaultName[]): Promise<void> {
  const answer = await fetch(`${ehr}/clients/refloop-system/faults`, {
    method: 'PUT',
    headers: json,
    body: JSON.stringify({ mode, faults }),
  });
  if (!answer.ok) throw new Error(`PUT /clients/refloop-system/faults: ${answer.status} ${await answer.text()}`);
}

/** @param lane where the EHR is, and the key of an access that may do everything there */
export function openChart(lane: Pick<Lane, 'ehr' | 'truthKey' | 'now'>): Chart {
  const key = readSystemKey('env:KEY', { KEY: lane.truthKey });
  if (!key.ok) throw new Error(key.message);
  const base = `${lane.ehr}/fhir`;
  const site: Site = {
    tenant: 'campaign',
    name: 'truth',
    iss: base,
    clientId: '',
    scopes: '',
    issuer: undefined,
    jwks: undefined,
    embed: [],
    admins: [],
    system: { clientId: 'truth', key: key.value, scopes: 'system/*.cruds', completes: false, tracks: false },
  };
  const discovery = createDiscovery({ fetch, now: lane.now, sites: [site], production: false });
  const tokens = createSystemTokens({ fetch, discovery, now: lane.now });

  async function send(method: string, path: string, body?: Resource, ifMatch?: string): Promise<Response> {
    const token = await tokens(site);
    if (!token.ok) throw new Error(`No access to the chart: ${token.why}`);
    return fetch(path.startsWith('http') ? path : path === '' ? base : `${base}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token.value.accessToken}`,
        'content-type': 'application/fhir+json',
        ...(ifMatch === undefined ? {} : { 'if-match': `W/"${ifMatch}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function answered(method: string, path: string, body?: Resource, ifMatch?: string): Promise<Resource> {
    const answer = await send(method, path, body, ifMatch);
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Resource;
  }

  async function all(start: string): Promise<Stored[]> {
    const found: Stored[] = [];
    for (let next: string | undefined = start; next !== undefined; ) {
      const page: Resource = await answered('GET', next);
      found.push(...(entriesOf(page) as Stored[]));
      next = nextPage(page);
    }
    return found;
  }

  const read = async (reference: string): Promise<Stored> => (await answered('GET', reference)) as Stored;
  return {
    read,
    search: (query) => all(query),
    history: async (reference) => (await all(`${reference}/_history`)).reverse(),
    create: async (resource) => (await answered('POST', resource.resourceType, resource)) as Stored,
    createAll: async (resources) => {
      const entry = resources.map((each) => ({ ...each, request: { method: 'POST', url: each.resource.resourceType } }));
      return entriesOf(await answered('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })) as Stored[];
    },
    change: async (reference, change) => {
      for (;;) {
        const before = await read(reference);
        const answer = await send('PUT', reference, change(before), before.meta.versionId);
        if (answer.ok) return (await answer.json()) as Stored;
        if (answer.status !== 412) throw new Error(`PUT ${reference} was answered with ${answer.status}: ${await answer.text()}`);
      }
    },
  };
}

const PALPITATIONS = { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I47.10', display: 'Supraventricular tachycardia, unspecified' };
const PATIENT = 'urn:uuid:6f0d6c1e-0000-4000-8000-000000000001';
const subject = { reference: PATIENT };

/** What a referral is made of; the order comes last. */
const CHART: readonly { fullUrl: string; resource: Resource }[] = [
  {
    fullUrl: PATIENT,
    resource: {
      resourceType: 'Patient',
      name: [{ family: 'Quillfeather', given: ['Rosalind'] }],
      gender: 'female',
      birthDate: '1968-03-02',
    },
  },
  {
    fullUrl: 'urn:uuid:6f0d6c1e-0000-4000-8000-000000000002',
    resource: {
      resourceType: 'Condition',
      subject,
      clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
      code: { coding: [PALPITATIONS], text: 'Supraventricular tachycardia' },
      onsetDateTime: '2026-08-01',
    },
  },
  {
    fullUrl: 'urn:uuid:6f0d6c1e-0000-4000-8000-000000000003',
    resource: { resourceType: 'Coverage', status: 'active', beneficiary: subject, payor: [{ reference: 'Organization/payer-a' }] },
  },
  {
    fullUrl: 'urn:uuid:6f0d6c1e-0000-4000-8000-000000000004',
    resource: {
      resourceType: 'ServiceRequest',
      status: 'draft',
      intent: 'order',
      subject,
      code: { coding: [{ system: 'http://snomed.info/sct', code: '308471005' }], text: 'Referral to cardiologist' },
      reasonCode: [{ coding: [PALPITATIONS] }],
      authoredOn: '2026-11-02T14:20:00Z',
      requester: { reference: 'Practitioner/clinician' },
    },
  },
];

/** A patient that no other run has. */
export async function admit(chart: Chart, launched: boolean): Promise<Patient> {
  const made = await chart.createAll(launched ? CHART : CHART.slice(0, -1));
  const of = (type: string): Stored | undefined => made.find(({ resourceType }) => resourceType === type);
  const patient = of('Patient');
  if (!patient) throw new Error('The EHR did not say which patient it made');
  const resources = made.filter(({ resourceType }) => resourceType !== 'ServiceRequest');
  return { id: patient.id, order: of('ServiceRequest') ?? null, resources };
}
