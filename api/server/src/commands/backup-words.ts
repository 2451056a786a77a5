/** What the commands about backups have in common: how they record themselves and sum up. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { ChainFound, Manifest } from '../backup/manifest.ts';
import type { Json, Store } from '../store/store.ts';
import { plural } from './console.ts';

/** Of Refloop. */
export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

export const totals = ({ tables }: Manifest): { rows: number; bytes: number } => ({
  rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
});

/** The audit chain as the end of a result's last line, and the exit code that goes with it. */
export const chainWords = (chain: ChainFound): { words: string; code: 0 | 1 } =>
  chain.status === 'whole'
    ? { words: `audit ${plural(chain.rows, 'row')}, head ${chain.head}, ok`, code: 0 }
    : { words: `audit: row ${chain.row}: ${chain.what}`, code: 1 };

/** In every site's audit log: the data of each was copied or replaced. */
export async function recordEverywhere(
  store: Store,
  command: string,
  action: 'backup.started' | 'backup.restored',
  payload: Json,
): Promise<void> {
  const actor = { subject: `${command}, by ${userInfo().username}`, fhirUser: null, sessionId: null };
  for (const scope of await store.scopes()) {
    await store.transaction(scope, (unit) =>
      unit.audit.append({ at: new Date().toISOString(), actor, action, purpose: 'HSYSADMIN', payload }),
    );
  }
}
