/**
 * The SMART authorization server as functions over the database: what the routes call and what the FHIR server asks.
 * It knows no HTTP beyond the words of the protocols.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { AccessContext } from '../fhir/access.ts';
import type { AuthorizeRequest } from './authorize-request.ts';
import type { RegisteredClient } from './clients.ts';
import {
  type Grant,
  type IssuedTokens,
  issueCode,
  issueTokens,
  OFFLINE_LIFETIME_SECONDS,
  ONLINE_LIFETIME_SECONDS,
  readAccessToken,
  readRefreshToken,
  useCode,
} from './grants.ts';
import type { LaunchContext } from './launches.ts';
import { useLaunch } from './launches.ts';
import { verifies } from './pkce.ts';
import { hasScope, normalizeScopes, scopesBeyond, withoutScopes } from './scopes.ts';
import type { SigningKey } from './signing-key.ts';
import { findUser, practitionerReference } from './users.ts';

/** SMART wants id_tokens that live five minutes at most. */
export const ID_TOKEN_LIFETIME_SECONDS = 300;

export type AuthorizationServer = {
  pool: pg.Pool;
  clients: RegisteredClient[];
  /** The issuer of id_tokens, an absolute URL without a trailing slash. */
  issuer: string;
  /** The FHIR base of mode `full`, an absolute URL without a trailing slash. */
  fhirBase: string;
  smartStyleUrl: string;
  tenant: string;
  signingKey: () => SigningKey;
  now: () => Date;
};

/** RFC 6749 §5.2, with the HTTP status it comes with. */
export type TokenRefusal = {
  kind: 'refused';
  status: 400 | 401;
  error: 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unauthorized_client' | 'unsupported_grant_type' | 'invalid_scope';
  description: string;
};

const refusal = (error: TokenRefusal['error'], description: string, status: 400 | 401 = 400): TokenRefusal => ({
  kind: 'refused',
  status,
  error,
  description,
});

/** The body of a successful token response (RFC 6749 §5.1 with SMART's launch context). */
export type TokenResponse = {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  scope: string;
  refresh_token?: string;
  id_token?: string;
  patient?: string;
  encounter?: string;
  fhirContext?: { reference: string }[];
  need_patient_banner: boolean;
  smart_style_url: string;
  intent?: string;
  tenant: string;
};

export type TokenOutcome = { kind: 'issued'; response: TokenResponse } | TokenRefusal;

/** What of the negotiated scopes makes sense for a context: without a patient, no scope about one. */
function scopesForContext(scope: string, context: Pick<LaunchContext, 'patientId' | 'encounterId' | 'orderId'>): string {
  return withoutScopes(scope, (one) =>
    one.kind === 'clinical'
      ? one.level === 'patient' && context.patientId === undefined
      : (one.name === 'launch/patient' && context.patientId === undefined) ||
        (one.name === 'launch/encounter' && context.encounterId === undefined) ||
        (one.name === 'launch/servicerequest' && context.orderId === undefined),
  );
}

const code = async (server: AuthorizationServer, request: AuthorizeRequest, context: Omit<LaunchContext, 'mode'>): Promise<string> =>
  issueCode(
    server.pool,
    { ...context, clientId: request.clientId, scope: scopesForContext(request.scope, context) },
    {
      redirectUri: request.redirectUri,
      codeChallenge: request.codeChallenge,
      ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    },
    server.now(),
  );

/** Answers an EHR launch: the handle stands for the user, who opened the app in the chart. Undefined where the handle is no good. */
export async function authorizeLaunch(
  server: AuthorizationServer,
  request: AuthorizeRequest & { launch: string },
): Promise<string | undefined> {
  const context = await useLaunch(server.pool, request.launch, request.clientId, server.now());
  return context && code(server, request, context);
}

/** Answers a standalone launch, after the person signed in and, where asked for, picked a patient. */
export const authorizeStandalone = (
  server: AuthorizationServer,
  request: AuthorizeRequest,
  userId: string,
  patientId: string | undefined,
): Promise<string> =>
  code(server, request, {
    clientId: request.clientId,
    userId,
    ...(patientId === undefined ? {} : { patientId }),
    needPatientBanner: true,
  });

async function idToken(server: AuthorizationServer, grant: Grant, scope: string, nonce: string | undefined): Promise<string | undefined> {
  const user = findUser(grant.userId);
  if (!user || !hasScope(scope, 'openid')) return undefined;
  const issuedAt = Math.floor(server.now().getTime() / 1000);
  return server.signingKey().sign({
    iss: server.issuer,
    sub: user.id,
    aud: grant.clientId,
    iat: issuedAt,
    exp: issuedAt + ID_TOKEN_LIFETIME_SECONDS,
    // Two launches by one person within a second are two tokens: an app that takes each once must tell them apart.
    jti: randomUUID(),
    ...(nonce === undefined ? {} : { nonce }),
    ...(hasScope(scope, 'fhirUser') ? { fhirUser: `${server.fhirBase}/${practitionerReference(user)}` } : {}),
    ...(hasScope(scope, 'profile') ? { name: user.name, profile: `${server.fhirBase}/${practitionerReference(user)}` } : {}),
  });
}

const launchContext = (grant: Grant): Pick<TokenResponse, 'patient' | 'encounter' | 'fhirContext' | 'intent'> => ({
  ...(grant.patientId === undefined ? {} : { patient: grant.patientId }),
  ...(grant.encounterId === undefined ? {} : { encounter: grant.encounterId }),
  ...(grant.orderId === undefined ? {} : { fhirContext: [{ reference: `ServiceRequest/${grant.orderId}` }] }),
  ...(grant.intent === undefined ? {} : { intent: grant.intent }),
});

const tokenResponse = (server: AuthorizationServer, grant: Grant, tokens: IssuedTokens, id: string | undefined): TokenResponse => ({
  access_token: tokens.accessToken,
  token_type: 'Bearer',
  expires_in: tokens.expiresIn,
  scope: tokens.scope,
  ...(tokens.refreshToken === undefined ? {} : { refresh_token: tokens.refreshToken }),
  ...(id === undefined ? {} : { id_token: id }),
  ...launchContext(grant),
  need_patient_banner: grant.needPatientBanner,
  smart_style_url: server.smartStyleUrl,
  tenant: server.tenant,
});

/** Offline access outlives the session, online access does not, and without either there is no refresh token. */
function refreshLifetime(scope: string): number | undefined {
  if (hasScope(scope, 'offline_access')) return OFFLINE_LIFETIME_SECONDS;
  return hasScope(scope, 'online_access') ? ONLINE_LIFETIME_SECONDS : undefined;
}

/** grant_type=authorization_code. Each refusal says which parameter to correct, and none says what the right value is. */
export async function exchangeCode(
  server: AuthorizationServer,
  client: RegisteredClient,
  form: { code?: string; redirectUri?: string; codeVerifier?: string },
): Promise<TokenOutcome> {
  if (form.code === undefined) return refusal('invalid_request', 'code is missing.');
  if (form.redirectUri === undefined) return refusal('invalid_request', 'redirect_uri is missing; send the one of the authorize request.');
  if (form.codeVerifier === undefined) return refusal('invalid_request', 'code_verifier is missing; PKCE is required.');
  const used = await useCode(server.pool, form.code, server.now());
  switch (used.kind) {
    case 'unknown':
      return refusal('invalid_grant', 'code is not one of this server.');
    case 'expired':
      return refusal('invalid_grant', 'code has expired; it lives 60 seconds. Launch again.');
    case 'reused':
      return refusal('invalid_grant', 'code was used before, so the tokens it brought are revoked. Launch again.');
    case 'used':
      break;
  }
  if (used.grant.clientId !== client.clientId) return refusal('invalid_grant', 'code was issued to another client.');
  if (used.redirectUri !== form.redirectUri) return refusal('invalid_grant', 'redirect_uri differs from the authorize request.');
  if (!verifies(form.codeVerifier, used.codeChallenge)) return refusal('invalid_grant', 'code_verifier does not match code_challenge.');
  const { grant } = used;
  const tokens = await issueTokens(server.pool, grant, grant.scope, server.now(), refreshLifetime(grant.scope));
  return { kind: 'issued', response: tokenResponse(server, grant, tokens, await idToken(server, grant, grant.scope, used.nonce)) };
}

/** grant_type=refresh_token. The scope may shrink for this access token; the grant keeps what it was given. */
export async function refreshTokens(
  server: AuthorizationServer,
  client: RegisteredClient,
  form: { refreshToken?: string; scope?: string },
): Promise<TokenOutcome> {
  if (form.refreshToken === undefined) return refusal('invalid_request', 'refresh_token is missing.');
  const grant = await readRefreshToken(server.pool, form.refreshToken, client.clientId, server.now());
  if (!grant) return refusal('invalid_grant', 'refresh_token is unknown, expired, revoked, or belongs to another client. Launch again.');
  const beyond = form.scope === undefined ? [] : scopesBeyond(form.scope, grant.scope);
  if (beyond.length > 0) return refusal('invalid_scope', 'scope asks for more than was granted at launch; ask for a subset.');
  const scope = form.scope === undefined ? grant.scope : normalizeScopes(form.scope);
  const tokens = await issueTokens(server.pool, grant, scope, server.now(), undefined);
  return { kind: 'issued', response: tokenResponse(server, grant, tokens, undefined) };
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
      fhirUser: string;
    } & Pick<TokenResponse, 'patient' | 'encounter' | 'fhirContext' | 'intent'>);

/** What a token of this client says now. A token of another client is inactive to it. */
export async function introspect(server: AuthorizationServer, token: string, clientId: string): Promise<Introspection> {
  const facts = await readAccessToken(server.pool, token, server.now());
  const user = facts && findUser(facts.grant.userId);
  if (!facts || !user || facts.grant.clientId !== clientId) return { active: false };
  return {
    active: true,
    scope: facts.scope,
    client_id: facts.grant.clientId,
    token_type: 'Bearer',
    exp: Math.floor(facts.expiresAt.getTime() / 1000),
    iat: Math.floor(facts.issuedAt.getTime() / 1000),
    aud: server.fhirBase,
    iss: server.issuer,
    sub: user.id,
    fhirUser: `${server.fhirBase}/${practitionerReference(user)}`,
    ...launchContext(facts.grant),
  };
}

/** What the FHIR server asks about a bearer token: whom and what it stands for, or undefined. */
export async function accessContextOf(server: AuthorizationServer, token: string): Promise<AccessContext | undefined> {
  const facts = await readAccessToken(server.pool, token, server.now());
  const user = facts && findUser(facts.grant.userId);
  if (!facts || !user) return undefined;
  return {
    subject: user.id,
    fhirUser: practitionerReference(user),
    clientId: facts.grant.clientId,
    scopes: facts.scope,
    ...(facts.grant.patientId === undefined ? {} : { patient: facts.grant.patientId }),
    ...(facts.grant.encounterId === undefined ? {} : { encounter: facts.grant.encounterId }),
    expiresAt: Math.floor(facts.expiresAt.getTime() / 1000),
  };
}
