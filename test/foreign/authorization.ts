/**
 * The foreign EHR's authorization server: EHR launch, code with PKCE, id_token, introspection. It takes what SMART App Launch
 * 2.2 requires of an app and refuses the rest, so that a launch that works here was a right one.
 */
import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { Traits } from './traits.ts';

export const CLIENT_ID = 'refloop-at-foreign';
const USER = { id: 'dr-okafor', subject: 'login|7781', role: 'okafor-cardiology' };

export type Launch = { patient: string; order?: string };
export type Access = { patient: string; scopes: string[]; endsAt: number };
export type TokenResponse = { access_token: string; id_token?: string; patient?: string; scope?: string; [member: string]: unknown };

type Pending = { launch: Launch; challenge: string; redirectUri: string; scope: string };
export type Place = { base: string; issuer: string };

export type Authorization = {
  jwks: { keys: JWK[] };
  newLaunch: (launch: Launch) => string;
  registerRedirect: (uri: string) => void;
  access: (authorization: string | null) => Access | undefined;
  smartConfiguration: () => Record<string, unknown>;
  openidConfiguration: () => Record<string, unknown>;
  authorize: (parameters: URLSearchParams) => Response;
  token: (form: URLSearchParams) => Promise<Response>;
  introspect: (form: URLSearchParams, authorization: string | null) => Response;
  /** What `token` answers at the end of a launch; for tests that have no browser. */
  grant: (launch: Launch, scope: string, now: Date) => Promise<TokenResponse>;
};

const LIFE_SECONDS = 600;
const invalid = (error: string, description: string): Response =>
  Response.json({ error, error_description: description }, { status: 400, headers: { 'cache-control': 'no-store' } });

function fhirUserOf(kind: Traits['fhirUser'], base: string): string {
  const relative = { relative: `Practitioner/${USER.id}`, role: `PractitionerRole/${USER.role}`, patient: 'Patient/1' };
  if (kind === 'absolute') return `${base}/${relative.relative}`;
  return kind === 'role-absolute' ? `${base}/${relative.role}` : relative[kind];
}

export async function openAuthorization(traits: Traits, place: Place): Promise<Authorization> {
  const { base, issuer } = place;
  const { publicKey, privateKey } = await generateKeyPair(traits.algorithm, { extractable: true });
  const kid = randomUUID();
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: traits.algorithm }] };
  const launches = new Map<string, Launch>();
  const codes = new Map<string, Pending>();
  const accesses = new Map<string, Access>();
  const redirects = new Set<string>();

  const bearer = (authorization: string | null): Access | undefined => {
    const access = accesses.get(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '');
    return access && access.endsAt > Date.now() ? access : undefined;
  };

  async function grant(launch: Launch, asked: string, now: Date): Promise<TokenResponse> {
    const scope = traits.grants ?? asked;
    const accessToken = randomUUID();
    accesses.set(accessToken, { patient: launch.patient, scopes: scope.split(' '), endsAt: Date.now() + LIFE_SECONDS * 1000 });
    const seconds = Math.floor(now.getTime() / 1000);
    const idToken = await new SignJWT({ fhirUser: fhirUserOf(traits.fhirUser, base), jti: randomUUID() })
      .setProtectedHeader({ alg: traits.algorithm, kid })
      .setIssuer(issuer)
      .setAudience(CLIENT_ID)
      .setSubject(USER.subject)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 300)
      .sign(privateKey);
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      id_token: idToken,
      patient: launch.patient,
      ...(traits.token.scope ? { scope } : {}),
      ...(traits.token.expiresIn ? { expires_in: LIFE_SECONDS } : {}),
      ...(traits.token.needPatientBanner ? { need_patient_banner: false } : {}),
      ...(traits.token.fhirContext && launch.order ? { fhirContext: [{ reference: `ServiceRequest/${launch.order}` }] } : {}),
    };
  }

  function introspect(form: URLSearchParams, authorization: string | null): Response {
    const access = accesses.get(form.get('token') ?? '');
    if (traits.introspection === 'client-only' && !authorization?.startsWith('Basic ')) {
      return new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="clients"' } });
    }
    if (!access || traits.introspection === 'denies') return Response.json({ active: false });
    const told = { active: true, scope: access.scopes.join(' '), client_id: CLIENT_ID, exp: Math.floor(access.endsAt / 1000) };
    if (traits.introspection === 'without-patient') return Response.json(told);
    if (traits.introspection === 'nulls') return Response.json({ ...told, sub: null, patient: null, username: null });
    const patient = traits.introspection === 'another-patient' ? 'someone-else' : access.patient;
    return Response.json({ ...told, sub: USER.subject, patient });
  }

  function authorize(parameters: URLSearchParams): Response {
    const get = (name: string): string => parameters.get(name) ?? '';
    const launch = launches.get(get('launch'));
    if (!redirects.has(get('redirect_uri')) || get('client_id') !== CLIENT_ID) return new Response('Unknown app', { status: 400 });
    const back = new URL(get('redirect_uri'));
    back.searchParams.set('state', get('state'));
    const wrong =
      get('aud') !== base ||
      get('response_type') !== 'code' ||
      get('code_challenge_method') !== 'S256' ||
      get('state').length < 22 ||
      !get('scope').split(' ').includes('launch');
    if (wrong || !launch) {
      back.searchParams.set('error', launch ? 'invalid_request' : 'access_denied');
    } else {
      launches.delete(get('launch'));
      const code = randomUUID();
      codes.set(code, { launch, challenge: get('code_challenge'), redirectUri: get('redirect_uri'), scope: get('scope') });
      back.searchParams.set('code', code);
    }
    return new Response(null, { status: 302, headers: { location: back.href } });
  }

  async function token(form: URLSearchParams): Promise<Response> {
    const pending = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    if (form.get('grant_type') !== 'authorization_code') return invalid('unsupported_grant_type', 'Only codes are taken.');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!pending || pending.redirectUri !== form.get('redirect_uri') || pending.challenge !== challenge) {
      return invalid('invalid_grant', 'The code is not valid.');
    }
    if (form.get('client_id') !== CLIENT_ID) return invalid('invalid_client', 'Unknown app.');
    const answer = await grant(pending.launch, pending.scope, new Date());
    return Response.json(answer, { headers: { 'cache-control': 'no-store', pragma: 'no-cache' } });
  }

  return {
    jwks,
    newLaunch: (launch) => {
      const handle = randomUUID();
      launches.set(handle, launch);
      return handle;
    },
    registerRedirect: (uri) => void redirects.add(uri),
    access: bearer,
    smartConfiguration: () => ({
      ...(traits.smart.issuer ? { issuer } : {}),
      ...(traits.smart.jwksUri ? { jwks_uri: `${issuer}/keys` } : {}),
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      introspection_endpoint: traits.introspection === 'none' ? null : `${issuer}/introspect`,
      grant_types_supported: ['authorization_code'],
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      capabilities: ['launch-ehr', 'client-public', 'sso-openid-connect', 'context-ehr-patient', 'permission-patient', 'permission-user'],
    }),
    openidConfiguration: () => ({
      issuer,
      ...(traits.keysPublished ? { jwks_uri: `${issuer}/keys` } : {}),
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [traits.algorithm],
    }),
    authorize,
    token,
    introspect,
    grant,
  };
}
