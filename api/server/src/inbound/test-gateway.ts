/** For tests: a gateway with a key of its own. */
import { createHash } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Gateway } from '../sites.ts';

const pair = await generateKeyPair('ES384', { extractable: true });

export const TEST_GATEWAY: Gateway = { name: 'fax-server', jwks: { keys: [await exportJWK(pair.publicKey)] } };

let count = 0;

/** A ticket for this file at the site with this FHIR base, or for what `more` says instead. */
export async function gatewayToken(
  issuer: string,
  bytes: Uint8Array,
  now: Date,
  more: { by?: CryptoKey; sha256?: string; aud?: string; jti?: string } = {},
): Promise<string> {
  const at = Math.floor(now.getTime() / 1000);
  return new SignJWT({ sha256: more.sha256 ?? createHash('sha256').update(bytes).digest('hex') })
    .setProtectedHeader({ alg: 'ES384' })
    .setIssuer(TEST_GATEWAY.name)
    .setSubject(issuer)
    .setAudience(more.aud ?? '/inbound/documents')
    .setJti(more.jti ?? `message-${(count += 1)}`)
    .setIssuedAt(at)
    .setExpirationTime(at + 120)
    .sign(more.by ?? pair.privateKey);
}
