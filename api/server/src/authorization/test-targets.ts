/** For tests: what the rows of the table are about, each made over HTTP by those who would, at any place and for any patient. */
import { type Body, type Made, makeInput, order, writeBackOf } from '../services/test-referral-input.ts';
import { HOLDER } from '../services/test-team.ts';
import { scopeOf } from '../sites.ts';
import type { Team } from './test-people.ts';
import type { PlaceName, Worlds } from './test-worlds.ts';

/** Whose: a patient at a place. */
export type Whose = { place: PlaceName; patient: string };

export type Target = {
  whose: Whose;
  /** What a request names: of a recommendation, a plan, an exception, a delegation or a person. */
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
  | 'an exception'
  | 'a signature waited for'
  | 'a grant'
  | 'a grant to change'
  | 'a delegation'
  | 'the author';

export type Targets = {
  make: (about: About, whose: Whose) => Promise<Target>;
  /** The same one each time, for requests that change nothing of it. */
  kept: (about: About, whose: Whose) => Promise<Target>;
  /** How many were made so far. */
  made: () => number;
};

type Maker = (whose: Whose, team: Team, worlds: Worlds) => Promise<Target>;

const target = (whose: Whose, made: Made, input: Body, id: string = made.id): Target => ({
  whose,
  id,
  referralId: (made['referralId'] ?? null) as string | null,
  madeAt: String(made['madeAt']),
  input,
  made,
});

/** Made and saved once, so that it counts as begun. */
async function begun(subject: string, whose: Whose, { as }: Team): Promise<Target> {
  const input = inputOf(whose);
  const made = (await as(subject, whose.patient, 'post', '/recommendations', input)).body as Made;
  const save = { revision: made.revision, working: made.working };
  const saved = await as(subject, whose.patient, 'put', `/recommendations/${made.id}/working`, save);
  return target(whose, { ...made, revision: Number(saved.body['revision']) }, input);
}

async function approved(whose: Whose, { as }: Team, input: Body = inputOf(whose)): Promise<Target> {
  const made = (await as('lee', whose.patient, 'post', '/recommendations', input)).body as Made;
  const plan = (await as('lee', whose.patient, 'post', '/approvals', press(made, input, made.id))).body;
  return target(whose, made, input, String(plan['id']));
}

async function beingWritten(whose: Whose, team: Team): Promise<Target> {
  const plan = await approved(whose, team);
  await team.as('lee', whose.patient, 'post', `/plans/${plan.id}/lease`, { holder: HOLDER });
  return plan;
}

export const CANDIDATE = { reference: 'DocumentReference/77', versionId: '1' };

/** Of things that are no recommendation. */
const bare = (whose: Whose, id: string): Target => target(whose, { id, revision: 0, working: {} }, {});

const person = (subject: string) => ({ subject, fhirUser: `Practitioner/${subject}`, name: `Dr. ${subject}` });
let people = 0;

const delegated = async ({ as }: Team, kind: string, delegate: string, clinician: string): Promise<string> => {
  const given = { kind, delegate: person(delegate), clinician: person(clinician), reason: 'For the test', until: null };
  return String((await as('admin', null, 'post', '/delegations', given)).body['id']);
};

async function handedOver(whose: Whose, team: Team): Promise<Target> {
  const { id, input } = await begun('nurse', whose, team);
  const handed = await team.as('nurse', whose.patient, 'post', `/recommendations/${id}/pend`, { for: 'lee' });
  return target(whose, handed.body as Made, input);
}

const granted: Maker = async (whose, { as }) => {
  const subject = `person-${whose.place}-${(people += 1)}`;
  await as('admin', null, 'put', `/grants/${subject}`, { fhirUser: `Practitioner/${subject}`, roles: ['lead'], reason: 'For the test' });
  return bare(whose, subject);
};

const MAKERS: Record<About, Maker> = {
  'a draft': (whose, team) => begun('lee', whose, team),
  prepared: (whose, team) => begun('nurse', whose, team),
  'handed over': (whose, team) => handedOver(whose, team),
  'a plan': (whose, team) => approved(whose, team),
  'a plan being written': (whose, team) => beingWritten(whose, team),
  'a plan with a doubt': async (whose, team) => {
    const plan = await beingWritten(whose, team);
    const path = `/plans/${plan.id}/steps/DocumentReference`;
    await team.as('lee', whose.patient, 'post', `${path}/attempt`, { holder: HOLDER });
    const candidates = [{ ...CANDIDATE, filedAt: null, author: null }];
    await team.as('lee', whose.patient, 'post', path, { holder: HOLDER, outcome: { status: 'unsure', detail: 'No mark', candidates } });
    return plan;
  },
  'a plan done by hand': (whose, team) => approved(whose, team, { ...inputOf(whose), writeBack: writeBackOf([], 'with-version') }),
  'an exception': async (whose, { as }) => {
    const input = inputOf(whose, { match: { place: { zip: '59301' } } });
    const made = (await as('lee', whose.patient, 'post', '/recommendations', input)).body as Made;
    return target(whose, made, input, `none-in-network-${made.id}`);
  },
  'a signature waited for': async (whose, team, { store, [whose.place]: { site } }) => {
    const { made, input, referralId } = await handedOver(whose, team);
    const waiting = await store.transaction(scopeOf(site), (unit) =>
      unit.obligations.list({ status: 'open', kind: 'to-sign', referralId: String(referralId) }),
    );
    return target(whose, made, input, String(waiting[0]?.id));
  },
  'a grant': granted,
  'a grant to change': granted,
  'a delegation': async (whose, team) => bare(whose, await delegated(team, 'covers', `person-${(people += 1)}`, `person-${(people += 1)}`)),
  'the author': async (whose, team) => {
    if (whose.place === 'here') return bare(whose, 'lee');
    const clinician = `person-${whose.place}-${(people += 1)}`;
    await delegated(team, 'prepares-for', 'nurse', clinician);
    return bare(whose, clinician);
  },
};

/** Each is made at a moment of its own, and its id is that of nothing at another place. */
export function openTargets(worlds: Worlds, teams: Record<PlaceName, Team>): Targets {
  const kept = new Map<string, Promise<Target>>();
  let count = 0;
  const make: Targets['make'] = (about, whose) => {
    count += 1;
    worlds.clock.now = new Date(worlds.clock.now.getTime() + 1);
    return MAKERS[about](whose, teams[whose.place], worlds);
  };
  return {
    make,
    kept: (about, whose) => {
      const key = JSON.stringify([about, whose]);
      const found = kept.get(key) ?? make(about, whose);
      kept.set(key, found);
      return found;
    },
    made: () => count,
  };
}

/** An order of this patient with the id of another's. */
export const orderWithIdOf = ({ input }: Target, whose: Whose): Body =>
  order({ id: (input['order'] as Body)['id'], subject: { reference: `Patient/${whose.patient}` } });
