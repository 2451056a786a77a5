/** What an app can find out before anybody signs in: endpoints, keys, style. Readable from any origin. */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { AuthorizationServer } from '../auth/authorization-server.ts';
import { parseScopes } from '../auth/scopes.ts';

/** Bump with the content: apps keep a style by its URL (SMART 2.2, "Styling"). */
export const SMART_STYLE_PATH = '/smart-style/1.json';

/** The EHR's look, so that an app in its frame can follow. */
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
  font_family_body: 'system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
  font_family_heading: 'system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
};

/** Where this server's endpoints are; absolute, as SMART demands. */
export const endpointsOf = (issuer: string) => ({
  authorization: `${issuer}/auth/authorize`,
  token: `${issuer}/auth/token`,
  introspection: `${issuer}/auth/introspect`,
  jwks: `${issuer}/auth/jwks`,
});

const tokenAuthentication = (server: AuthorizationServer): string[] => [
  ...(server.clients.some((client) => client.authentication.kind === 'public') ? ['none'] : []),
  ...(server.clients.some((client) => client.authentication.kind === 'symmetric') ? ['client_secret_basic'] : []),
];

/** Every scope some registered app may be granted; the plain words first. */
const scopesSupported = (server: AuthorizationServer): string[] => {
  const all = server.clients.flatMap((client) => client.scopes.split(' '));
  const plain = parseScopes(all.join(' ')).flatMap((scope) => (scope.kind === 'plain' ? [scope.name] : []));
  return [...new Set([...plain, ...all])];
};

/** The capabilities that this server really has (SMART 2.2, "Core Capabilities"). */
function capabilities(server: AuthorizationServer): string[] {
  const kinds = new Set(server.clients.map((client) => client.authentication.kind));
  return [
    'launch-ehr',
    'launch-standalone',
    'authorize-post',
    ...(kinds.has('public') ? ['client-public'] : []),
    ...(kinds.has('symmetric') ? ['client-confidential-symmetric'] : []),
    'sso-openid-connect',
    'context-banner',
    'context-style',
    'context-ehr-patient',
    'context-ehr-encounter',
    'context-standalone-patient',
    'permission-offline',
    'permission-online',
    'permission-patient',
    'permission-user',
    'permission-v1',
    'permission-v2',
  ];
}

function smartConfiguration(server: AuthorizationServer) {
  const endpoints = endpointsOf(server.issuer);
  return {
    issuer: server.issuer,
    jwks_uri: endpoints.jwks,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    token_endpoint_auth_methods_supported: tokenAuthentication(server),
    introspection_endpoint: endpoints.introspection,
    grant_types_supported: ['authorization_code', 'refresh_token'],
    response_types_supported: ['code'],
    scopes_supported: scopesSupported(server),
    code_challenge_methods_supported: ['S256'],
    capabilities: capabilities(server),
  };
}

/** OpenID Connect Discovery 1.0 §3. */
function openidConfiguration(server: AuthorizationServer) {
  const endpoints = endpointsOf(server.issuer);
  return {
    issuer: server.issuer,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    jwks_uri: endpoints.jwks,
    introspection_endpoint: endpoints.introspection,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: tokenAuthentication(server),
    scopes_supported: scopesSupported(server),
    claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp', 'nonce', 'fhirUser'],
    code_challenge_methods_supported: ['S256'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
  };
}

export function discoveryRoutes(server: AuthorizationServer): Hono {
  const routes = new Hono();
  const fhirPath = new URL(server.fhirBase).pathname;
  const open = cors({ origin: '*', allowMethods: ['GET', 'HEAD', 'OPTIONS'] });
  for (const path of ['/.well-known/*', `${fhirPath}/.well-known/*`, '/auth/jwks', '/smart-style/*']) routes.use(path, open);

  routes.get(`${fhirPath}/.well-known/smart-configuration`, (context) => context.json(smartConfiguration(server)));
  // Some clients look beside the FHIR base instead of at the issuer; both find the same document.
  for (const path of ['/.well-known/openid-configuration', `${fhirPath}/.well-known/openid-configuration`]) {
    routes.get(path, (context) => context.json(openidConfiguration(server)));
  }
  routes.get('/auth/jwks', (context) => {
    context.header('Cache-Control', 'public, max-age=3600');
    return context.json({ keys: [server.signingKey().publicJwk] });
  });
  routes.get(SMART_STYLE_PATH, (context) => {
    context.header('Cache-Control', 'public, max-age=31536000, immutable');
    return context.json(SMART_STYLE);
  });
  return routes;
}
