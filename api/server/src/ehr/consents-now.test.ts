import type { EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { ok, refuse } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import { type Site, sandboxSite } from '../sites.ts';
import { consentsNow } from './consents-now.ts';
import type { OwnAccess } from './system-access.ts';

// What signs Refloop in is the business of the access, which this test stands in for.
const site: Site = { ...sandboxSite(4010), system: { clientId: 'refloop-system' } as unknown as NonNullable<Site['system']> };
const scope = { tenant: site.tenant, issuer: site.iss, site: site.name };
const consent = (id: string): Resource => ({ resourceType: 'Consent', id, status: 'active' });
const page = (ids: string[], next?: string): Resource => ({
  resourceType: 'Bundle',
  entry: ids.map((id) => ({ resource: consent(id) })),
  ...(next === undefined ? {} : { link: [{ relation: 'next', url: next }] }),
});

/** An EHR that answers these addresses, and no other. */
const read = async (pages: Record<string, Resource>, sites = [site], mayCome = true) => {
  const get: EhrPort['get'] = async (path) => {
    const found = pages[path];
    return found ? ok(found) : refuse({ kind: 'no-answer', detail: 'silent' });
  };
  const access = (async () =>
    mayCome
      ? { ok: true, ehr: { base: site.iss, get }, conditionalCreate: () => false, may: () => false }
      : { ok: false, why: 'no' }) as unknown;
  return (await consentsNow({ sites, access: access as OwnAccess })(scope, 'p/1')).map(({ id }) => id);
};

const FIRST = 'Consent?patient=p%2F1&status=active&_count=100';

test('all that are active, page by page', async () => {
  expect(await read({ [FIRST]: page(['a', 'b'], 'next'), next: page(['c']) })).toEqual(['a', 'b', 'c']);
});

test.each<[string, Parameters<typeof read>]>([
  ['the EHR does not answer', [{}]],
  ['it answers one page of two', [{ [FIRST]: page(['a'], 'next') }]],
  ['its pages do not end', [{ [FIRST]: page(['a'], FIRST) }]],
  ['it answers something else', [{ [FIRST]: { resourceType: 'OperationOutcome' } }]],
  ['it does not let Refloop in', [{ [FIRST]: page(['a']) }, [site], false]],
  ['the site gives Refloop no access of its own', [{ [FIRST]: page(['a']) }, [sandboxSite(4010)]]],
])('none where %s', async (_, given) => expect(await read(...given)).toEqual([]));
