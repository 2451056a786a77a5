/** Refloop's session routes as the process wires them, reading its sites from a REFLOOP_SITES file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '@refloop/server/app';
import type { Session } from '@refloop/server/client/session';
import { captureLog } from '@refloop/server/logging/test-log';
import { sessionRoutes } from '@refloop/server/routes/sessions';
import { contentSecurityPolicy } from '@refloop/server/security-headers';
import { createDiscovery } from '@refloop/server/sessions/discovery';
import { readSites, type Site } from '@refloop/server/sites';
import type { Store } from '@refloop/server/store/store';
import type { TokenResponse } from './authorization.ts';
import type { SiteEntry } from './foreign-ehr.ts';

/** Writes a sites file into a folder of its own; `remove` takes both away. */
export function writeSitesFile(sites: readonly SiteEntry[]): { file: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'refloop-sites-'));
  const file = join(folder, 'sites.json');
  writeFileSync(file, JSON.stringify({ sites }));
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export type Answer = { status: number; body: Record<string, unknown> };
export type Refloop = {
  sites: Site[];
  open: (iss: string, token: TokenResponse) => Promise<Answer>;
  current: (session: string) => Promise<Answer>;
  /** The policy of the pages once every EHR was looked up. */
  policy: () => Promise<string>;
};

/** @param entries as they stand in the file; a mistake in them throws with what Refloop says of it */
export function startRefloop(store: Store, entries: readonly SiteEntry[]): Refloop {
  const { file, remove } = writeSitesFile(entries);
  const read = readSites({ file, sandbox: [], production: false });
  remove();
  if (!read.ok) throw new Error(read.refusal.map(({ field, message, fix }) => `${field}: ${message}. ${fix ?? ''}`).join('\n'));
  const { sites } = read.value;
  const now = (): Date => new Date();
  const discovery = createDiscovery({ fetch, now, sites, production: false });
  const app = createApp({
    store,
    sites,
    now,
    idleSeconds: 900,
    production: false,
    tokenOrigins: discovery.tokenOrigins,
    beforePage: async () => undefined,
    log: captureLog().log,
    notReady: () => undefined,
    builtApp: undefined,
    routes: [...sessionRoutes({ store, sites, discovery, fetch, idleSeconds: 900, warnSeconds: 60 })],
  });
  const answerOf = async (response: Response): Promise<Answer> => {
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  };
  return {
    sites,
    open: async (iss, token) =>
      answerOf(
        await app.request('/sessions', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ iss, idToken: token.id_token, accessToken: token.access_token, patient: token.patient }),
        }),
      ),
    current: async (session) => answerOf(await app.request('/sessions/current', { headers: { authorization: `Bearer ${session}` } })),
    policy: async () => {
      await discovery.warm(2000);
      return contentSecurityPolicy(sites, 'nonce', discovery.tokenOrigins());
    },
  };
}

export const tokenOf = (answer: Answer): string => (answer.body as Session).token;
