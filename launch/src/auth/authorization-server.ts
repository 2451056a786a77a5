/**
 * The SMART authorization server as functions over the database: what the routes call and what the FHIR server asks.
 * It knows no HTTP beyond the words of the protocols.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type FaultName, faultAt } from '../modes/faults.ts';
import type { Mode } from '../modes/modes.ts';
import { negotiateIn, scopesNamed } from '../modes/scopes.ts';
import type { AuthorizeRequest } from './authorize-request.ts';
import type { RegisteredClient } from './clients.ts';
import { faultsOfClient } from './faults.ts';
import {
  createServiceGrant,
  type Grant,
  type IssuedTokens,
  issueAccessToken,
  issueCode,
  issueRefreshToken,
  OFFLINE_LIFETIME_SECONDS,
  ONLINE_LIFETIME_SECONDS,
  readRefreshToken,
  revokeGrant,
  useCode,
  useRefreshToken,
} from './grants.ts';
import type { LaunchContext } from './launches.ts';
import { useLaunch } from './launches.ts';
import { verifies } from './pkce.ts';
import { hasScope, normalizeScopes, scopesBeyond, withoutScopes } from './scopes.ts';
import type { SigningKey } from './signing-key.ts';
import { inTransaction } from './transaction.ts';
import { findUser, practitionerReference } from './users.ts';

/** SMART wants id_tokens that live five minutes at most. */
export const ID_TOKEN_LIFETIME_SECONDS = 300;

/** SMART wants tokens of backend services to live five minutes at most, and none to be renewed. */
export const SERVICE_TOKEN_LIFETIME_SECONDS = 300;

/** The authorization server of one mode. All modes share the issuer, the clients and the database. */
export type AuthorizationServer = {
  mode: Mode;
  pool: pg.Pool;
  clients: RegisteredClient[];
  /** The issuer of id_tokens, an absolute URL without a trailing slash. */
  issuer: string;
  /** The FHIR base of the mode, an absolute URL without a trailing slash. */
  fhirBase: string;
  smartStyleUrl: string;
  tenant: string;
  signingKey: () => SigningKey;
  /** The machine’s own clock, which nobody moves: by it sessions, launches, codes and tokens end, and what is signed is dated. */
  machineTime: () => Date;
  /** The clock of the practice: what its pages show as today. */
  now: () => Date;
};

/** RFC 6749 §5.2, with the HTTP status it comes with. */
export type TokenRefusal = {
  kind: 'refused';
  status: 400 | 401;
  error: 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unauthorized_client' | 'unsupported_grant_type' | 'invalid_scope';
  description: string;
};

export const refusal = (error: TokenRefusal['error'], description: string, status: 400 | 401 = 400): TokenRefusal => ({
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
  need_patient_banner?: boolean;
  smart_style_url?: string;
  intent?: string;
  /** CDS Hooks 2.0, Link.appContext: handed on as the card had it. */
  appContext?: string;
  tenant?: string;
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

const code = async (
  server: AuthorizationServer,
  request: AuthorizeRequest,
  context: Omit<LaunchContext, 'faults'> & { launchId?: string },
): Promise<string> =>
  issueCode(
    server.pool,
    { ...context, clientId: request.clientId, scope: scopesForContext(request.scope, context) },
    {
      redirectUri: request.redirectUri,
      codeChallenge: request.codeChallenge,
      ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    },
    server.machineTime(),
  );

/** Answers an EHR launch: the handle stands for the user, who opened the app in the chart. Undefined where the handle is no good. */
export async function authorizeLaunch(
  server: AuthorizationServer,
  request: AuthorizeRequest & { launch: string },
): Promise<string | undefined> {
  const context = await useLaunch(server.pool, request.launch, request.clientId, server.mode.name, server.machineTime());
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
    mode: server.mode.name,
    needPatientBanner: true,
  });

async function idToken(server: AuthorizationServer, grant: Grant, scope: string, nonce: string | undefined): Promise<string | undefined> {
  const user = grant.userId === undefined ? undefined : findUser(grant.userId);
  if (!user || !hasScope(scope, 'openid')) return undefined;
  const issuedAt = Math.floor(server.machineTime().getTime() / 1000);
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

/** What the launch was about, as the token response and introspection say it. */
export const launchContext = (grant: Grant): Pick<TokenResponse, 'patient' | 'encounter' | 'fhirContext' | 'intent' | 'appContext'> => ({
  ...(grant.patientId === undefined ? {} : { patient: grant.patientId }),
  ...(grant.encounterId === undefined ? {} : { encounter: grant.encounterId }),
  ...(grant.orderId === undefined ? {} : { fhirContext: [{ reference: `ServiceRequest/${grant.orderId}` }] }),
  ...(grant.intent === undefined ? {} : { intent: grant.intent }),
  ...(grant.appContext === undefined ? {} : { appContext: grant.appContext }),
});

const tokenResponse = (server: AuthorizationServer, grant: Grant, tokens: IssuedTokens, id: string | undefined): TokenResponse => ({
  access_token: tokens.accessToken,
  token_type: 'Bearer',
  expires_in: tokens.expiresIn,
  scope: scopesNamed(server.mode, tokens.scope),
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

/** How the faults of a launch are answered at the token endpoint (smart-launcher-v2 answers most as invalid_client). */
const FAULT_REFUSALS: Partial<Record<FaultName, TokenRefusal>> = {
  auth_invalid_client_secret: refusal('invalid_client', 'The client secret is wrong (a fault that was set for it).', 401),
  token_invalid_token: refusal('invalid_client', 'The token is invalid (a fault that was set for it).', 401),
  token_expired_registration_token: refusal('invalid_client', 'The registration token has expired (a fault that was set for it).', 401),
  token_invalid_jti: refusal('invalid_client', 'jti is invalid (a fault that was set for it).', 401),
  token_invalid_scope: refusal('invalid_scope', 'The scope is invalid (a fault that was set for it).'),
  token_expired_refresh_token: refusal('invalid_grant', 'refresh_token has expired (a fault that was set for it). Launch again.'),
};

function faultRefusal(step: 'exchange' | 'refresh', faults: readonly string[]): TokenRefusal | undefined {
  const fault = faultAt(step, faults);
  return fault && FAULT_REFUSALS[fault];
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
  const used = await useCode(server.pool, form.code, server.machineTime());
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
  if (used.grant.mode !== server.mode.name) return refusal('invalid_grant', 'code was issued by the endpoint of another FHIR base.');
  if (used.grant.clientId !== client.clientId) return refusal('invalid_grant', 'code was issued to another client.');
  if (used.redirectUri !== form.redirectUri) return refusal('invalid_grant', 'redirect_uri differs from the authorize request.');
  if (!verifies(form.codeVerifier, used.codeChallenge)) return refusal('invalid_grant', 'code_verifier does not match code_challenge.');
  const { grant } = used;
  const fault = faultRefusal('exchange', grant.faults);
  if (fault) return fault;
  const now = server.machineTime();
  const access = await issueAccessToken(server.pool, grant, grant.scope, now, server.mode.smart.accessTokenSeconds);
  const seconds = refreshLifetime(grant.scope);
  const tokens: IssuedTokens =
    seconds === undefined
      ? access
      : { ...access, refreshToken: await issueRefreshToken(server.pool, grant, now, new Date(now.getTime() + seconds * 1000)) };
  return { kind: 'issued', response: tokenResponse(server, grant, tokens, await idToken(server, grant, grant.scope, used.nonce)) };
}

/**
 * grant_type=refresh_token. The scope may shrink for this access token; the grant keeps what it was given. The answer brings the
 * next refresh token, which ends when the first would have. A token that comes twice was stolen or lost, and ends the whole
 * family (RFC 9700 §4.14.2).
 */
export async function refreshTokens(
  server: AuthorizationServer,
  client: RegisteredClient,
  form: { refreshToken?: string; scope?: string },
): Promise<TokenOutcome> {
  const { refreshToken } = form;
  if (refreshToken === undefined) return refusal('invalid_request', 'refresh_token is missing.');
  const now = server.machineTime();
  const found = await readRefreshToken(server.pool, refreshToken, client.clientId, now);
  if (!found || found.grant.mode !== server.mode.name) {
    return refusal('invalid_grant', 'refresh_token is unknown, expired, revoked, or belongs to another client. Launch again.');
  }
  const { grant } = found;
  const reused = async (): Promise<TokenRefusal> => {
    await revokeGrant(server.pool, grant.id, now);
    return refusal('invalid_grant', 'refresh_token was used before, so all tokens of its launch are revoked. Launch again.');
  };
  if (found.used) return reused();
  const fault = faultRefusal('refresh', grant.faults);
  if (fault) return fault;
  const beyond = form.scope === undefined ? [] : scopesBeyond(form.scope, grant.scope);
  if (beyond.length > 0) return refusal('invalid_scope', 'scope asks for more than was granted at launch; ask for a subset.');
  const scope = form.scope === undefined ? grant.scope : normalizeScopes(form.scope);
  const tokens = await inTransaction(server.pool, async (db): Promise<IssuedTokens | undefined> => {
    if (!(await useRefreshToken(db, refreshToken, now))) return undefined;
    const access = await issueAccessToken(db, grant, scope, now, server.mode.smart.accessTokenSeconds);
    return { ...access, refreshToken: await issueRefreshToken(db, grant, now, found.expiresAt) };
  });
  return tokens === undefined ? reused() : { kind: 'issued', response: tokenResponse(server, grant, tokens, undefined) };
}

/** grant_type=client_credentials: a backend service acts for itself, with scopes of level system alone. */
export async function issueServiceToken(
  server: AuthorizationServer,
  client: RegisteredClient,
  form: { scope?: string },
): Promise<TokenOutcome> {
  if (client.authentication.kind !== 'asymmetric') {
    return refusal('unauthorized_client', 'client_credentials is for clients that authenticate with a key (private_key_jwt).');
  }
  if (form.scope === undefined) return refusal('invalid_scope', 'scope is missing; ask for system scopes.');
  const scope = withoutScopes(negotiateIn(server.mode, form.scope, client.scopes), (one) => one.kind === 'plain' || one.level !== 'system');
  if (scope === '') return refusal('invalid_scope', 'None of the requested scopes is a system scope registered for this client.');
  const fault = faultRefusal('exchange', await faultsOfClient(server.pool, client.clientId, server.mode.name));
  if (fault) return fault;
  const now = server.machineTime();
  const grant = await createServiceGrant(server.pool, client.clientId, scope, server.mode.name, now);
  const tokens = await issueAccessToken(server.pool, grant, scope, now, SERVICE_TOKEN_LIFETIME_SECONDS);
  return {
    kind: 'issued',
    response: { access_token: tokens.accessToken, token_type: 'Bearer', expires_in: tokens.expiresIn, scope },
  };
}
