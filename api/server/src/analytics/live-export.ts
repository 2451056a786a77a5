/** The Bulk export of an EHR that Refloop may ask: who signs in, what is asked for, and where the files lie. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { bulkHosts } from '../bulk/bulk-hosts.ts';
import { askBulk, type BulkDeps } from '../bulk/bulk-request.ts';
import { exportsOf } from '../bulk/export-folder.ts';
import { type BulkProgress, type FetchedExports, fetchExport } from '../bulk/fetch-export.ts';
import type { SystemKey } from '../ehr/system-key.ts';
import { createSystemTokens } from '../ehr/system-token.ts';
import { addressFault } from '../ehr-address.ts';
import { createDiscovery } from '../sessions/discovery.ts';
import type { Fetch } from '../sessions/ehr-request.ts';
import type { Site } from '../sites.ts';

/** Why an EHR cannot be asked, in words for whoever runs the import. */
export class NoAccess extends Error {}

export type LiveExportQuestion = {
  site: Site;
  group: string | null;
  /** Types that our views read. */
  types: readonly string[];
  since: string;
  /** Folder of the state; the exports lie in it. */
  stateFolder: string;
  /** Exact https origins at which its files may lie, besides the EHR. */
  fileOrigins: readonly string[];
  production: boolean;
};

/**
 * The EHR of a site entry, or one that whoever runs the import names together with their own client; nothing else is asked.
 * @param base the FHIR base, compared exactly with the entries
 */
export function siteToAsk(
  sites: readonly Site[],
  base: string,
  own: { clientId: string; key: SystemKey } | null,
  production: boolean,
): Site {
  const site = sites.find(({ iss }) => iss === base);
  if (!site && !own)
    throw new NoAccess(`${base} is the iss of no entry of REFLOOP_SITES. Add one with its system client, or give --client-id and --key.`);
  const fault = addressFault(base, production);
  if (fault !== undefined) throw new NoAccess(`${base} cannot be asked: ${fault}.`);
  const system = own ? { ...own, scopes: '', completes: false, tracks: false } : site?.system;
  if (!system) throw new NoAccess(`The entry of ${base} has no system client. Add one, or give --client-id and --key.`);
  if (site) return { ...site, system };
  return {
    tenant: 'imported',
    name: 'Imported',
    iss: base,
    clientId: system.clientId,
    scopes: '',
    issuer: undefined,
    jwks: undefined,
    embed: [],
    admins: [],
    system,
  };
}

const Statement = z.object({ rest: z.array(z.object({ resource: z.array(z.object({ type: z.string() })).default([]) })).default([]) });

/** Of the types that we read those that the EHR has: many refuse an export that names one they lack. All where it does not say. */
async function typesThere(deps: BulkDeps, base: string, types: readonly string[]): Promise<string[]> {
  const answer = await askBulk(deps, `${base}/metadata`);
  const statement = Statement.safeParse(await answer.json().catch(() => undefined));
  const there = new Set(statement.success ? statement.data.rest.flatMap(({ resource }) => resource.map(({ type }) => type)) : []);
  const both = types.filter((type) => there.has(type));
  return both.length === 0 ? [...types] : both;
}

/** Throws `NoAccess`, `BulkExportFailed`, or the reason of the signal. */
export async function fetchLiveExport(
  { site, group, types, since, stateFolder, fileOrigins, production }: LiveExportQuestion,
  tools: { fetch: Fetch; now: () => Date; signal?: AbortSignal; onProgress?: (progress: BulkProgress) => void },
): Promise<FetchedExports> {
  const { fetch, now, signal } = tools;
  const base = site.iss.replace(/\/$/, '');
  const scopes = types.map((type) => `system/${type}.rs`).join(' ');
  const asking: Site = site.system ? { ...site, system: { ...site.system, scopes } } : site;
  const open = () => createSystemTokens({ fetch, now, discovery: createDiscovery({ fetch, now, sites: [asking], production }) });
  let tokens = open();
  const deps: BulkDeps = {
    fetch,
    now,
    token: async (fresh) => {
      if (fresh) tokens = open();
      const token = await tokens(asking);
      if (!token.ok) throw new NoAccess(`Refloop could not sign in at the EHR: ${token.why}.`);
      return token.value.accessToken;
    },
    pause: async (milliseconds) => {
      await wait(milliseconds, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    },
    hosts: bulkHosts(base, fileOrigins),
    ...(signal ? { signal } : {}),
  };
  const onProgress = tools.onProgress;
  return fetchExport(deps, {
    base,
    group,
    types: await typesThere(deps, base, types),
    since,
    exports: exportsOf(stateFolder, base),
    ...(onProgress ? { onProgress } : {}),
  });
}
