/** For tests: what the rows of the table are about, each made over HTTP by those who would, at any place and for any patient. */
import { mailStopOf, PATIENT_MAIL } from '../channels/patient-mail.ts';
import { raiseEffectObligation, toDecide } from '../outbox/effect-obligation.ts';
import { readReferral } from '../services/referral-log.ts';
import { type Body, type Made, makeInput, order, writeBackOf } from '../services/test-referral-input.ts';
import { HOLDER } from '../services/test-team.ts';
import { digest, newToken } from '../sessions/token.ts';
import { scopeOf } from '../sites.ts';
import type { Team } from './test-people.ts';
import type { PlaceName, Worlds } from './test-worlds.ts';

/** Whose: a patient at a place. */
export type Whose = { place: PlaceName; patient: string };

export type Target = {
  whose: Whose;
  /** What a request names: of a recommendation, a plan, an exception, a delegation, an alert or a person. */
  id: string;
  referralId: string | null;
  madeAt: string;
  /** As the page of the author or of the preparer would send it again. */
  input: Body;
  made: Made;
};

/** Stands in the charts of this patient and of no other. */
export const familyOf = ({ place, patient }: Whose): string => `Quillfeather-${place}-${patient}`;

/** What the app would send for this patient. */
export const inputOf = (whose: Whose, more: Parameters<typeof makeInput>[0] = {}): Body =>
  JSON.parse(JSON.stringify(makeInput(more)).replaceAll('pat-1', whose.patient).replaceAll('Quillfeather', familyOf(whose))) as Body;

export const press = (made: Made, input: Body, key: string): Body => ({
  recommendationId: made.id,
  revision: made.revision,
  working: made.working,
  order: input['order'],
  performerInEhr: null,
  idempotencyKey: `press-${key}-0123456789`,
});

export type About =
  | 'a draft'
  | 'prepared'
  | 'handed over'
  | 'a plan'
  | 'a plan being written'
  | 'a plan with a doubt'
  | 'a plan done by hand'
  | 'a referral in the chart'
  | 'a declined referral'
  | 'a proposed specialist'
  | 'a referral with a doubt'
  | 'a note to review'
  | 'a question to answer'
  | 'an office link'
  | 'an opened link'
  | 'an opened link of an accepted referral'
  | 'a patient’s link'
  | 'an e-mail to a patient'
  | 'a patient’s opened link'
  | 'an uploaded note'
  | 'a held document'
  | 'an exception'
  | 'a signature waited for'
  | 'a grant'
  | 'a grant to change'
  | 'a delegation'
  | 'an alert rule'
  | 'an alert'
  | 'the author';

export type Targets = {
  /** @param orderId of the order it begins with; one of its own unless told */
  make: (about: About, whose: Whose, orderId?: string) => Promise<Target>;
  /** The same one each time, for requests that change nothing of it. */
  kept: (about: About, whose: Whose) => Promise<Target>;
  /** Takes one that was asked for out of the patient’s referrals and out of every list, which would grow with each. */
  discard: (target: Target) => Promise<void>;
  /** How many were made so far. */
  made: () => number;
};

type Question = { whose: Whose; team: Team; worlds: Worlds; input: Body };
type Maker = (question: Question) => Promise<Target>;

const target = (whose: Whose, made: Made, input: Body, id: string = made.id): Target => ({
  whose,
  id,
  referralId: (made['referralId'] ?? null) as string | null,
  madeAt: String(made['madeAt']),
  input,
  made,
});

/** Made and saved once, so that it counts as begun. */
const begunBy =
  (subject: string): Maker =>
  async ({ whose, team: { as }, input }) => {
    const made = (await as(subject, whose.patient, 'post', '/recommendations', input)).body as Made;
    const save = { revision: made.revision, working: made.working };
    const saved = await as(subject, whose.patient, 'put', `/recommendations/${made.id}/working`, save);
    return target(whose, { ...made, revision: Number(saved.body['revision']) }, input);
  };

const handedOver: Maker = async (question) => {
  const { whose, team, input } = question;
  const { id } = await begunBy('nurse')(question);
  const handed = await team.as('nurse', whose.patient, 'post', `/recommendations/${id}/pend`, { for: 'lee' });
  return target(whose, handed.body as Made, input);
};

const approved: Maker = async ({ whose, team: { as }, input }) => {
  const made = (await as('lee', whose.patient, 'post', '/recommendations', input)).body as Made;
  const plan = (await as('lee', whose.patient, 'post', '/approvals', press(made, input, made.id))).body;
  return target(whose, made, input, String(plan['id']));
};

const beingWritten: Maker = async (question) => {
  const plan = await approved(question);
  await question.team.as('lee', plan.whose.patient, 'post', `/plans/${plan.id}/lease`, { holder: HOLDER });
  return plan;
};

export const CANDIDATE = { reference: 'DocumentReference/77', versionId: '1' };

/** All of it written, its packet let go without what its chart has not, and the payer's word on record; the id is the referral's. */
const inChart: Maker = async (question) => {
  const plan = await beingWritten(question);
  const { whose, made, input, referralId } = plan;
  for (const name of ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance']) {
    const own = name === 'ServiceRequest' ? String((input['order'] as Body)['id']) : `of-${plan.id}`;
    const outcome = { status: 'done', reference: `${name}/${own}`, versionId: '1' };
    await question.team.as('lee', whose.patient, 'post', `/plans/${plan.id}/steps/${name}`, { holder: HOLDER, outcome });
  }
  const { store, [whose.place]: world } = question.worlds;
  const override = { revision: 0, what: { change: 'override', reason: 'For the test' } };
  await question.team.as('coordinator', null, 'put', `/worklist/referrals/${String(referralId)}/packet`, override);
  const stands = () => store.transaction(scopeOf(world.site), (unit) => unit.referrals.get(String(referralId)));
  const { sequence } = (await stands()) ?? {};
  const payer = { act: 'authorization', answer: 'not-needed', at: question.worlds.clock.now.toISOString() };
  const body = { key: `payer-${String(referralId)}`.slice(0, 60), sequence, what: payer };
  await question.team.as('coordinator', null, 'post', `/worklist/referrals/${String(referralId)}/acts`, body);
  return target(whose, { ...made, sequence: (await stands())?.sequence }, input, String(referralId));
};

/** The NPI of who is chosen first in the directory of the tests. */
const OFFICE_NPI = '1234567811';

const linked: Maker = async (question) => {
  const referral = await inChart(question);
  const { sequence } = referral.made as unknown as { sequence: unknown };
  const made = await question.team.as('coordinator', null, 'post', `/worklist/referrals/${referral.id}/link`, { sequence });
  return { ...referral, made: { ...referral.made, link: made.body['link'] } };
};

const openedLink: Maker = async (question) => {
  const link = await linked(question);
  const opened = await question.team.as('coordinator', null, 'post', '/office/open', { link: link.made['link'], npi: OFFICE_NPI });
  return { ...link, made: { ...link.made, opened: opened.body['opened'] } };
};

const acceptedLink: Maker = async (question) => {
  const link = await openedLink(question);
  const accept = { opened: link.made['opened'], key: 'accept-0123456789', what: { act: 'accept' } };
  await question.team.as('coordinator', null, 'post', '/office/acts', accept);
  return link;
};

const patientLinked: Maker = async (question) => {
  const referral = await inChart(question);
  const made = await question.team.as('coordinator', null, 'post', `/worklist/referrals/${referral.id}/patient-link`);
  return { ...referral, made: { ...referral.made, link: made.body['link'] } };
};

const openedByPatient: Maker = async (question) => {
  const link = await patientLinked(question);
  const given = { link: link.made['link'], born: '1968-03-02', as: 'patient' };
  const opened = await question.team.as('coordinator', null, 'post', '/patient/open', given);
  return { ...link, made: { ...link.made, opened: opened.body['opened'] } };
};

/** What a coordinator puts on record of a referral, one act after the other, now. @returns the sequence after the last */
async function actsByHand(
  { team, worlds }: Question,
  referral: Target,
  acts: readonly { act: string; [field: string]: string }[],
): Promise<unknown> {
  const at = worlds.clock.now.toISOString();
  let { sequence } = referral.made as unknown as { sequence: unknown };
  for (const act of acts) {
    const path = `/worklist/referrals/${referral.id}/acts`;
    const what = { ...act, at };
    const done = await team.as('coordinator', null, 'post', path, { key: `${act.act}-of-${referral.id}`, sequence, what });
    sequence = done.body['sequence'];
  }
  return sequence;
}

const noted: Maker = async (question) => {
  const referral = await inChart(question);
  await actsByHand(question, referral, [
    { act: 'sent', channel: 'fax' },
    { act: 'note', form: 'final' },
  ]);
  return { ...referral, made: { ...referral.made, reportId: `by-hand/note-of-${referral.id}` } };
};

const declined: Maker = async (question) => {
  const referral = await inChart(question);
  const sequence = await actsByHand(question, referral, [
    { act: 'sent', channel: 'fax' },
    { act: 'declined', reason: 'other' },
  ]);
  return { ...referral, made: { ...referral.made, sequence } };
};

/** By the coordinator, of whom no clinician approved. */
const proposed: Maker = async (question) => {
  const referral = await declined(question);
  const { sequence } = referral.made as unknown as { sequence: unknown };
  const path = `/worklist/referrals/${referral.id}/next-performers`;
  const done = await question.team.as('coordinator', null, 'post', path, { sequence, entryId: 'entry-2', because: 'declined' });
  return { ...referral, made: { ...referral.made, sequence: done.body['sequence'] } };
};

/** Of things that are no recommendation. */
const bare = (whose: Whose, id: string): Target => target(whose, { id, revision: 0, working: {} }, {});

const person = (subject: string) => ({ subject, fhirUser: `Practitioner/${subject}`, name: `Dr. ${subject}` });
let people = 0;
const newPerson = ({ place }: Whose): string => `person-${place}-${(people += 1)}`;

const delegated = async ({ as }: Team, kind: string, delegate: string, clinician: string): Promise<string> => {
  const given = { kind, delegate: person(delegate), clinician: person(clinician), reason: 'For the test', until: null };
  return String((await as('admin', null, 'post', '/delegations', given)).body['id']);
};

let alertRules = 0;
/** Another one each time: the same is not kept twice. */
export const newAlertRule = (): Body => {
  alertRules += 1;
  return {
    metric: 'network_leakage',
    segment: { specialty: 'cardiology' },
    direction: 'above',
    threshold: 0.1 + alertRules / 10_000,
    owner: 'lead',
  };
};

const alertRule = async ({ as }: Team): Promise<string> => {
  const { rules } = (await as('lead', null, 'post', '/insights/alert-rules', newAlertRule())).body as { rules: { id: string }[] };
  return String(rules.at(-1)?.id);
};

const granted: Maker = async ({ whose, team }) => {
  const subject = newPerson(whose);
  const given = { fhirUser: `Practitioner/${subject}`, roles: ['lead'], reason: 'For the test' };
  await team.as('admin', null, 'put', `/grants/${subject}`, given);
  return bare(whose, subject);
};

/** In Montana, where the directory of the tests lists nobody. */
const farAway = (input: Body): Body => {
  const request = input['request'] as Body;
  return { ...input, request: { ...request, match: { ...(request['match'] as Body), place: { zip: '59301' } } } };
};

const MAKERS: Record<About, Maker> = {
  'a draft': begunBy('lee'),
  prepared: begunBy('nurse'),
  'handed over': handedOver,
  'a plan': approved,
  'a plan being written': beingWritten,
  'a plan with a doubt': async (question) => {
    const plan = await beingWritten(question);
    const path = `/plans/${plan.id}/steps/DocumentReference`;
    const as = (more: string, body: Body) => question.team.as('lee', plan.whose.patient, 'post', `${path}${more}`, body);
    await as('/attempt', { holder: HOLDER });
    const candidates = [{ ...CANDIDATE, filedAt: null, author: null }];
    await as('', { holder: HOLDER, outcome: { status: 'unsure', detail: 'No mark', candidates } });
    return plan;
  },
  'a plan done by hand': ({ input, ...question }) =>
    approved({ ...question, input: { ...input, writeBack: writeBackOf([], 'with-version') } }),
  'a referral in the chart': inChart,
  'a declined referral': declined,
  'a proposed specialist': proposed,
  'a referral with a doubt': async (question) => {
    const referral = await inChart(question);
    const { store, clock, [question.whose.place]: world } = question.worlds;
    const at = clock.now.toISOString();
    const doubt = await store.transaction(scopeOf(world.site), async (unit) => {
      const { outbox } = unit;
      const asked = { referralId: referral.id, kind: 'for-the-test', key: referral.id, askedAt: at, dueAt: at, content: {} };
      const id = await outbox.add(asked);
      await outbox.claim({ kinds: ['for-the-test'], holder: 'w', now: at, until: '2099-01-01T00:00:00.000Z', limit: 9 });
      await outbox.settle(id, 'w', { standing: { status: 'unknown', detail: 'No answer' }, at, dueAt: null });
      const [effect, about] = [await outbox.get(id), await readReferral(unit, referral.id)];
      if (effect && about) await raiseEffectObligation(unit, about, effect, { kind: 'perhaps-sent', what: 'It', detail: '', now: at });
      return toDecide(await unit.obligations.openOf(referral.id)).find((each) => each.effectId === id);
    });
    return { ...referral, made: { ...referral.made, ...doubt } };
  },
  'a note to review': noted,
  'a question to answer': async (question) => {
    const note = await noted(question);
    const { team, worlds, whose } = question;
    await team.as('lee', null, 'post', '/work/reviews', { referralId: note.id, reportId: note.made['reportId'] });
    // Whenever they were asked before.
    const asked = { subject: 'lee', referralId: note.id, askedAt: worlds.clock.now.toISOString() };
    await worlds.store.transaction(scopeOf(worlds[whose.place].site), (unit) => unit.workQuestions.ask(asked, '9999-01-01T00:00:00.000Z'));
    return note;
  },
  'an office link': linked,
  'an opened link': openedLink,
  'an opened link of an accepted referral': acceptedLink,
  'a patient’s link': patientLinked,
  'a patient’s opened link': openedByPatient,
  'an e-mail to a patient': async (question) => {
    const referral = await inChart(question);
    const { store, clock, [question.whose.place]: world } = question.worlds;
    const [at, id, link] = [clock.now.toISOString(), `message-of-${referral.id}`, newToken()];
    await store.transaction(scopeOf(world.site), async (unit) => {
      const patientId = (await unit.referrals.get(referral.id))?.patientId ?? '';
      const email = { to: 'rosa@example.org', consent: { status: 'given', at, by: 'patient' } } as const;
      const text = { to: null, consent: { status: 'unknown' } } as const;
      await unit.patientContacts.put({ patientId, language: 'en', preferred: 'email', text, email, proxies: [], updatedAt: at });
      const made = { referralId: referral.id, madeBy: 'refloop', madeAt: at, expiresAt: '2036-01-01T00:00:00.000Z' };
      await unit.patientLinks.insert({ id, tokenHash: digest(link), ...made });
      const content = { to: email.to, topic: 'book', language: 'en' } as const;
      const asked = { referralId: referral.id, kind: PATIENT_MAIL, key: id, askedAt: at, dueAt: at };
      await unit.outbox.add({ ...asked, content, secret: { link } });
    });
    return { ...referral, id: mailStopOf(link) };
  },
  'an uploaded note': async (question) => {
    const uploaded = await openedLink(question);
    const { store, [question.whose.place]: world } = question.worlds;
    const id = `note-of-${uploaded.id}`;
    await store.transaction(scopeOf(world.site), (unit) =>
      unit.documents.insert({
        id,
        referralId: uploaded.id,
        contentType: 'application/pdf',
        sha256: 'for the test',
        receivedAt: question.worlds.clock.now.toISOString(),
        bytes: new TextEncoder().encode('%PDF-1.7'),
      }),
    );
    return { ...uploaded, id };
  },
  'a held document': async (question) => {
    const referral = await inChart(question);
    const { store, [question.whose.place]: world } = question.worlds;
    const id = `held-of-${referral.id}`;
    await store.transaction(scopeOf(world.site), (unit) =>
      unit.inboundDocuments.insert(
        {
          id,
          source: 'gateway',
          sha256: 'for the test',
          receivedAt: question.worlds.clock.now.toISOString(),
          standing: { status: 'held' },
          linkKey: null,
          content: { reading: null, type: 'application/pdf', link: null, why: 'unreadable', note: '' },
        },
        new TextEncoder().encode('%PDF-1.7'),
      ),
    );
    return { ...referral, id, made: { ...referral.made, referralId: referral.id } };
  },
  'an exception': async ({ whose, team, input }) => {
    const far = farAway(input);
    const made = (await team.as('lee', whose.patient, 'post', '/recommendations', far)).body as Made;
    return target(whose, made, far, `none-in-network-${made.id}`);
  },
  'a signature waited for': async (question) => {
    const { whose, made, input, referralId } = await handedOver(question);
    const { store, [whose.place]: world } = question.worlds;
    const waiting = await store.transaction(scopeOf(world.site), (unit) =>
      unit.obligations.list({ status: 'open', kind: 'to-sign', referralId: String(referralId) }),
    );
    return target(whose, made, input, String(waiting[0]?.id));
  },
  'a grant': granted,
  'a grant to change': granted,
  'a delegation': async ({ whose, team }) => bare(whose, await delegated(team, 'covers', newPerson(whose), newPerson(whose))),
  'an alert rule': async ({ whose, team }) => bare(whose, await alertRule(team)),
  'an alert': async ({ whose, team, worlds }) => {
    const ruleId = await alertRule(team);
    const id = `alert-of-${ruleId}`;
    const figures = { snapshot: 'for the test', n: 400, value: 0.3, low: 0.26, high: 0.35 };
    await worlds.store.transaction(scopeOf(worlds[whose.place].site), (unit) =>
      unit.alerts.raise({ id, ruleId, raisedAt: worlds.clock.now.toISOString(), ...figures }),
    );
    return bare(whose, id);
  },
  'the author': async ({ whose, team }) => {
    if (whose.place === 'here') return bare(whose, 'lee');
    const clinician = newPerson(whose);
    await delegated(team, 'prepares-for', 'nurse', clinician);
    return bare(whose, clinician);
  },
};

/** Where a referral stands in lists. */
const LISTED = ['referral', 'recommendation', 'plan', 'obligation'];

/** Each is made at a moment of its own. */
export function openTargets(worlds: Worlds, teams: Record<PlaceName, Team>): Targets {
  const kept = new Map<string, Promise<Target>>();
  let count = 0;
  const make: Targets['make'] = (about, whose, orderId) => {
    count += 1;
    worlds.clock.now = new Date(worlds.clock.now.getTime() + 1);
    const input = inputOf(whose, orderId === undefined ? {} : { order: order({ id: orderId }) });
    return MAKERS[about]({ whose, team: teams[whose.place], worlds, input });
  };
  return {
    make,
    kept: (about, whose) => {
      const key = JSON.stringify([about, whose]);
      const found = kept.get(key) ?? make(about, whose);
      kept.set(key, found);
      return found;
    },
    discard: async ({ referralId }) => {
      if (referralId === null) return;
      for (const table of LISTED) await worlds.asOwner(`delete from ${table} where referral_id = $1`, [referralId]);
    },
    made: () => count,
  };
}

/** An order of this patient with the id of another's. */
export const orderWithIdOf = ({ input }: Target, whose: Whose): Body =>
  order({ id: (input['order'] as Body)['id'], subject: { reference: `Patient/${whose.patient}` } });
