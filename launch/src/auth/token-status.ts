/** What a token that was issued says and opens now, and how its client ends it. */
import type { AccessContext } from '../fhir/access.ts';
import type { Soundness } from '../fhir/habits.ts';
import { SEARCH_LAG_MILLISECONDS } from '../modes/faults.ts';
import { scopesNamed } from '../modes/scopes.ts';
import { type AuthorizationServer, launchContext, refusal, type TokenRefusal, type TokenResponse } from './authorization-server.ts';
import type { RegisteredClient } from './clients.ts';
import { readAccessToken, revokeToken } from './grants.ts';
import { findUser, practitionerReference } from './users.ts';

/** RFC 7009. Undefined when done, or where there was nothing to do: an unknown token is as good as revoked. */
export async function revoke(
  server: AuthorizationServer,
  client: RegisteredClient,
  token: string | undefined,
): Promise<TokenRefusal | undefined> {
  if (token === undefined) return refusal('invalid_request', 'token is missing.');
  const revocation = await revokeToken(server.pool, token, client.clientId, server.machineTime());
  return revocation === 'of-another-client' ? refusal('unauthorized_client', 'token was issued to another client.') : undefined;
}

/** RFC 7662 §2.2 with SMART's additions. */
export type Introspection =
  | { active: false }
  | ({
      active: true;
      scope: string;
      client_id: string;
      token_type: 'Bearer';
      exp: number;
      iat: number;
      aud: string;
      iss: string;
      sub: string;
      fhirUser?: string;
    } & Pick<TokenResponse, 'patient' | 'encounter' | 'fhirContext' | 'intent' | 'appContext'>);

/** What a token of this client and mode says now. Any other is inactive to it. */
export async function introspect(server: AuthorizationServer, token: string, clientId: string): Promise<Introspection> {
  const facts = await readAccessToken(server.pool, token, server.machineTime());
  if (!facts || facts.grant.clientId !== clientId || facts.grant.mode !== server.mode.name) return { active: false };
  const user = facts.grant.userId === undefined ? undefined : findUser(facts.grant.userId);
  if (!user && facts.grant.userId !== undefined) return { active: false };
  return {
    active: true,
    scope: scopesNamed(server.mode, facts.scope),
    client_id: facts.grant.clientId,
    token_type: 'Bearer',
    exp: Math.floor(facts.expiresAt.getTime() / 1000),
    iat: Math.floor(facts.issuedAt.getTime() / 1000),
    aud: server.fhirBase,
    iss: server.issuer,
    sub: user?.id ?? facts.grant.clientId,
    ...(user ? { fhirUser: `${server.fhirBase}/${practitionerReference(user)}` } : {}),
    ...launchContext(facts.grant),
  };
}

/** What the FHIR server of this mode asks about a bearer token: whom and what it stands for, or undefined. */
export async function accessContextOf(server: AuthorizationServer, token: string): Promise<AccessContext | undefined> {
  const facts = await readAccessToken(server.pool, token, server.machineTime());
  if (!facts || facts.grant.mode !== server.mode.name) return undefined;
  const { grant } = facts;
  if (grant.faults.includes('request_invalid_token') || grant.faults.includes('request_expired_token')) return undefined;
  const user = grant.userId === undefined ? undefined : findUser(grant.userId);
  if (!user && grant.userId !== undefined) return undefined;
  return {
    subject: user?.id ?? grant.clientId,
    fhirUser: user ? practitionerReference(user) : '',
    clientId: grant.clientId,
    scopes: facts.scope,
    ...(grant.patientId === undefined ? {} : { patient: grant.patientId }),
    ...(grant.encounterId === undefined ? {} : { encounter: grant.encounterId }),
    ...(grant.faults.length === 0 ? {} : { soundness: soundnessWith(grant.faults) }),
    ...(grant.faultsOwner === undefined || grant.faults.length === 0 ? {} : { faults: { owner: grant.faultsOwner, names: grant.faults } }),
    expiresAt: Math.floor(facts.expiresAt.getTime() / 1000),
  };
}

const soundnessWith = (faults: readonly string[]): Soundness => ({
  identifiersKept: !faults.includes('identifier_not_kept'),
  identifiersSearchable: !faults.includes('identifier_not_searchable'),
  taskInCompartment: !faults.includes('task_not_in_compartment'),
  contentKept: !faults.includes('content_rewritten'),
  searchLagMilliseconds: faults.includes('stale_search') ? SEARCH_LAG_MILLISECONDS : 0,
});
