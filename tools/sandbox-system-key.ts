/** Refloop's own key at the sandbox EHR: made at the first start and kept in the state folder, readable by its owner alone. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns the path of the private JWK */
export function sandboxSystemKey(stateFolder: string): string {
  const file = join(stateFolder, 'sandbox-system-key.json');
  if (existsSync(file)) return file;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'sandbox-system' }), { mode: 0o600 });
  renameSync(partial, file);
  return file;
}
