/**
 * Who may hand documents over: a gateway of the site (its fax server, its mailbox) that signs each one. The bearer is a JWT of the gateway's own
 * key, for this route, for five minutes, with the digest of the very file, so that it hands over this file and nothing else (RFC 7515, RFC 7519).
 */
import { createHash } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { problem, type Refusal } from '../problem.ts';
import { type Site, scopeOf } from '../sites.ts';
import type { Scope } from '../store/store.ts';

const LONGEST_MINUTES = 5;
const AUDIENCE = '/inbound/documents';

export type GatewayTicket = { scope: Scope; gateway: string; key: string; sha256: string };

const ALGORITHMS = ['ES384', 'ES256', 'RS384', 'RS256', 'PS256', 'EdDSA'];

const refused = (): Refusal =>
  problem('session-required', 'No gateway of a site here signed this. Sign a token with the key that stands in the site file.');

/** What the bearer says, where a gateway of a site signed it. */
export async function gatewayTicket(sites: readonly Site[], bearer: string, now: Date): Promise<GatewayTicket | undefined> {
  try {
    const { iss, sub } = decodeJwt(bearer);
    const site = sites.find((each) => each.iss === sub);
    const gateway = site?.gateways?.find(({ name }) => name === iss);
    if (!site || !gateway) return undefined;
    const { payload } = await jwtVerify(bearer, createLocalJWKSet(gateway.jwks), {
      audience: AUDIENCE,
      algorithms: ALGORITHMS,
      currentDate: now,
      maxTokenAge: `${LONGEST_MINUTES}m`,
      clockTolerance: 30,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    const { jti = '', sha256 } = payload;
    return typeof sha256 === 'string' ? { scope: scopeOf(site), gateway: gateway.name, key: `${gateway.name}/${jti}`, sha256 } : undefined;
  } catch {
    return undefined;
  }
}

export async function admitGateway(sites: readonly Site[], bearer: string, now: Date): Promise<Refusal | undefined> {
  return (await gatewayTicket(sites, bearer, now)) ? undefined : refused();
}

export const isSigned = ({ sha256 }: GatewayTicket, bytes: Uint8Array): boolean =>
  createHash('sha256').update(bytes).digest('hex') === sha256.toLowerCase();
