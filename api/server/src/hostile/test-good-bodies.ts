/** For tests: a good body of every route that takes one, and every place in it, for what does not belong there. */
import { selectCall } from '../cds/test-client.ts';
import type { Route } from '../routes/route.ts';
import { approveInput, chart, type Made, makeInput, match, order } from '../services/test-referral-input.ts';
import { fewServiceLevels } from '../services/test-service-levels.ts';
import type { WholeApp } from '../test-whole-app.ts';

export type Answer = { status: number; body: Record<string, unknown>; text: string };

/** Of the form of a link, and of none that there is. */
const NO_LINK = 'x'.repeat(43);
const exportBody = {
  title: 'Service line',
  metrics: ['completion', 'network_leakage'],
  by: 'specialty',
  filter: { from: '2026-01', to: '2026-06', specialty: 'cardiology', site: 'Riverside', payer: 'Larkspur' },
  purpose: 'For the test',
};

/** A chart in which the readers find something to read in most of its places. */
const fullChart = () => [
  ...chart(),
  {
    resourceType: 'Observation',
    id: 'obs-1',
    status: 'final',
    subject: { reference: 'Patient/pat-1' },
    code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'HbA1c' }], text: 'HbA1c' },
    effectiveDateTime: '2026-10-01T08:00:00Z',
    valueQuantity: { value: 8.1, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
    referenceRange: [{ high: { value: 5.7, unit: '%' }, text: '< 5.7 %' }],
    interpretation: [{ coding: [{ code: 'H' }] }],
  },
  {
    resourceType: 'MedicationRequest',
    id: 'med-1',
    status: 'active',
    intent: 'order',
    subject: { reference: 'Patient/pat-1' },
    medicationCodeableConcept: { text: 'Metoprolol 50 mg' },
    dosageInstruction: [{ text: 'Twice a day' }],
    authoredOn: '2026-09-01',
  },
  {
    resourceType: 'DocumentReference',
    id: 'doc-1',
    status: 'current',
    subject: { reference: 'Patient/pat-1' },
    type: { text: 'Progress note' },
    date: '2026-10-01T08:00:00Z',
    content: [{ attachment: { contentType: 'text/plain', data: Buffer.from('Palpitations.').toString('base64') } }],
  },
];

export type Sender = {
  whole: WholeApp;
  token: string;
  /** Text as it stands, as somebody with every role in the chart of pat-1. */
  send: (method: string, path: string, body: string, more?: Record<string, string>) => Promise<Answer>;
  recommendation: (input: Record<string, unknown>) => Promise<Made>;
  /** The id of a plan of its own. */
  plan: () => Promise<string>;
  /** Drafts nobody decides on are read again with each new one; a test makes more of them than a clinician in a year. */
  forgetDrafts: () => Promise<unknown>;
};

export type Good = { path: (sender: Sender) => Promise<string> | string; body: (sender: Sender) => unknown };

const CONFIGURATION = {
  practice: { name: 'Bay Clinic', phone: null, accent: '#1f56b3' },
  statuses: [{ status: 'no-show', name: 'did not come' }],
  templates: [{ template: 'rate', language: 'en', words: '{practice}: How was it? {link}' }],
};

export const GOOD: Record<string, Good> = {
  'post /sessions': {
    path: () => '/sessions',
    body: ({ whole }) => ({ iss: whole.site.iss, idToken: 'a.b.c', accessToken: 'token', patient: 'pat-1' }),
  },
  'put /grants/:subject': {
    path: () => '/grants/somebody',
    body: () => ({ fhirUser: 'Practitioner/1', roles: ['lead'], reason: 'For the test' }),
  },
  'post /match': { path: () => '/match', body: () => match() },
  'post /directory/search': { path: () => '/directory/search', body: () => ({ text: 'Family1', match: match() }) },
  'post /recommendations': { path: () => '/recommendations', body: () => makeInput({ chart: fullChart() }) },
  'put /recommendations/:id/working': {
    path: async ({ recommendation }) => `/recommendations/${(await recommendation(makeInput())).id}/working`,
    body: async ({ recommendation }) => ({ revision: 1, working: (await recommendation(makeInput())).working }),
  },
  'post /recommendations/:id/dismissal': {
    path: async ({ recommendation }) => `/recommendations/${(await recommendation(makeInput())).id}/dismissal`,
    body: () => ({ reason: 'Nobody fits' }),
  },
  'post /recommendations/:id/pend': {
    path: async ({ recommendation }) => `/recommendations/${(await recommendation(makeInput())).id}/pend`,
    body: () => ({ for: 'dr-lee', note: 'Please sign today' }),
  },
  'post /delegations': {
    path: () => '/delegations',
    body: () => ({
      kind: 'prepares-for',
      delegate: { subject: 'nurse', fhirUser: 'Practitioner/nurse', name: 'Kim Ortiz' },
      clinician: { subject: 'dr-lee', fhirUser: 'Practitioner/dr-lee', name: 'Dr. Lee' },
      reason: 'For the test',
      until: null,
    }),
  },
  'post /delegations/:id/end': { path: () => '/delegations/nothing/end', body: () => ({ reason: 'For the test' }) },
  'post /work/:plan/settlement': { path: () => '/work/nothing/settlement', body: () => ({ note: 'Placed by hand' }) },
  'post /approvals': {
    path: () => '/approvals',
    body: async ({ recommendation }) => {
      const input = makeInput({ chart: fullChart() });
      return approveInput(await recommendation(input), input, {
        performerInEhr: { reference: 'PractitionerRole/1', display: 'Dr. Somebody' },
      });
    },
  },
  'post /plans/:id/lease': { path: async ({ plan }) => `/plans/${await plan()}/lease`, body: () => ({ holder: 'window-1-window' }) },
  'post /plans/:id/lease/return': {
    path: async ({ plan }) => `/plans/${await plan()}/lease/return`,
    body: () => ({ holder: 'window-1-window' }),
  },
  'post /plans/:id/steps/:step/attempt': {
    path: async ({ plan }) => `/plans/${await plan()}/steps/ServiceRequest/attempt`,
    body: () => ({ holder: 'window-1-window' }),
  },
  'post /plans/:id/steps/:step/judgement': {
    path: async ({ plan }) => `/plans/${await plan()}/steps/ServiceRequest/judgement`,
    body: () => ({ ours: { reference: 'ServiceRequest/order-1', versionId: '4', orderStatus: 'active' } }),
  },
  'post /plans/:id/withdrawal': { path: async ({ plan }) => `/plans/${await plan()}/withdrawal`, body: () => ({ reason: 'By mistake' }) },
  'post /plans/:id/steps/:step': {
    path: async ({ plan }) => `/plans/${await plan()}/steps/ServiceRequest`,
    body: () => ({
      holder: 'window-1-window',
      outcome: { status: 'done', reference: 'ServiceRequest/1', versionId: '4', orderStatus: 'active' },
    }),
  },
  'post /insights/alert-rules': {
    path: () => '/insights/alert-rules',
    body: () => ({
      metric: 'network_leakage',
      segment: { specialty: 'cardiology', site: 'Riverside', payer: 'Larkspur' },
      direction: 'above',
      threshold: 0.1,
      owner: 'lead',
    }),
  },
  'post /insights/exports/csv': { path: () => '/insights/exports/csv', body: () => exportBody },
  'post /insights/exports/parquet': { path: () => '/insights/exports/parquet', body: () => exportBody },
  'post /insights/exports/pdf': { path: () => '/insights/exports/pdf', body: () => exportBody },
  'post /insights/exports/loop-closure': {
    path: () => '/insights/exports/loop-closure',
    body: () => ({ filter: exportBody.filter, purpose: 'For the test' }),
  },
  'post /worklist/export': {
    path: () => '/worklist/export',
    body: () => ({ ids: ['nothing', 'nothing-else'], view: 'All open', purpose: 'For the test' }),
  },
  'post /insights/rows': {
    path: () => '/insights/rows',
    body: () => ({
      metric: 'completion',
      part: 'numerator',
      segment: { specialty: 'cardiology' },
      category: 'wait-too-long',
      specialist: '1234567893',
      filter: { from: '2026-01', to: '2026-06', specialty: 'cardiology', site: 'Riverside', payer: 'Larkspur' },
      purpose: 'For the test',
    }),
  },
  'post /insights/queue/rows': {
    path: () => '/insights/queue/rows',
    body: () => ({ kind: 'answer', age: 'week', owner: 'somebody', only: 'overdue', purpose: 'For the test' }),
  },
  'post /worklist/referrals/:id/acts': {
    path: () => '/worklist/referrals/nothing/acts',
    body: () => ({
      key: 'press-0123456789',
      sequence: 7,
      what: { act: 'authorization', answer: 'approved', number: 'A-1704', at: '2026-11-20T10:00:00.000Z' },
    }),
  },
  'post /worklist/referrals/:id/effects': {
    path: () => '/worklist/referrals/nothing/effects',
    body: () => ({ effectId: '00000000-0000-8000-8000-000000000000', doubt: 'effect-1', decision: 'was-sent' }),
  },
  'post /ehr-notifications/:site': {
    path: () => `/ehr-notifications/${'0'.repeat(24)}`,
    body: () => ({ resourceType: 'Bundle', type: 'history', entry: [{ fullUrl: 'urn:uuid:0' }] }),
  },
  'post /work/answers': { path: () => '/work/answers', body: () => ({ referralId: 'nothing', score: 4 }) },
  'post /work/proposals': {
    path: () => '/work/proposals',
    body: () => ({ referralId: 'nothing', sequence: 7, answer: { kind: 'refuse', reason: 'Too far for the patient' } }),
  },
  'post /work/reviews/unlinking': {
    path: () => '/work/reviews/unlinking',
    body: () => ({ referralId: 'nothing', reportId: 'nothing', because: 'other-patient', reason: 'A namesake' }),
  },
  'post /work/reviews': { path: () => '/work/reviews', body: () => ({ referralId: 'nothing', reportId: 'nothing' }) },
  'post /worklist/referrals/:id/next-performers': {
    path: () => '/worklist/referrals/nothing/next-performers',
    body: () => ({ sequence: 7, entryId: 'entry-2', because: 'declined' }),
  },
  'post /worklist/referrals/:id/link': { path: () => '/worklist/referrals/nothing/link', body: () => ({ sequence: 7 }) },
  'post /worklist/referrals/:id/messages': {
    path: () => '/worklist/referrals/nothing/messages',
    body: () => ({ key: 'press-0123456789', sequence: 7, text: 'It is on its way.' }),
  },
  'put /worklist/referrals/:id/packet': {
    path: () => '/worklist/referrals/nothing/packet',
    body: () => ({ revision: 0, what: { change: 'remove', item: 'Condition/c1' } }),
  },
  'post /chart-looks': { path: () => '/chart-looks', body: () => ({ resources: [] }) },
  'post /worklist/referrals/:id/packet/transmissions': {
    path: () => '/worklist/referrals/nothing/packet/transmissions',
    body: () => ({
      key: 'press-0123456789',
      sequence: 7,
      revision: 0,
      way: 'mail',
      address: 'desk@office.example.org',
      authorization: { answer: 'approved', number: 'A-1704' },
    }),
  },
  'post /worklist/referrals/:id/packet/file': {
    path: () => '/worklist/referrals/nothing/packet/file',
    body: () => ({ sha256: 'a'.repeat(64) }),
  },
  'post /disclosures': { path: () => '/disclosures', body: () => ({ patient: 'pat-1' }) },
  'post /disclosures/csv': { path: () => '/disclosures/csv', body: () => ({ patient: 'pat-1' }) },
  'post /inbound/documents/:id/placing': {
    path: () => '/inbound/documents/nothing/placing',
    body: () => ({ referralId: 'nothing', attempt: 1, form: 'final' }),
  },
  'post /inbound/documents/:id/candidates': {
    path: () => '/inbound/documents/nothing/candidates',
    body: () => ({ born: '1961-02-03', recordNumber: '' }),
  },
  'post /inbound/documents/:id/setting-aside': {
    path: () => '/inbound/documents/nothing/setting-aside',
    body: () => ({ reason: 'It is for another practice' }),
  },
  'post /office/open': { path: () => '/office/open', body: () => ({ link: NO_LINK, npi: '1234567893' }) },
  'post /office/view': { path: () => '/office/view', body: () => ({ opened: NO_LINK }) },
  'post /office/acts': {
    path: () => '/office/acts',
    body: () => ({ opened: NO_LINK, key: 'press-0123456789', what: { act: 'offer-dates', dates: ['2031-05-06T09:30:00.000Z'] } }),
  },
  'post /office/packet/ccda': { path: () => '/office/packet/ccda', body: () => ({ opened: NO_LINK }) },
  'post /office/packet/fhir': { path: () => '/office/packet/fhir', body: () => ({ opened: NO_LINK }) },
  'post /office/packet/file': { path: () => '/office/packet/file', body: () => ({ opened: NO_LINK, sha256: 'a'.repeat(64) }) },
  'post /office/packet': { path: () => '/office/packet', body: () => ({ opened: NO_LINK }) },
  'post /patient/open': { path: () => '/patient/open', body: () => ({ link: NO_LINK, born: '1985-03-27', as: 'patient' }) },
  'post /patient/view': { path: () => '/patient/view', body: () => ({ opened: NO_LINK }) },
  'post /patient/acts': {
    path: () => '/patient/acts',
    body: () => ({ opened: NO_LINK, key: 'press-0123456789', what: { act: 'other-date', text: 'Mornings, please' } }),
  },
  'put /worklist/referrals/:id/patient-contact': {
    path: () => '/worklist/referrals/nothing/patient-contact',
    body: () => ({
      key: 'press-0123456789',
      mark: 'chart',
      how: 'telephone',
      note: 'In the evening',
      preferred: 'text',
      language: 'es',
      text: { to: '(555) 210-0100', wanted: true },
      email: { to: '', wanted: null },
    }),
  },
  'post /worklist/referrals/:id/patient-contact/proxies': {
    path: () => '/worklist/referrals/nothing/patient-contact/proxies',
    body: () => ({
      key: 'press-0123456789',
      mark: 'chart',
      what: {
        act: 'put',
        side: 'parent',
        name: 'Ana Example',
        instead: false,
        preferred: 'text',
        language: 'es',
        text: { to: '(555) 210-0100', wanted: true },
        email: { to: '', wanted: null },
      },
    }),
  },
  'post /worklist/assignment': {
    path: () => '/worklist/assignment',
    body: () => ({ referralIds: ['nothing'], to: 'clinician' }),
  },
  'post /service-levels/preview': { path: () => '/service-levels/preview', body: () => ({ base: 999, content: fewServiceLevels() }) },
  'post /service-levels': {
    path: () => '/service-levels',
    body: () => ({ base: 999, content: fewServiceLevels(), reason: 'For the test' }),
  },
  'post /configuration/preview': { path: () => '/configuration/preview', body: () => ({ base: 999, content: CONFIGURATION }) },
  'post /configuration': { path: () => '/configuration', body: () => ({ base: 999, content: CONFIGURATION, reason: 'For the test' }) },
  'post /cds-services/:id': {
    path: () => '/cds-services/refloop-order-select',
    body: ({ whole }) => selectCall(whole.site.iss, order(), fullChart()),
  },
  'post /cds-services/:id/feedback': {
    path: () => '/cds-services/refloop-order-dispatch/feedback',
    body: () => ({
      feedback: [
        {
          card: '4e0a3a1e-3283-4575-ab82-028d55fe2719',
          outcome: 'overridden',
          overrideReason: { reason: { system: 'urn:refloop:cds:override-reason', code: 'not-fitting' }, userComment: 'For the test' },
          outcomeTimestamp: '2026-11-20T10:00:00Z',
        },
      ],
    }),
  },
  'post /exceptions/:id': { path: () => '/exceptions/nothing', body: () => ({ what: 'settle', note: 'Called them' }) },
};

export async function openSender(whole: WholeApp): Promise<Sender> {
  const token = await whole.session(['clinician', 'preparer', 'coordinator', 'lead', 'admin']);
  async function send(method: string, path: string, body: string, more: Record<string, string> = {}): Promise<Answer> {
    // An EHR signs each of its calls anew; everybody else has a session.
    const bearer = path.startsWith('/cds-services/') ? await whole.cds.token(path) : token;
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...more };
    const response = await whole.app.request(path, { method: method.toUpperCase(), headers, body });
    const text = await response.text();
    // A file is no answer to look into.
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {}, text };
  }

  async function recommendation(input: Record<string, unknown>): Promise<Made> {
    const made = await send('post', '/recommendations', JSON.stringify(input));
    if (made.status !== 201) throw new Error(`No recommendation but ${made.status}`);
    return made.body as Made;
  }

  async function plan(): Promise<string> {
    const input = makeInput();
    const approved = await send('post', '/approvals', JSON.stringify(approveInput(await recommendation(input), input)));
    if (approved.status !== 201) throw new Error(`No plan but ${approved.status}`);
    return String(approved.body['id']);
  }

  const forgetDrafts = () => whole.asOwner(`update recommendation set status = 'SUPERSEDED' where status = 'PENDING_REVIEW'`);
  return { whole, token, send, recommendation, plan, forgetDrafts };
}

export type Place = (string | number)[];
/** Stands where something is to be put. */
export const MARK = '@@here@@';

/** Every place of the value, itself included. */
export function places(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inside = Array.isArray(value) ? value.map((each, index): [number, unknown] => [index, each]) : Object.entries(value);
  return [at, ...inside.flatMap(([key, each]) => places(each, [...at, key]))];
}

export function withMark(value: unknown, [first, ...rest]: Place): unknown {
  if (first === undefined) return MARK;
  if (Array.isArray(value)) return value.map((each: unknown, index) => (index === first ? withMark(each, rest) : each));
  return Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, key === first ? withMark(each, rest) : each]));
}

export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
