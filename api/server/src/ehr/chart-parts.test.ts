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
const reports = { type: 'DiagnosticReport', words: 'Reports', path: 'reports', plainPath: 'reports' };

/** An EHR that answers these addresses; a number is the status it refuses with. */
async function read(answers: Record<string, Resource | number>, of = site, mayCome = true, searches = [search]) {
  const get: EhrPort['get'] = async (path) => {
    const answer = answers[path];
    if (typeof answer === 'number') return refuse({ kind: 'http', status: answer, detail: '' });
    return answer ? ok(answer) : refuse({ kind: 'no-answer', detail: 'silent' });
  };
  const access = (async () =>
    mayCome ? { ok: true, ehr: { base: of.iss, get } } : { ok: false, why: 'it refused' }) as unknown as OwnAccess;
  const scope = { tenant: of.tenant, issuer: of.iss, site: of.name };
  const found = await chartPartsNow({ sites: [of], access })(scope, 'p1', searches);
  return found?.kind === 'read' ? { ids: found.resources.map(({ id }) => id), types: found.types, unread: found.unread } : found;
}

test.each<[string, Parameters<typeof read>, Awaited<ReturnType<typeof read>>]>([
  [
    'all pages',
    [{ narrow: page([result('a')], 'more'), more: page([result('b')]) }],
    { ids: ['a', 'b'], types: ['Observation'], unread: [] },
  ],
  [
    'nothing of another patient, nor of another type',
    [{ narrow: page([result('a'), result('b', 'p2'), { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/p1' } }]) }],
    { ids: ['a'], types: ['Observation'], unread: [] },
  ],
  [
    'the plain search where the narrow one is refused',
    [{ narrow: 400, plain: page([result('a')]) }],
    { ids: ['a'], types: ['Observation'], unread: [] },
  ],
  [
    'in words what it may not read',
    [{ narrow: 403 }],
    { kind: 'failed', why: ['Results could not be read: the EHR did not allow it.'], away: false },
  ],
  ['in words what is silent', [{}], { kind: 'failed', why: ['Results could not be read: the EHR did not answer.'], away: true }],
  ...[429, 503].map((status): [string, Parameters<typeof read>, Awaited<ReturnType<typeof read>>] => [
    `that it has no time now (${status})`,
    [{ narrow: status }],
    { kind: 'failed', why: ['Results could not be read: the EHR did not answer.'], away: true },
  ]),
  [
    'that it answers, if only with a refusal',
    [{ reports: 404 }, site, true, [search, reports]],
    {
      kind: 'failed',
      why: ['Results could not be read: the EHR did not answer.', 'Reports could not be read: the EHR did not answer.'],
      away: false,
    },
  ],
  [
    'which types were read, beside one that was not',
    [{ narrow: page([]), reports: 403 }, site, true, [search, reports]],
    { ids: [], types: ['Observation'], unread: ['Reports could not be read: the EHR did not allow it.'] },
  ],
  [
    'what breaks off, said to be a part',
    [{ narrow: page([result('a')], 'gone') }],
    { ids: ['a'], types: ['Observation'], unread: ['Results were read in part.'] },
  ],
  [
    'no pages without end',
    [{ narrow: page([result('a')], 'narrow') }],
    { ids: Array.from({ length: 10 }, () => 'a'), types: ['Observation'], unread: ['Results were read in part.'] },
  ],
  [
    'that it was not let in, however much was to be read',
    [{}, site, false, [search, reports]],
    { kind: 'failed', why: ['The chart could not be read: it refused.'], away: true },
  ],
  ['none where the site does not want it', [{ narrow: page([]) }, { ...site, system: system(false) }], undefined],
])('%s', async (_, given, expected) => expect(await read(...given)).toEqual(expected));
