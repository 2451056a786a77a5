/** Public keys as a site file holds them. */
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';

export const JsonWebKeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1, 'A key set holds at least one key') });

/** Why a key cannot verify what an EHR signs or must not stand in this file; undefined where it can. */
export function publicKeyFault(key: Record<string, unknown>): string | undefined {
  if (key['kty'] !== 'RSA' && key['kty'] !== 'EC')
    return `A key of type ${JSON.stringify(key['kty'])}; only RSA and EC keys are taken here`;
  return key['d'] === undefined ? undefined : 'A private key, which only the EHR may hold';
}

/** A set of public keys written as JSON; undefined where it is none. */
export function readPublicKeys(text: string): JSONWebKeySet | undefined {
  try {
    const read = JsonWebKeySet.safeParse(JSON.parse(text));
    return read.success && read.data.keys.every((key) => publicKeyFault(key) === undefined) ? (read.data as JSONWebKeySet) : undefined;
  } catch {
    return undefined;
  }
}
