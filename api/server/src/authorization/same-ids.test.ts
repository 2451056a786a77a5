/** Patient/1, order-1, a recommendation and a plan of the same id at four places: each place reads and changes its own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOLDER } from '../services/test-team.ts';
import { openTeams, type Team } from './test-people.ts';
import { difference, lowerRowSecurity, readState, watchTables } from './test-state.ts';
import { type About, CANDIDATE, familyOf, openTargets, press, type Target, type Whose } from './test-targets.ts';
import { openWorlds, PLACES, type PlaceName, type Worlds } from './test-worlds.ts';

const MADE = [
  'a draft',
  'prepared',
  'handed over',
  'a plan',
  'a plan being written',
  'a plan with a doubt',
  'a plan done by hand',
  'an exception',
  'a delegation',
] as const satisfies About[];
type Twins = Record<(typeof MADE)[number], Target>;

const patient = 'pat-1';
const whoseAt = (place: PlaceName): Whose => ({ place, patient });

describe.each([
  ['with row-level security', false],
  ['by the statements alone', true],
])('%s', (_name, lowered) => {
  let worlds: Worlds;
  let teams: Record<PlaceName, Team>;
  let twins: Record<PlaceName, Twins>;

  const twinsAt = async (place: PlaceName): Promise<Twins> => {
    const targets = openTargets(worlds, teams);
    worlds.countIds('twin');
    const made: Partial<Twins> = {};
    for (const about of MADE) made[about] = await targets.make(about, whoseAt(place), `order of ${about}`.replaceAll(' ', '-'));
    return made as Twins;
  };

  beforeAll(async () => {
    worlds = await openWorlds();
    await watchTables(worlds);
    teams = await openTeams(worlds);
    const [here, there] = [await twinsAt('here'), await twinsAt('there')];
    twins = { here, there, away: await twinsAt('away'), formerly: await twinsAt('formerly') };
    worlds.countIds('later');
    if (lowered) await lowerRowSecurity(worlds);
  });
  afterAll(() => worlds.close());

  test('the ids are the same everywhere', () => {
    const idsAt = (place: PlaceName) => MADE.map((about) => [about, twins[place][about].id, twins[place][about].referralId]);
    for (const place of PLACES) expect(idsAt(place)).toEqual(idsAt('here'));
    expect(new Set(MADE.map((about) => twins.here[about].id)).size).toBe(MADE.length);
  });

  test.each(PLACES)('%s reads its own', async (place) => {
    const { as } = teams[place];
    const at = (about: keyof Twins): string => twins[place][about].id;
    const read = async (subject: string, path: string, chart: string | null = patient) => (await as(subject, chart, 'get', path)).text;
    const told = [
      await read('lee', `/recommendations/${at('a draft')}`),
      await read('nurse', `/recommendations/${at('handed over')}`),
      await read('lee', `/plans/${at('a plan')}`),
      await read('lee', '/open-work'),
      await read('lee', '/work', null),
      await read('coordinator', '/exceptions', null),
      await read('admin', `/audit/recommendations/${at('a draft')}`, null),
      await read('admin', '/audit/recommendations?limit=100', null),
    ];
    const families = PLACES.map((each) => familyOf(whoseAt(each)));
    const found = families.filter((family) => told.some((text) => text.includes(family)));
    expect(found).toEqual([familyOf(whoseAt(place))]);
    expect(JSON.parse(told.at(-1) ?? '')).toMatchObject({ total: MADE.length - 1 });
  });

  test('what happens here changes nothing there', async () => {
    const before = await readState(worlds);
    const { as } = teams.here;
    const { here } = twins;
    const go = (subject: string, path: string, body: unknown, method = 'post') => as(subject, patient, method, path, body);
    const id = (about: keyof Twins): string => here[about].id;

    const draft = here['a draft'].made;
    await go('lee', `/recommendations/${draft.id}/working`, { revision: draft.revision, working: draft.working }, 'put');
    await go('lee', '/recommendations', { ...here['a draft'].input, replaces: draft.id });
    await go('nurse', `/recommendations/${id('prepared')}/pend`, { for: 'lee' });
    await go('nurse', `/recommendations/${id('prepared')}/pend`, undefined, 'delete');
    await go('nurse', `/recommendations/${id('prepared')}/pend`, { for: 'lee' });
    await go('lee', `/recommendations/${id('prepared')}/dismissal`, { reason: 'Seen last week' });
    const handed = here['handed over'];
    await go('covering', '/approvals', press(handed.made, handed.input, handed.id));

    await go('lee', `/plans/${id('a plan')}/lease`, { holder: HOLDER });
    await go('lee', `/plans/${id('a plan')}/lease/return`, { holder: HOLDER });
    await go('lee', `/plans/${id('a plan')}/withdrawal`, { reason: 'Placed by hand' });
    const written = `/plans/${id('a plan being written')}/steps/DocumentReference`;
    await go('lee', `${written}/attempt`, { holder: HOLDER });
    await go('lee', written, { holder: HOLDER, outcome: { status: 'done', reference: 'DocumentReference/1', versionId: '1' } });
    await go('lee', `/plans/${id('a plan with a doubt')}/steps/DocumentReference/judgement`, { ours: CANDIDATE });
    await go('lee', `/work/${id('a plan done by hand')}/settlement`, { note: 'Entered by hand' });
    await go('coordinator', `/exceptions/${id('an exception')}`, { what: 'take', note: '' });
    await go('coordinator', `/exceptions/${id('an exception')}`, { what: 'done', note: 'Arranged' });
    await go('admin', `/delegations/${id('a delegation')}/end`, { reason: 'Moved' });
    await go('admin', '/grants/nurse', { fhirUser: 'Practitioner/nurse', roles: [], reason: 'Left' }, 'put');
    await go('lee', '/sessions/current/activity', undefined);
    await go('lee', '/sessions/current', undefined, 'delete');

    const found = difference(worlds, before, await readState(worlds));
    expect([found.tables.elsewhere, found.audit.elsewhere]).toEqual([[], []]);
    expect(found.tables.here.length, 'and much here').toBeGreaterThan(8);
  });
});
