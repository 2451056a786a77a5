/** A look always comes to its end, however much has changed at one moment. */
import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { ok, refuse } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import { sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import type { Store } from '../../store/store.ts';
import { type CaptureDeps, createCapture } from './capture.ts';

const NOW = '2026-11-20T15:00:00.000Z';
/** More than a run reads, twice over, and all of it changed at one moment. */
const PAGES = 120;
const AT = '2026-11-20T14:59:00.000Z';
const EARLIER = '2026-11-20T14:58:00.000Z';

/** An EHR whose encounters are in so many pages; a link is good for one of them, until `forgets` were answered. Once it is asked too much, at `busyAt`. */
async function longLook({
  forgets = Number.POSITIVE_INFINITY,
  busyAt = -1,
  breaks = false,
  after = (page: number): number => page + 1,
} = {}) {
  const store = openMemoryStore({ newId: () => 'id' });
  const site = sandboxSite(4010, { clientId: 'x', key: {} as never, scopes: '', completes: false, tracks: true });
  await store.enrol(scopeOf(site));
  const read: number[] = [];
  let [forgot, wasBusy] = [false, false];
  let now = new Date(NOW);
  const get: EhrPort['get'] = async (path) => {
    const url = new URL(path, `${site.iss}/`);
    if (!url.pathname.endsWith('/Encounter')) return ok({ resourceType: 'Bundle' });
    const page = Number(url.searchParams.get('page') ?? 0);
    if (page > forgets && !forgot) {
      forgot = true;
      return refuse({ kind: 'http', status: 410, detail: '' });
    }
    if (page === busyAt && !wasBusy) {
      wasBusy = true;
      return refuse({ kind: 'http', status: 429, detail: '' });
    }
    read.push(page);
    const of = { id: `e${page}`, meta: { lastUpdated: page === 0 ? EARLIER : AT } };
    const encounter: Resource = {
      resourceType: 'Encounter',
      ...of,
      ...(page === 0 ? { basedOn: [{ reference: 'ServiceRequest/o1' }], subject: { reference: 'Patient/p1' } } : {}),
    };
    const next = after(page) < PAGES ? { link: [{ relation: 'next', url: `${site.iss}/Encounter?page=${after(page)}` }] } : {};
    return ok({ resourceType: 'Bundle', entry: [{ resource: encounter }], ...next });
  };
  const ehr = { base: site.iss, get, write: async () => refuse({ kind: 'http', status: 403, detail: '' }) };
  const access = (async () => ({ ok: true, ehr, conditionalCreate: () => false, may: () => false })) as unknown as CaptureDeps['access'];
  const failures: unknown[] = [];
  const failed = (error: unknown): void => void failures.push(error);
  // All that a look itself needs is its checkpoints.
  const broken: Store = {
    ...store,
    transaction: (scope, work) =>
      store.transaction(scope, (unit) =>
        work(
          new Proxy(unit, {
            get: (own, name) => {
              if (name !== 'capture') throw new Error('It cannot be taken.');
              return own.capture;
            },
          }),
        ),
      ),
  };
  const about = { now: () => now, version: 'test', failed, address: 'https://refloop.example.org' };
  const { run } = createCapture({ store: breaks ? broken : store, sites: [site], access, ...about });
  const checkpoint = () =>
    store.transaction(scopeOf(site), async ({ capture }) =>
      (await capture.checkpoints()).find(({ resourceType }) => resourceType === 'Encounter'),
    );
  const pass = (minutes: number): void => void (now = new Date(now.getTime() + minutes * 60_000));
  return { run, read, checkpoint, failures, pass };
}

test('what changed at one moment is read to its end, run by run, each page once', async () => {
  const { run, read, checkpoint } = await longLook();
  await run();
  expect([read.length, (await checkpoint())?.lookedAt], 'it goes on at once').toEqual([50, null]);
  for (let more = 0; more < 3; more += 1) await run();
  expect(read).toEqual(Array.from({ length: PAGES }, (_, at) => at));
  expect(await checkpoint()).toMatchObject({ since: AT, lookedAt: NOW, refused: null });
});

test('where the EHR no longer knows the link it begins again at the checkpoint, and comes to its end', async () => {
  const { run, read, checkpoint } = await longLook({ forgets: 60 });
  for (let more = 0; more < 5; more += 1) await run();
  expect(new Set(read).size).toBe(PAGES);
  expect(await checkpoint()).toMatchObject({ since: AT, lookedAt: NOW, refused: null });
});

test('what could not be taken at its beginning is read again at the next look, however far this one goes', async () => {
  const { run, read, checkpoint, failures } = await longLook({ breaks: true });
  for (let more = 0; more < 4; more += 1) await run();
  expect([read.length, failures.map(String)]).toEqual([PAGES, ['Error: It cannot be taken.']]);
  expect(await checkpoint()).toMatchObject({ since: EARLIER, lookedAt: NOW });
});

test('pages that lead in a circle are read once, which is told and put on record; the next look is made when it is due', async () => {
  const { run, read, checkpoint, failures } = await longLook({ after: (page) => (page === 70 ? 20 : page + 1) });
  for (let more = 0; more < 5; more += 1) await run();
  expect(read).toEqual(Array.from({ length: 71 }, (_, at) => at));
  expect(await checkpoint()).toMatchObject({ since: AT, lookedAt: NOW, refused: expect.stringContaining('lead back') });
  expect(failures.map(String)).toEqual([expect.stringContaining('Encounter was not read to its end')]);
});

test('pages that were read when the EHR had enough of us are read again, and are no circle', async () => {
  const { run, read, checkpoint, failures, pass } = await longLook({ busyAt: 70 });
  await run();
  await run();
  expect([read.length, (await checkpoint())?.lookedAt], 'the second run ended at its hiccup').toEqual([70, null]);
  for (let more = 0; more < 4; more += 1) {
    pass(10);
    await run();
  }
  expect(new Set(read).size).toBe(PAGES);
  expect(failures).toEqual([]);
});
