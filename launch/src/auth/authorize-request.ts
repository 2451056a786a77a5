/**
 * The authorize request: what an app must say before anybody is asked anything.
 * See: https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-authorization-code and RFC 6749 §4.1.2.1
 */
import type { Mode } from '../modes/modes.ts';
import { negotiateIn } from '../modes/scopes.ts';
import type { RegisteredClient } from './clients.ts';
import { isChallenge } from './pkce.ts';
import { hasScope } from './scopes.ts';

export type AuthorizeRequest = {
  clientId: string;
  redirectUri: string;
  state: string;
  /** What of the requested scopes the registration allows. */
  scope: string;
  codeChallenge: string;
  /** The FHIR base the tokens are for. */
  audience: string;
  launch?: string;
  nonce?: string;
};

/** RFC 6749 §4.1.2.1 and, for `prompt=none`, OpenID Connect Core §3.1.2.6. */
export type AuthorizeError =
  | 'invalid_request'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'access_denied'
  | 'interaction_required'
  | 'request_not_supported'
  | 'request_uri_not_supported';

export type AuthorizeCheck =
  | { kind: 'accepted'; request: AuthorizeRequest }
  /** Shown on a page of this server: the redirect URI is not to be trusted. */
  | { kind: 'refused-here'; description: string }
  /** Sent back to the app. */
  | { kind: 'refused-to-app'; redirectUri: string; state: string | undefined; error: AuthorizeError; description: string };

/** Where the browser goes with the outcome: the redirect URI, whose own query is kept, plus these parameters. */
export function redirectTo(redirectUri: string, parameters: Record<string, string | undefined>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url.toString();
}

/** Judges a request to the endpoint of one mode. aud must equal its FHIR base to the letter, and its habits decide what is granted. */
export function checkAuthorizeRequest(
  parameters: URLSearchParams,
  { clients, fhirBase, mode }: { clients: RegisteredClient[]; fhirBase: string; mode: Mode },
): AuthorizeCheck {
  const only = (name: string): string | undefined => {
    const values = parameters.getAll(name);
    return values.length === 1 && values[0] !== '' ? values[0] : undefined;
  };
  const client = clients.find((one) => one.clientId === only('client_id'));
  if (!client) return { kind: 'refused-here', description: 'client_id must name one app that is registered here.' };
  const redirectUri = only('redirect_uri');
  if (redirectUri === undefined || !client.redirectUris.includes(redirectUri)) {
    return { kind: 'refused-here', description: `redirect_uri must be, to the letter, one registered for ${client.name}.` };
  }
  const state = only('state');
  const refuse = (error: AuthorizeError, description: string): AuthorizeCheck => ({
    kind: 'refused-to-app',
    redirectUri,
    state,
    error,
    description,
  });

  const repeated = [...new Set(parameters.keys())].find((name) => parameters.getAll(name).length > 1);
  if (repeated !== undefined) return refuse('invalid_request', 'A parameter is given more than once; give each once.');
  if (parameters.has('request')) return refuse('request_not_supported', 'Send the parameters themselves, not a request object.');
  if (parameters.has('request_uri')) return refuse('request_uri_not_supported', 'Send the parameters themselves, not request_uri.');
  if (only('response_type') === undefined) return refuse('invalid_request', 'response_type is missing; it must be code.');
  if (only('response_type') !== 'code') return refuse('unsupported_response_type', 'response_type must be code.');
  if ((only('response_mode') ?? 'query') !== 'query') return refuse('invalid_request', 'response_mode must be query.');
  if (state === undefined) return refuse('invalid_request', 'state is missing; send an unguessable value.');
  const audience = only('aud');
  if (audience !== fhirBase) {
    return refuse('invalid_request', 'aud must be the FHIR base URL of this server, to the letter.');
  }
  const codeChallenge = only('code_challenge');
  if (codeChallenge === undefined) return refuse('invalid_request', 'code_challenge is missing; PKCE with S256 is required.');
  if (only('code_challenge_method') !== 'S256') return refuse('invalid_request', 'code_challenge_method must be S256.');
  if (!isChallenge(codeChallenge)) return refuse('invalid_request', 'code_challenge must be a base64url SHA-256, 43 characters.');

  const requested = only('scope');
  if (requested === undefined) return refuse('invalid_scope', 'scope is missing.');
  const scope = negotiateIn(mode, requested, client.scopes);
  if (scope === '') return refuse('invalid_scope', 'None of the requested scopes is registered for this app.');
  const launch = only('launch');
  if (launch !== undefined && !hasScope(scope, 'launch'))
    return refuse('invalid_scope', 'A request with launch must ask for the scope launch.');
  if (launch === undefined && hasScope(scope, 'launch')) {
    return refuse(
      'invalid_request',
      'The scope launch needs the parameter launch, as the EHR gave it; without one ask for launch/patient.',
    );
  }
  if (launch === undefined && only('prompt') === 'none') {
    return refuse('interaction_required', 'A standalone launch asks who signs in, so prompt=none cannot work.');
  }
  const nonce = only('nonce');
  return {
    kind: 'accepted',
    request: {
      clientId: client.clientId,
      redirectUri,
      state,
      scope,
      codeChallenge,
      audience,
      ...(launch === undefined ? {} : { launch }),
      ...(nonce === undefined ? {} : { nonce }),
    },
  };
}
