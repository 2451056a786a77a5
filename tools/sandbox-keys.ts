/** Keys of the sandbox: made at the first start and kept in the state folder, readable by its owner alone. */
import { createPublicKey, generateKeyPairSync, type JsonWebKeyInput, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Refloop's own key at the sandbox EHR, and that of the sandbox's fax machine, which Refloop knows by its public half. */
export const SANDBOX_KEYS = { system: 'sandbox-system-key.json', fax: 'sandbox-fax-key.json' } as const;

function keptFile(file: string, make: () => object): string {
  if (existsSync(file)) return file;
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, JSON.stringify(make()), { mode: 0o600 });
  renameSync(partial, file);
  return file;
}

/** What lets Refloop in at the sandbox's gateway of text messages, and what signs what patients write there. @returns the path of both */
export const sandboxTexts = (stateFolder: string): string =>
  keptFile(join(stateFolder, 'sandbox-texts.json'), () => ({
    key: randomBytes(32).toString('base64url'),
    secret: randomBytes(32).toString('base64url'),
  }));

/** @returns the path of the private JWK */
export function sandboxKey(stateFolder: string, name: keyof typeof SANDBOX_KEYS): string {
  return keptFile(join(stateFolder, SANDBOX_KEYS[name]), () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    return { ...privateKey.export({ format: 'jwk' }), kid: `sandbox-${name}` };
  });
}

/** The public half as a JWK set. */
export function publicKeySet(file: string): string {
  const key = JSON.parse(readFileSync(file, 'utf8')) as JsonWebKeyInput['key'] & { kid: string };
  const { kid } = key;
  return JSON.stringify({
    keys: [{ ...createPublicKey({ key, format: 'jwk' }).export({ format: 'jwk' }), kid, alg: 'ES384', use: 'sig' }],
  });
}
