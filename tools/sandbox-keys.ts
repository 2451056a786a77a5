/** Keys of the sandbox: made at the first start and kept in the state folder, readable by its owner alone. */
import { createPublicKey, generateKeyPairSync, type JsonWebKeyInput } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Refloop's own key at the sandbox EHR, and that of the sandbox's fax machine, which Refloop knows by its public half. */
export const SANDBOX_KEYS = { system: 'sandbox-system-key.json', fax: 'sandbox-fax-key.json' } as const;

/** @returns the path of the private JWK */
export function sandboxKey(stateFolder: string, name: keyof typeof SANDBOX_KEYS): string {
  const file = join(stateFolder, SANDBOX_KEYS[name]);
  if (existsSync(file)) return file;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: `sandbox-${name}` }), { mode: 0o600 });
  renameSync(partial, file);
  return file;
}

/** The public half as a JWK set. */
export function publicKeySet(file: string): string {
  const key = JSON.parse(readFileSync(file, 'utf8')) as JsonWebKeyInput['key'] & { kid: string };
  const { kid } = key;
  return JSON.stringify({
    keys: [{ ...createPublicKey({ key, format: 'jwk' }).export({ format: 'jwk' }), kid, alg: 'ES384', use: 'sig' }],
  });
}
