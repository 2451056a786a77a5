import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { ok, refuse } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import { type Site, sandboxSite } from '../sites.ts';
import { chartPartsNow } from './chart-parts.ts';
import type { OwnAccess } from './system-access.ts';

const system = (reads: boolean) => ({ clientId: 'refloop-system', reads }) as unknown as NonNullable<Site['system']>;
const site: Site = { ...sandboxSite(4010), system: system(true) };
const result = (id: string, patient = 'p1'): Resource => ({
  resourceType: 'Observation',
  id,
  subject: { reference: `Patient/${patient}` },
});
const page = (entries: Resource[], next?: string): Resource => ({
  resourceType: 'Bundle',
  entry: entries.map((resource) => ({ resource })),
  ...(next === undefined ? {} : { link: [{ relation: 'next', url: next }] }),
});
const search = { type: 'Observation', words: 'Results', path: 'narrow', plainPath: 'plain' };

/** An EHR that answers these addresses; a number is the status it refuses with. */
async function read(answers: Record<string, Resource | number>, of = site, mayCome = true) {
  const get: EhrPort['get'] = async (path) => {
    const answer = answers[path];
    if (typeof answer === 'number') return refuse({ kind: 'http', status: answer, detail: '' });
    return answer ? ok(answer) : refuse({ kind: 'no-answer', detail: 'silent' });
  };
  const access = (async () =>
    mayCome ? { ok: true, ehr: { base: of.iss, get } } : { ok: false, why: 'it refused' }) as unknown as OwnAccess;
  const scope = { tenant: of.tenant, issuer: of.iss, site: of.name };
  const found = await chartPartsNow({ sites: [of], access })(scope, 'p1', [search]);
  return found && { ids: found.resources.map(({ id }) => id), unread: found.unread };
}

test.each<[string, Parameters<typeof read>, Awaited<ReturnType<typeof read>>]>([
  ['all pages', [{ narrow: page([result('a')], 'more'), more: page([result('b')]) }], { ids: ['a', 'b'], unread: [] }],
  [
    'nothing of another patient, nor of another type',
    [{ narrow: page([result('a'), result('b', 'p2'), { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/p1' } }]) }],
    { ids: ['a'], unread: [] },
  ],
  ['the plain search where the narrow one is refused', [{ narrow: 400, plain: page([result('a')]) }], { ids: ['a'], unread: [] }],
  ['in words what it may not read', [{ narrow: 403 }], { ids: [], unread: ['Results could not be read: the EHR did not allow it.'] }],
  ['in words what is silent', [{}], { ids: [], unread: ['Results could not be read: the EHR did not answer.'] }],
  ['what breaks off, said to be a part', [{ narrow: page([result('a')], 'gone') }], { ids: ['a'], unread: ['Results were read in part.'] }],
  [
    'no pages without end',
    [{ narrow: page([result('a')], 'narrow') }],
    { ids: Array.from({ length: 10 }, () => 'a'), unread: ['Results were read in part.'] },
  ],
  ['that it was not let in', [{}, site, false], { ids: [], unread: ['The chart could not be read: it refused.'] }],
  ['none where the site does not want it', [{ narrow: page([]) }, { ...site, system: system(false) }], undefined],
])('%s', async (_, given, expected) => expect(await read(...given)).toEqual(expected));
