/** For tests: how each row of the table is asked. */

import { randomUUID } from 'node:crypto';
import { selectCall } from '../cds/test-client.ts';
import { gatewayToken } from '../inbound/test-gateway.ts';
import { siteKey } from '../services/capture/subscription.ts';
import { type Body, chart, match, order } from '../services/test-referral-input.ts';
import { serviceLevels } from '../services/test-service-levels.ts';
import { HOLDER } from '../services/test-team.ts';
import { digest, newToken } from '../sessions/token.ts';
import { scopeOf } from '../sites.ts';
import type { Caller } from './test-people.ts';
import { type About, CANDIDATE, inputOf, newAlertRule, orderWithIdOf, press, type Target, type Whose } from './test-targets.ts';
import type { Worlds } from './test-worlds.ts';

export type Question = { caller: Caller; target: Target; worlds: Worlds };

export type Request = {
  /** What it is about; undefined where the row names nothing that is stored. */
  about?: About;
  /** A good answer changes what it is about, so that the same request gets another: each needs one of its own. */
  changes?: true;
  /** A good answer ends the session it came from. */
  endsSession?: true;
  /** Opens a session: a refusal is recorded at the place that was named, of nobody, since nobody is known yet. */
  signsIn?: true;
  path: (question: Question) => string;
  body?: (question: Question) => unknown;
  /** In place of the caller's: what is asked by what it holds, whoever holds it. */
  bearer?: (question: Question) => string | Promise<string>;
  /** Of a list: the ids that stand in it. */
  listed?: (answer: Body) => unknown[];
};

const NO_EFFECT = '00000000-0000-8000-8000-000000000000';

const HERE: Whose = { place: 'here', patient: 'pat-1' };

const isOwn = ({ target }: Question): boolean => target.whose.place === HERE.place && target.whose.patient === HERE.patient;

/** The request for the same order again; of another's, an order of one's own patient that has its id. */
const again = (question: Question, more: Body): Body => {
  const { target } = question;
  return isOwn(question) ? { ...target.input, ...more } : { ...inputOf(HERE, { order: orderWithIdOf(target, HERE) }), ...more };
};

/** What a gateway hands over in these tests. */
const SIGNED = Buffer.from('Patient: nobody here');

let presses = 0;
const pressOn = ({ target }: Question): Body => {
  presses += 1;
  return press(target.made, target.input, `of-${presses}`);
};

const row = (about: About, path: (id: string) => string, more: Partial<Request> = {}): Request => ({
  about,
  path: ({ target }) => path(target.id),
  ...more,
});
const fixed = (path: string, more: Partial<Request> = {}): Request => ({ path: () => path, ...more });

const ids = (rows: unknown): unknown[] => (rows as Body[]).map(({ id }) => id);
const subjects = (rows: unknown): unknown[] => (rows as Body[]).map(({ subject }) => subject);
/** Beside its lists it tells how many rows are still to be looked at. */
const ofWork = (work: Body): unknown[] => Object.values(work).filter(Array.isArray).flatMap(ids);

const recommendation = (id: string): string => `/recommendations/${id}`;
const working = (id: string): string => `/recommendations/${id}/working`;
const dismissal = (id: string): string => `/recommendations/${id}/dismissal`;
const pend = (id: string): string => `/recommendations/${id}/pend`;
const save = ({ target: { made } }: Question): Body => ({ revision: made.revision, working: made.working });
const step = (id: string, more = ''): string => `/plans/${id}/steps/DocumentReference${more}`;
const holder = { holder: HOLDER };
const rowsQuestion = { metric: 'completion', part: 'denominator', segment: {}, filter: {}, purpose: 'For the test' };
const exportQuestion = { title: 'Executive', metrics: ['completion'], by: 'specialty', filter: {}, purpose: 'For the test' };
const unconfigured = { practice: { name: null, phone: null, accent: null }, statuses: [], templates: [] };
const withReason = { reason: 'For the test' };
const TOLD = {
  how: 'telephone',
  note: '',
  preferred: 'phone',
  language: 'en',
  text: { to: '', wanted: null },
  email: { to: '', wanted: null },
};

/** Of what is on record here of the patient: several referrals are theirs. */
const markOf = ({ store, here }: Worlds, referralId: string): Promise<string> =>
  store.transaction(scopeOf(here.site), async ({ referrals, patientContacts }) => {
    const referral = await referrals.get(referralId);
    return (referral && (await patientContacts.get(referral.patientId)))?.updatedAt ?? 'chart';
  });

/** An id_token of the EHR for whoever asks; one that nobody signed for whoever is nobody. */
async function signIn({ caller, target, worlds }: Question): Promise<Body> {
  const { signer, clock } = worlds;
  const { site } = worlds.here;
  const seconds = Math.floor(clock.now.getTime() / 1000);
  const idToken = await signer.sign({
    iss: site.iss.replace('/fhir', '/login'),
    aud: site.clientId,
    sub: caller.subject,
    iat: seconds,
    exp: seconds + 300,
    fhirUser: `Practitioner/${caller.subject}`,
    jti: randomUUID(),
  });
  const forged = `${idToken.slice(0, idToken.lastIndexOf('.'))}.${'A'.repeat(86)}`;
  const { place, patient } = target.whose;
  return { iss: worlds[place].site.iss, idToken: caller.column === 'nobody' ? forged : idToken, accessToken: 'token', patient };
}

let standIns = 0;

/** `route | about`, as the table names them. */
export const REQUESTS: Record<string, Request> = {
  'get /health | readiness': fixed('/health'),
  'get /health/live | life': fixed('/health/live'),
  'get /sites | the EHRs': fixed('/sites'),
  "get /.well-known/jwks.json | Refloop's keys": fixed('/.well-known/jwks.json'),
  'post /sessions | a sign-in of the EHR': fixed('/sessions', { body: signIn, signsIn: true }),
  "get /sessions/current | one's own session": fixed('/sessions/current'),
  "post /sessions/current/activity | one's own session": fixed('/sessions/current/activity'),
  "delete /sessions/current | one's own session": fixed('/sessions/current', { endsSession: true }),
  'post /match | the directory': fixed('/match', { body: () => match() }),
  'post /directory/search | the directory': fixed('/directory/search', { body: () => ({ text: 'Family1', match: match() }) }),

  'post /recommendations | an order': fixed('/recommendations', { body: ({ target }) => inputOf(target.whose) }),
  'post /recommendations | in place of a draft': row('a draft', () => '/recommendations', {
    changes: true,
    body: (question) => again(question, { replaces: question.target.id }),
  }),
  'post /recommendations | carrying on what was handed over': row('handed over', () => '/recommendations', {
    changes: true,
    body: (question) => again(question, { replaces: question.target.id }),
  }),
  'post /recommendations | instead of what was handed over': row('handed over', () => '/recommendations', {
    changes: true,
    body: (question) => again(question, { insteadOf: question.target.id }),
  }),
  'get /recommendations/:id | a draft': row('a draft', recommendation),
  'get /recommendations/:id | handed over': row('handed over', recommendation),
  'put /recommendations/:id/working | a draft': row('a draft', working, { changes: true, body: save }),
  'put /recommendations/:id/working | prepared': row('prepared', working, { changes: true, body: save }),
  'put /recommendations/:id/working | handed over': row('handed over', working, { changes: true, body: save }),
  'post /recommendations/:id/dismissal | a draft': row('a draft', dismissal, { changes: true, body: () => withReason }),
  'post /recommendations/:id/dismissal | prepared': row('prepared', dismissal, { changes: true, body: () => withReason }),
  'post /recommendations/:id/dismissal | handed over': row('handed over', dismissal, { changes: true, body: () => withReason }),
  'post /recommendations/:id/pend | a draft': row('a draft', pend, { changes: true, body: () => ({ for: 'lee' }) }),
  'post /recommendations/:id/pend | prepared': row('prepared', pend, { changes: true, body: () => ({ for: 'lee' }) }),
  'delete /recommendations/:id/pend | handed over': row('handed over', pend, { changes: true }),
  'get /chart-looks | the chart': fixed('/chart-looks'),
  'post /chart-looks | the chart': fixed('/chart-looks', { body: () => ({ resources: [] }) }),
  'get /open-work | a draft': row('a draft', () => '/open-work', { listed: ofWork }),
  'get /open-work | handed over': row('handed over', () => '/open-work', { listed: ofWork }),
  'get /open-work | a plan': row('a plan', () => '/open-work', { listed: ofWork }),

  'post /approvals | a draft': row('a draft', () => '/approvals', { changes: true, body: pressOn }),
  'post /approvals | prepared': row('prepared', () => '/approvals', { changes: true, body: pressOn }),
  'post /approvals | handed over': row('handed over', () => '/approvals', { changes: true, body: pressOn }),
  'get /plans/:id | a plan': row('a plan', (id) => `/plans/${id}`),
  'get /plans/:id/packet | a plan': row('a plan', (id) => `/plans/${id}/packet`),
  'post /plans/:id/lease | a plan': row('a plan', (id) => `/plans/${id}/lease`, { changes: true, body: () => holder }),
  'post /plans/:id/lease/return | a plan being written': row('a plan being written', (id) => `/plans/${id}/lease/return`, {
    changes: true,
    body: () => holder,
  }),
  'post /plans/:id/withdrawal | a plan': row('a plan', (id) => `/plans/${id}/withdrawal`, { changes: true, body: () => withReason }),
  'post /plans/:id/steps/:step/attempt | a plan being written': row('a plan being written', (id) => step(id, '/attempt'), {
    changes: true,
    body: () => holder,
  }),
  'post /plans/:id/steps/:step/judgement | a plan with a doubt': row('a plan with a doubt', (id) => step(id, '/judgement'), {
    changes: true,
    body: () => ({ ours: CANDIDATE }),
  }),
  'post /plans/:id/steps/:step | a plan being written': row('a plan being written', (id) => step(id), {
    changes: true,
    body: () => ({ ...holder, outcome: { status: 'done', reference: 'DocumentReference/d1', versionId: '1' } }),
  }),

  'get /work | handed over': row('handed over', () => '/work', { listed: ofWork }),
  'get /work | a plan': row('a plan', () => '/work', { listed: ofWork }),
  'post /work/:plan/settlement | a plan done by hand': row('a plan done by hand', (id) => `/work/${id}/settlement`, {
    changes: true,
    body: () => ({ note: 'Entered by hand' }),
  }),
  'get /work | a note to review': row('a note to review', () => '/work', {
    listed: ({ toReview }) => (toReview as Body[]).map(({ referralId }) => referralId),
  }),
  'get /work | a proposed specialist': row('a proposed specialist', () => '/work', {
    listed: ({ toApprove }) => (toApprove as Body[]).map(({ referralId }) => referralId),
  }),
  'get /work/referrals | a referral in the chart': row('a referral in the chart', () => '/work/referrals', {
    listed: ({ rows }) => (rows as Body[]).map(({ referralId }) => referralId),
  }),
  'post /work/proposals | a proposed specialist': row('a proposed specialist', () => '/work/proposals', {
    changes: true,
    body: ({ target: { id, made } }) => ({ referralId: id, sequence: made['sequence'] ?? 1, answer: { kind: 'approve' } }),
  }),
  'post /work/reviews | a note to review': row('a note to review', () => '/work/reviews', {
    changes: true,
    body: ({ target }) => ({ referralId: target.id, reportId: target.made['reportId'] ?? 'none' }),
  }),
  'post /work/reviews/unlinking | a note to review': row('a note to review', () => '/work/reviews/unlinking', {
    changes: true,
    body: ({ target }) => ({
      referralId: target.id,
      reportId: target.made['reportId'] ?? 'none',
      because: 'other-patient',
      reason: 'A namesake',
    }),
  }),
  'post /work/answers | a question to answer': row('a question to answer', () => '/work/answers', {
    changes: true,
    body: ({ target }) => ({ referralId: target.id, score: 4 }),
  }),
  'get /worklist | a referral in the chart': row('a referral in the chart', () => '/worklist', {
    listed: ({ rows }) => (rows as Body[]).map(({ referralId }) => referralId),
  }),
  'get /worklist/referrals/:id | a referral in the chart': row('a referral in the chart', (id) => `/worklist/referrals/${id}`),
  'post /worklist/referrals/:id/acts | a referral in the chart': row('a referral in the chart', (id) => `/worklist/referrals/${id}/acts`, {
    changes: true,
    body: ({ target: { made } }) => {
      presses += 1;
      return { key: `by-hand-${presses}-0123456789`, sequence: made['sequence'] ?? 1, what: { act: 'contacted', outcome: 'reached' } };
    },
  }),
  'post /worklist/export | a referral in the chart': row('a referral in the chart', () => '/worklist/export', {
    body: async ({ target, worlds }) => {
      const open = await worlds.asOwner<{ id: string }>(`select id from obligation where referral_id = $1 and status = 'open'`, [
        target.id,
      ]);
      return { ids: [...open.map(({ id }) => id), 'nothing'], view: 'All open', purpose: 'For the test' };
    },
  }),
  'post /worklist/referrals/:id/effects | a referral with a doubt': row(
    'a referral with a doubt',
    (id) => `/worklist/referrals/${id}/effects`,
    {
      changes: true,
      body: ({ target: { made } }) => {
        const { effectId = NO_EFFECT, doubt = 'none' } = made as { effectId?: string; doubt?: string };
        return { effectId, doubt, decision: 'was-sent' };
      },
    },
  ),
  'post /worklist/assignment | a referral in the chart': row('a referral in the chart', () => '/worklist/assignment', {
    changes: true,
    body: ({ target }) => ({ referralIds: [target.id], to: 'lead' }),
  }),
  'get /worklist/referrals/:id/next-performers | a declined referral': row(
    'a declined referral',
    (id) => `/worklist/referrals/${id}/next-performers`,
  ),
  'post /worklist/referrals/:id/next-performers | a declined referral': row(
    'a declined referral',
    (id) => `/worklist/referrals/${id}/next-performers`,
    { changes: true, body: ({ target: { made } }) => ({ sequence: made['sequence'] ?? 1, entryId: 'entry-2', because: 'declined' }) },
  ),
  'post /worklist/referrals/:id/link | a referral in the chart': row('a referral in the chart', (id) => `/worklist/referrals/${id}/link`, {
    changes: true,
    body: ({ target: { made } }) => ({ sequence: made['sequence'] ?? 1 }),
  }),
  'post /worklist/referrals/:id/link/close | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/link/close`,
    { changes: true },
  ),
  'post /worklist/referrals/:id/messages | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/messages`,
    {
      changes: true,
      body: ({ target: { made } }) => {
        presses += 1;
        return { key: `message-${presses}-0123456789`, sequence: made['sequence'] ?? 1, text: 'It is on its way.' };
      },
    },
  ),
  'get /worklist/referrals/:id/packet | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/packet`,
  ),
  'put /worklist/referrals/:id/packet | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/packet`,
    { changes: true, body: () => ({ revision: 1, what: { change: 'callback', number: '510-555-0100' } }) },
  ),
  'post /worklist/referrals/:id/packet/transmissions | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/packet/transmissions`,
    {
      changes: true,
      body: ({ target: { made } }) => {
        presses += 1;
        return {
          key: `packet-${presses}-0123456789`,
          sequence: made['sequence'] ?? 1,
          revision: 1,
          way: 'link',
        };
      },
    },
  ),
  'post /worklist/referrals/:id/packet/chart-look | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/packet/chart-look`,
    { changes: true, body: () => ({}) },
  ),
  'post /worklist/referrals/:id/packet/file | a referral in the chart without that file': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/packet/file`,
    { body: () => ({ sha256: 'a'.repeat(64) }) },
  ),
  'get /worklist/referrals/:id/packet/pdf | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/packet/pdf`,
  ),
  'get /worklist/referrals/:id/packet/fhir | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/packet/fhir`,
  ),
  'get /worklist/referrals/:id/packet/ccda | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/packet/ccda`,
  ),
  'post /worklist/referrals/:id/patient-link | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/patient-link`,
    { changes: true },
  ),
  'get /worklist/referrals/:id/patient-contact | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/patient-contact`,
  ),
  'put /worklist/referrals/:id/patient-contact | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/patient-contact`,
    {
      changes: true,
      body: async ({ target, worlds }) => {
        presses += 1;
        return { ...TOLD, key: `told-${presses}-0123456789`, mark: await markOf(worlds, target.id) };
      },
    },
  ),
  'post /worklist/referrals/:id/patient-contact/proxies | a referral in the chart': row(
    'a referral in the chart',
    (id) => `/worklist/referrals/${id}/patient-contact/proxies`,
    {
      changes: true,
      body: async ({ target, worlds }) => {
        presses += 1;
        const { how: _how, note: _note, ...told } = TOLD;
        const what = { act: 'put', side: 'proxy', name: 'Ana Example', instead: false, ...told };
        return { key: `proxy-${presses}-0123456789`, mark: await markOf(worlds, target.id), what };
      },
    },
  ),
  'post /patient/open | a patient’s link': row('a patient’s link', () => '/patient/open', {
    body: ({ target: { made } }) => ({ link: made['link'], born: '1968-03-02', as: 'patient' }),
  }),
  'post /patient/view | a patient’s opened link': row('a patient’s opened link', () => '/patient/view', {
    body: ({ target: { made } }) => ({ opened: made['opened'] }),
  }),
  'post /patient/mail-stops/:stop | an e-mail to a patient': row('an e-mail to a patient', (id) => `/patient/mail-stops/${id}`),
  'post /patient/acts | a patient’s opened link': row('a patient’s opened link', () => '/patient/acts', {
    body: ({ target: { made } }) => ({
      opened: made['opened'],
      key: 'press-0123456789',
      what: { act: 'other-date', text: 'Mornings' },
    }),
  }),
  'post /disclosures | the accounting': fixed('/disclosures', { body: () => ({ patient: 'pat-1' }) }),
  'post /disclosures/csv | the accounting': fixed('/disclosures/csv', { body: () => ({ patient: 'pat-1' }) }),
  'get /work/documents/:id | an uploaded note': row('an uploaded note', (id) => `/work/documents/${id}`),
  'get /work/documents/:id/reading | an uploaded note': row('an uploaded note', (id) => `/work/documents/${id}/reading`),
  'post /inbound/documents | a file that a gateway signed': fixed('/inbound/documents', {
    changes: true,
    bearer: ({ worlds }) => gatewayToken(worlds.here.site.iss, SIGNED, worlds.clock.now),
    body: () => SIGNED,
  }),
  'get /inbound/documents | a held document': row('a held document', () => '/inbound/documents', {
    listed: ({ documents }) => ids(documents),
  }),
  'get /inbound/documents/:id/file | a held document': row('a held document', (id) => `/inbound/documents/${id}/file`),
  'post /inbound/documents/:id/placing | a held document': row('a held document', (id) => `/inbound/documents/${id}/placing`, {
    changes: true,
    body: ({ target: { made } }) => ({ referralId: made['referralId'], attempt: 1, form: 'interim' }),
  }),
  'post /inbound/documents/:id/candidates | a held document': row('a held document', (id) => `/inbound/documents/${id}/candidates`, {
    body: () => ({ born: '1961-02-03', recordNumber: '' }),
  }),
  'post /inbound/documents/:id/setting-aside | a held document': row('a held document', (id) => `/inbound/documents/${id}/setting-aside`, {
    changes: true,
    body: () => ({ reason: 'Not ours' }),
  }),
  'post /office/open | an office link': row('an office link', () => '/office/open', {
    body: ({ target: { made } }) => ({ link: made['link'], npi: '1234567811' }),
  }),
  // Whoever bears the secret that the EHR was given.
  'post /ehr-notifications/:site | a notification': {
    path: ({ worlds }) => `/ehr-notifications/${siteKey(worlds.here.site)}`,
    bearer: async ({ worlds: { store, here, clock } }) => {
      const secret = newToken();
      const asked = { reference: 'Subscription/1', secretHash: digest(secret), askedAt: clock.now.toISOString() };
      await store.transaction(scopeOf(here.site), ({ capture }) => capture.subscribe(asked));
      return secret;
    },
    body: () => ({ resourceType: 'Bundle', type: 'history' }),
  },
  'post /office/view | an opened link': row('an opened link', () => '/office/view', {
    body: ({ target: { made } }) => ({ opened: made['opened'] }),
  }),
  'post /office/acts | an opened link': row('an opened link', () => '/office/acts', {
    body: ({ target: { made } }) => ({ opened: made['opened'], key: 'press-0123456789', what: { act: 'accept' } }),
  }),
  'post /office/notes | an opened link of an accepted referral': row(
    'an opened link of an accepted referral',
    () => '/office/notes?key=press-0123456789&form=final',
    {
      bearer: ({ target: { made } }) => String(made['opened']),
      body: () => Buffer.from('%PDF-1.7 a note'),
    },
  ),
  'post /office/packet | an opened link': row('an opened link', () => '/office/packet', {
    body: ({ target: { made } }) => ({ opened: made['opened'] }),
  }),
  'post /office/packet/ccda | an opened link': row('an opened link', () => '/office/packet/ccda', {
    body: ({ target: { made } }) => ({ opened: made['opened'] }),
  }),
  'post /office/packet/fhir | an opened link': row('an opened link', () => '/office/packet/fhir', {
    body: ({ target: { made } }) => ({ opened: made['opened'] }),
  }),
  'post /office/packet/file | an opened link without that file': row('an opened link', () => '/office/packet/file', {
    body: ({ target: { made } }) => ({ opened: made['opened'], sha256: 'a'.repeat(64) }),
  }),
  'post /text-messages | a text that no gateway signed': fixed('/text-messages', {
    body: () => ({ id: 'x', from: '+15552100100', text: 'STOP' }),
  }),
  'get /cds-services | the CDS services': fixed('/cds-services'),
  'post /cds-services/:id | a call that an EHR signed': fixed('/cds-services/refloop-order-select', {
    changes: true,
    bearer: ({ worlds }) => worlds.cds.token('/cds-services/refloop-order-select', { now: worlds.clock.now }),
    body: ({ worlds }) => selectCall(worlds.here.site.iss, order(), chart()),
  }),
  'post /cds-services/:id/feedback | a call that an EHR signed': fixed('/cds-services/refloop-order-select/feedback', {
    changes: true,
    bearer: ({ worlds }) => worlds.cds.token('/cds-services/refloop-order-select/feedback', { now: worlds.clock.now }),
    body: () => ({
      feedback: [{ card: '4e0a3a1e-3283-4575-ab82-028d55fe2719', outcome: 'overridden', outcomeTimestamp: '2026-11-20T10:00:00Z' }],
    }),
  }),
  'get /exceptions | an exception': row('an exception', () => '/exceptions', { listed: ({ rows }) => ids(rows) }),
  'post /exceptions/:id | an exception': row('an exception', (id) => `/exceptions/${id}`, {
    changes: true,
    body: () => ({ what: 'done', note: 'Arranged by telephone' }),
  }),
  'post /exceptions/:id | a signature waited for': row('a signature waited for', (id) => `/exceptions/${id}`, {
    body: () => ({ what: 'done', note: 'Spoke to them' }),
  }),

  'get /reconciliation | the reports': fixed('/reconciliation'),
  'get /reconciliation/:id/csv | a report that there is not': fixed('/reconciliation/nothing/csv'),
  'post /reconciliation | the reports': fixed('/reconciliation'),
  'get /service-levels | the service levels': fixed('/service-levels'),
  'get /service-levels/versions/:version | a version that there is not': fixed('/service-levels/versions/999'),
  'post /service-levels/preview | the service levels': fixed('/service-levels/preview', {
    body: () => ({ base: 1, content: serviceLevels() }),
  }),
  'post /service-levels | of another version': fixed('/service-levels', {
    body: () => ({ base: 999, content: serviceLevels(), ...withReason }),
  }),

  'get /configuration | the configuration': fixed('/configuration'),
  'get /configuration/versions/:version | a version that there is not': fixed('/configuration/versions/999'),
  'post /configuration/preview | the configuration': fixed('/configuration/preview', { body: () => ({ base: 0, content: unconfigured }) }),
  'post /configuration | of another version': fixed('/configuration', {
    body: () => ({ base: 999, content: unconfigured, ...withReason }),
  }),
  'get /status-names | the names of statuses': fixed('/status-names'),

  'get /grants | a grant': row('a grant', () => '/grants', { listed: ({ grants }) => subjects(grants) }),
  'put /grants/:subject | a grant': row('a grant to change', (subject) => `/grants/${subject}`, {
    body: ({ target }) => ({ fhirUser: `Practitioner/${target.id}`, roles: ['coordinator'], ...withReason }),
  }),
  'get /delegations | a delegation': row('a delegation', () => '/delegations', { listed: ({ delegations }) => ids(delegations) }),
  'post /delegations | a new one': fixed('/delegations', {
    body: () => {
      standIns += 1;
      const [delegate, clinician] = [`stand-in-${standIns}`, 'lee'].map((subject) => ({
        subject,
        fhirUser: `Practitioner/${subject}`,
        name: subject,
      }));
      return { kind: 'covers', delegate, clinician, until: null, ...withReason };
    },
  }),
  'post /delegations/:id/end | a delegation': row('a delegation', (id) => `/delegations/${id}/end`, {
    changes: true,
    body: () => withReason,
  }),
  'get /signers | the author': row('the author', () => '/signers', { listed: ({ signers }) => subjects(signers) }),
  'get /insights | the numbers': fixed('/insights'),
  'get /insights/metrics/:metric | the numbers': fixed('/insights/metrics/completion?by=specialty'),
  'get /insights/cms50 | the numbers': fixed('/insights/cms50?period=2026'),
  'get /insights/places | the numbers': fixed('/insights/places'),
  'get /insights/alerts | an alert rule': row('an alert rule', () => '/insights/alerts', { listed: ({ rules }) => ids(rules) }),
  'post /insights/alert-rules | a new one': fixed('/insights/alert-rules', { body: newAlertRule }),
  'post /insights/alert-rules/:id/end | an alert rule': row('an alert rule', (id) => `/insights/alert-rules/${id}/end`, {
    changes: true,
  }),
  'post /insights/alerts/:id/acknowledgement | an alert': row('an alert', (id) => `/insights/alerts/${id}/acknowledgement`, {
    changes: true,
  }),
  'post /insights/exports/csv | the numbers': fixed('/insights/exports/csv', { body: () => exportQuestion }),
  'post /insights/exports/parquet | the numbers': fixed('/insights/exports/parquet', { body: () => exportQuestion }),
  'post /insights/exports/pdf | the numbers': fixed('/insights/exports/pdf', { body: () => exportQuestion }),
  'post /insights/exports/loop-closure | the numbers': fixed('/insights/exports/loop-closure', {
    body: () => ({ filter: {}, purpose: 'For the test' }),
  }),
  'get /insights/contracting | the numbers': fixed('/insights/contracting'),
  'get /insights/comparison | the numbers': fixed(
    '/insights/comparison?metric=completion&beforeFrom=2026-01&beforeTo=2026-03&afterFrom=2026-04&afterTo=2026-06',
  ),
  'get /insights/claims | the numbers': fixed('/insights/claims'),
  'get /insights/queue | the queue': fixed('/insights/queue'),
  'post /insights/queue/rows | the queue': fixed('/insights/queue/rows', { body: () => ({ purpose: 'To see who waits' }) }),
  'get /insights/specialists | the numbers': fixed('/insights/specialists?measure=acceptance'),
  'get /insights/fairness | the numbers': fixed('/insights/fairness'),
  'get /insights/drift | the numbers': fixed('/insights/drift?specialty=cardiology'),
  'post /insights/rows | the numbers': fixed('/insights/rows', { body: () => rowsQuestion }),
  'get /audit/status | the chain': fixed('/audit/status'),
  'get /audit/recommendations | a draft': {
    about: 'a draft',
    path: ({ target: { madeAt } }) => {
      const until = new Date(Date.parse(madeAt) + 1).toISOString();
      return `/audit/recommendations?limit=100&from=${madeAt}&to=${until}`;
    },
    listed: ({ rows }) => ids(rows),
  },
  'get /audit/recommendations/:id | a draft': row('a draft', (id) => `/audit/recommendations/${id}`),
  'post /ehr/self-test | the EHR': fixed('/ehr/self-test'),
};
