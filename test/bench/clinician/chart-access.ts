/** Reads the charts as they are, by an access of the bench's own, after the clinicians have gone. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chart, openChart } from '../../writeback/chart.ts';

export type ChartAccess = {
  /** For `npm start`: registers it with the sandbox. */
  env: Record<string, string>;
  at: (ehr: string) => Chart;
};

/** A backend service that may read everything and write nothing. */
export function makeChartAccess(folder: string): ChartAccess {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const file = join(folder, 'clients.json');
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'truth' };
  writeFileSync(file, JSON.stringify({ clients: [{ clientId: 'truth', jwks: { keys: [jwk] }, scopes: 'system/*.rs' }] }));
  const truthKey = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'truth' });
  return { env: { REFLOOP_EHR_CLIENTS: file }, at: (ehr) => openChart({ ehr, truthKey, now: () => new Date() }) };
}
