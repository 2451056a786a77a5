/** What an app can find out before anybody signs in: endpoints, keys, style. Readable from any origin. */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { AuthorizationServer } from '../auth/authorization-server.ts';
import { ASSERTION_ALGORITHMS } from '../auth/client-assertion.ts';
import { parseScopes } from '../auth/scopes.ts';
import type { SigningKey } from '../auth/signing-key.ts';
import type { Mode } from '../modes/modes.ts';
import { scopesListed } from '../modes/scopes.ts';

/** Bump with the content: apps keep a style by its URL (SMART 2.2, "Styling"). */
export const SMART_STYLE_PATH = '/smart-style/2.json';

/** The keys that calls of CDS services are signed with (CDS Hooks 2.0, the `jku` of a client). */
export const CDS_KEYS_PATH = '/cds/jwks';

/** The EHR's look, so that an app in its frame can follow. It names no typeface: what system-ui is differs from machine to machine. */
const SMART_STYLE = {
  color_background: '#ffffff',
  color_error: '#a4262c',
  color_highlight: '#1f5f8b',
  color_modal_backdrop: '#1b2733',
  color_success: '#2c6e49',
  color_text: '#1b2733',
  dim_border_radius: '4px',
  dim_font_size: '14px',
  dim_spacing_size: '16px',
};

/** Where the endpoints of a mode are; absolute, as SMART demands. The keys are the issuer's. */
export const endpointsOf = ({ issuer, mode }: { issuer: string; mode: Mode }) => ({
  authorization: `${issuer}${mode.prefix}/auth/authorize`,
  token: `${issuer}${mode.prefix}/auth/token`,
  introspection: `${issuer}${mode.prefix}/auth/introspect`,
  revocation: `${issuer}${mode.prefix}/auth/revoke`,
  jwks: `${issuer}/auth/jwks`,
});

const hasClient = (server: AuthorizationServer, kind: 'public' | 'symmetric' | 'asymmetric'): boolean =>
  server.clients.some((client) => client.authentication.kind === kind);

/** The grants of the token endpoint; the backend service's is there for clients that have a key. */
export const grantTypes = (server: AuthorizationServer): string[] => [
  'authorization_code',
  ...(server.mode.smart.grantsOnlineAccess || server.mode.smart.grantsOfflineAccess ? ['refresh_token'] : []),
  ...(hasClient(server, 'asymmetric') ? ['client_credentials'] : []),
];

const tokenAuthentication = (server: AuthorizationServer): string[] => [
  ...(hasClient(server, 'public') ? ['none'] : []),
  ...(hasClient(server, 'symmetric') ? ['client_secret_basic'] : []),
  ...(hasClient(server, 'asymmetric') ? ['private_key_jwt'] : []),
];

/** The algorithms of signed assertions, where some client signs one. */
const signingAlgorithms = (server: AuthorizationServer) =>
  hasClient(server, 'asymmetric') ? { token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS } : {};

/** Every scope some registered app may be granted; the plain words first. */
const scopesSupported = (server: AuthorizationServer): string[] => {
  const all = server.clients.flatMap((client) => client.scopes.split(' '));
  const plain = parseScopes(all.join(' ')).flatMap((scope) => (scope.kind === 'plain' ? [scope.name] : []));
  return scopesListed(server.mode, [...new Set([...plain, ...all])]);
};

/** The capabilities that this server really has (SMART 2.2, "Core Capabilities"). */
function capabilities(server: AuthorizationServer): string[] {
  const { smart } = server.mode;
  return [
    'launch-ehr',
    'launch-standalone',
    'authorize-post',
    ...(hasClient(server, 'public') ? ['client-public'] : []),
    ...(hasClient(server, 'symmetric') ? ['client-confidential-symmetric'] : []),
    ...(hasClient(server, 'asymmetric') ? ['client-confidential-asymmetric'] : []),
    'sso-openid-connect',
    'context-banner',
    'context-style',
    'context-ehr-patient',
    'context-ehr-encounter',
    'context-standalone-patient',
    ...(smart.grantsOfflineAccess ? ['permission-offline'] : []),
    ...(smart.grantsOnlineAccess ? ['permission-online'] : []),
    'permission-patient',
    'permission-user',
    ...(smart.takesVersion1Scopes ? ['permission-v1'] : []),
    'permission-v2',
  ];
}

function smartConfiguration(server: AuthorizationServer) {
  const endpoints = endpointsOf(server);
  return {
    issuer: server.issuer,
    jwks_uri: endpoints.jwks,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    token_endpoint_auth_methods_supported: tokenAuthentication(server),
    ...signingAlgorithms(server),
    introspection_endpoint: endpoints.introspection,
    revocation_endpoint: endpoints.revocation,
    grant_types_supported: grantTypes(server),
    response_types_supported: ['code'],
    scopes_supported: scopesSupported(server),
    code_challenge_methods_supported: ['S256'],
    capabilities: capabilities(server),
  };
}

/** OpenID Connect Discovery 1.0 §3. */
function openidConfiguration(server: AuthorizationServer) {
  const endpoints = endpointsOf(server);
  return {
    issuer: server.issuer,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    jwks_uri: endpoints.jwks,
    introspection_endpoint: endpoints.introspection,
    revocation_endpoint: endpoints.revocation,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: grantTypes(server),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: tokenAuthentication(server),
    ...signingAlgorithms(server),
    scopes_supported: scopesSupported(server),
    claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp', 'nonce', 'fhirUser'],
    code_challenge_methods_supported: ['S256'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  };
}

/** The first server is that of the issuer's own openid-configuration. */
export function discoveryRoutes(servers: readonly [AuthorizationServer, ...AuthorizationServer[]], cdsKey?: () => SigningKey): Hono {
  const routes = new Hono();
  const [first] = servers;
  const open = cors({ origin: '*', allowMethods: ['GET', 'HEAD', 'OPTIONS'] });
  for (const path of ['/.well-known/*', '/auth/jwks', '/smart-style/*']) routes.use(path, open);

  for (const server of servers) {
    const fhirPath = new URL(server.fhirBase).pathname;
    routes.use(`${fhirPath}/.well-known/*`, open);
    routes.get(`${fhirPath}/.well-known/smart-configuration`, (context) => context.json(smartConfiguration(server)));
    // Some clients look beside the FHIR base instead of at the issuer; with one mode both find the same document.
    routes.get(`${fhirPath}/.well-known/openid-configuration`, (context) => context.json(openidConfiguration(server)));
  }
  routes.get('/.well-known/openid-configuration', (context) => context.json(openidConfiguration(first)));
  routes.get('/auth/jwks', (context) => {
    context.header('Cache-Control', 'public, max-age=3600');
    return context.json({ keys: [first.signingKey().publicJwk] });
  });
  if (cdsKey) {
    routes.get(CDS_KEYS_PATH, (context) => {
      context.header('Cache-Control', 'public, max-age=3600');
      return context.json({ keys: [cdsKey().publicJwk] });
    });
  }
  routes.get(SMART_STYLE_PATH, (context) => {
    context.header('Cache-Control', 'public, max-age=31536000, immutable');
    return context.json(SMART_STYLE);
  });
  return routes;
}
