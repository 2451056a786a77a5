/** For tests: the same clinic of people at each place, and who of them asks in which column of the table. */
import { ROLES, type Role } from '../client/session.ts';
import type { Answer, PlaceName, SessionOf, World, Worlds } from './test-worlds.ts';

/** Each with these roles alone; a clinician without a grant is one by the word of the EHR. */
const GRANTED: Record<string, readonly Role[]> = {
  nurse: ['preparer'],
  tran: ['preparer'],
  coordinator: ['coordinator'],
  lead: ['lead'],
  admin: ['admin'],
  everything: ROLES,
  gone: ROLES,
};

/** Of a place: those who make what others ask for. */
export type Team = {
  /** Asks as one of the team, in the chart of the patient; whatever comes of it must be good. */
  as: (subject: string, patient: string | null, method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Ids of the delegations of `covering` and `ended`. */
  covers: { covering: string; ended: string };
};

const person = (subject: string) => ({ subject, fhirUser: `Practitioner/${subject}`, name: `Dr. ${subject}` });

/** How long `run-out` covers for the author, in seconds. */
const COVERS_FOR_SECONDS = 60;

async function openTeam(world: World, now: Date): Promise<Team> {
  const tokens = new Map<string, string>();
  for (const [subject, roles] of Object.entries(GRANTED)) await world.grant(subject, roles);
  const as: Team['as'] = async (subject, patient, method, path, body) => {
    const key = `${subject} ${patient}`;
    const token = tokens.get(key) ?? (await world.session({ subject, patient }));
    tokens.set(key, token);
    const answer = await world.call(method, path, token, body);
    if (answer.status >= 300) throw new Error(`${world.name}: ${method} ${path} by ${subject}: ${answer.text}`);
    return answer;
  };
  const name = async (kind: 'covers' | 'prepares-for', delegate: string, until: Date | null = null): Promise<string> => {
    const given = { kind, delegate: person(delegate), clinician: person('lee'), reason: 'Team of the clinic', until };
    return String((await as('admin', null, 'post', '/delegations', given)).body['id']);
  };
  await name('prepares-for', 'nurse');
  await name('covers', 'run-out', new Date(now.getTime() + COVERS_FOR_SECONDS * 1000));
  return { as, covers: { covering: await name('covers', 'covering'), ended: await name('covers', 'ended') } };
}

export const openTeams = async (worlds: Worlds): Promise<Record<PlaceName, Team>> => {
  const { now } = worlds.clock;
  const [here, there] = [await openTeam(worlds.here, now), await openTeam(worlds.there, now)];
  return { here, there, away: await openTeam(worlds.away, now), formerly: await openTeam(worlds.formerly, now) };
};

/** One who asks. `token` undefined: sends none. */
export type Caller = {
  column: string;
  name: string;
  subject: string;
  token: string | undefined;
  /** Another session of the same person in the same place. */
  again: () => Promise<string | undefined>;
};

/** Everybody of the table at `here`, in the chart of pat-1 unless their column says otherwise. */
export async function openCallers({ here, formerly, clock }: Worlds, team: Team): Promise<Caller[]> {
  const callers: Caller[] = [];
  const add = async (column: string, name: string, who: SessionOf): Promise<string> => {
    const token = await here.session(who);
    callers.push({ column, name, subject: who.subject, token, again: () => here.session(who) });
    return token;
  };
  const chart = 'pat-1';
  const strangers: Record<string, string | undefined> = {
    'without a token': undefined,
    'with a made-up token': 'A'.repeat(43),
    'from the time when this EHR belonged to another organisation': await formerly.session({ subject: 'everything', patient: chart }),
  };
  for (const [name, token] of Object.entries(strangers))
    callers.push({ column: 'nobody', name, subject: 'nobody', token, again: async () => token });
  const ended = await add('nobody', 'after signing out', { subject: 'everything', patient: chart });
  await here.call('delete', '/sessions/current', ended);
  const long = (minutes: number): Date => new Date(clock.now.getTime() - minutes * 60_000);
  await add('nobody', 'idle for 15 minutes', { subject: 'everything', patient: chart, lastActivity: long(15) });
  await add('nobody', 'past the longest life', { subject: 'everything', patient: chart, expiresAt: clock.now });

  for (const [column, subject] of Object.entries({
    author: 'lee',
    colleague: 'moss',
    covering: 'covering',
    'named preparer': 'nurse',
    'other preparer': 'tran',
  }))
    await add(column, column, { subject, patient: chart });
  for (const role of ['coordinator', 'lead', 'admin']) {
    await add(role, `${role} in a chart`, { subject: role, patient: chart });
    await add(role, `${role} outside of a chart`, { subject: role, patient: null });
  }
  await add('author, no chart', 'author, no chart', { subject: 'lee', patient: null });
  await add('named preparer, no chart', 'named preparer, no chart', { subject: 'nurse', patient: null });

  // Each of these could a moment ago.
  const gone = await add('access taken away', 'access taken away', { subject: 'gone', patient: chart });
  const tookAway = await add('covering ended', 'covering taken away', { subject: 'ended', patient: chart });
  const ranOut = await add('covering ended', 'covering run out', { subject: 'run-out', patient: chart });
  for (const token of [gone, tookAway, ranOut]) {
    const answer = await here.call('get', '/sessions/current', token);
    if (answer.status !== 200) throw new Error(answer.text);
  }
  await team.as('admin', null, 'put', '/grants/gone', { fhirUser: 'Practitioner/gone', roles: [], reason: 'Left the clinic' });
  await team.as('admin', null, 'post', `/delegations/${team.covers.ended}/end`, { reason: 'Back from leave' });
  clock.now = new Date(clock.now.getTime() + COVERS_FOR_SECONDS * 1000);
  return callers;
}
