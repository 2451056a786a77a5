/** The token, revocation and introspection endpoints of one mode. Errors in the shape of RFC 6749 §5.2, nothing cached, readable by registered apps. */
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import {
  type AuthorizationServer,
  exchangeCode,
  issueServiceToken,
  refreshTokens,
  type TokenOutcome,
} from '../auth/authorization-server.ts';
import { authenticateByAssertion } from '../auth/client-assertion.ts';
import { authenticateClient, type ClientAuthentication, registeredOrigins } from '../auth/clients.ts';
import { readAccessToken } from '../auth/grants.ts';
import { introspect, revoke } from '../auth/token-status.ts';
import { endpointsOf, grantTypes } from './discovery.ts';

type Form = { kind: 'form'; only: (name: string) => string | undefined } | { kind: 'refused'; description: string };

/** A form of which each parameter stands once; an empty one counts as absent (RFC 6749 §3.2). */
async function readForm(context: Context): Promise<Form> {
  const type = (context.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    return { kind: 'refused', description: 'Content-Type must be application/x-www-form-urlencoded.' };
  }
  const parameters = new URLSearchParams(await context.req.text());
  const repeated = [...new Set(parameters.keys())].some((name) => parameters.getAll(name).length > 1);
  if (repeated) return { kind: 'refused', description: 'A parameter is given more than once; give each once.' };
  return { kind: 'form', only: (name) => parameters.get(name) || undefined };
}

/** The members whose value is known: an absent form field is no member. */
function present<Name extends string>(fields: Record<Name, string | undefined>): { [Key in Name]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [Key in Name]?: string };
}

function refuse(context: Context, status: ContentfulStatusCode, error: string, description: string): Response {
  if (status === 401) context.header('WWW-Authenticate', 'Basic realm="Sandbox EHR"');
  return context.json({ error, error_description: description }, status);
}

type OnlyParameter = (name: string) => string | undefined;

/** Who calls: by a signed assertion where one is sent, else by secret or by name. At every endpoint aud is the token URL. */
async function callerOf(server: AuthorizationServer, context: Context, only: OnlyParameter): Promise<ClientAuthentication> {
  const [authorization, assertion, type] = [context.req.header('authorization'), only('client_assertion'), only('client_assertion_type')];
  const clientIdInForm = only('client_id');
  if (assertion === undefined && type === undefined) return authenticateClient(server.clients, authorization, clientIdInForm);
  if (authorization !== undefined) {
    return { kind: 'refused', description: 'The client authenticates in two ways; send either client_assertion or Authorization.' };
  }
  return authenticateByAssertion(server, endpointsOf(server).token, { assertion, type, clientIdInForm });
}

async function tokensFor(
  server: AuthorizationServer,
  grantType: string,
  caller: ClientAuthentication & { kind: 'client' },
  only: OnlyParameter,
): Promise<TokenOutcome> {
  switch (grantType) {
    case 'authorization_code':
      return exchangeCode(
        server,
        caller.client,
        present({ code: only('code'), redirectUri: only('redirect_uri'), codeVerifier: only('code_verifier') }),
      );
    case 'refresh_token':
      return refreshTokens(server, caller.client, present({ refreshToken: only('refresh_token'), scope: only('scope') }));
    default:
      return issueServiceToken(server, caller.client, present({ scope: only('scope') }));
  }
}

export function tokenRoutes(server: AuthorizationServer): Hono {
  const routes = new Hono();
  const registered = cors({
    origin: registeredOrigins(server.clients),
    allowMethods: ['POST', 'OPTIONS'],
    allowHeaders: ['Authorization', 'Content-Type', 'Accept'],
    maxAge: 600,
  });
  for (const path of ['/auth/token', '/auth/revoke', '/auth/introspect']) {
    routes.use(path, registered);
    routes.use(path, async (context, next) => {
      await next();
      context.header('Cache-Control', 'no-store');
      context.header('Pragma', 'no-cache');
    });
  }

  routes.post('/auth/token', async (context) => {
    const form = await readForm(context);
    if (form.kind === 'refused') return refuse(context, 400, 'invalid_request', form.description);
    const grantType = form.only('grant_type');
    if (grantType === undefined) return refuse(context, 400, 'invalid_request', 'grant_type is missing.');
    if (!grantTypes(server).includes(grantType)) {
      return refuse(context, 400, 'unsupported_grant_type', `grant_type must be ${grantTypes(server).join(' or ')}.`);
    }
    const caller = await callerOf(server, context, form.only);
    if (caller.kind === 'refused') return refuse(context, 401, 'invalid_client', caller.description);
    const outcome = await tokensFor(server, grantType, caller, form.only);
    if (outcome.kind === 'refused') return refuse(context, outcome.status, outcome.error, outcome.description);
    return context.json(outcome.response);
  });

  routes.post('/auth/revoke', async (context) => {
    const form = await readForm(context);
    if (form.kind === 'refused') return refuse(context, 400, 'invalid_request', form.description);
    const caller = await callerOf(server, context, form.only);
    if (caller.kind === 'refused') return refuse(context, 401, 'invalid_client', caller.description);
    const refused = await revoke(server, caller.client, form.only('token'));
    return refused ? refuse(context, refused.status, refused.error, refused.description) : context.body(null, 200);
  });

  // Access-controlled (RFC 7662 §2.1): a client with a secret, or a live access token; each sees its own client's tokens.
  routes.post('/auth/introspect', async (context) => {
    const form = await readForm(context);
    if (form.kind === 'refused') return refuse(context, 400, 'invalid_request', form.description);
    const token = form.only('token');
    const authorization = context.req.header('authorization');
    const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    let clientId: string | undefined;
    if (bearer !== undefined) {
      clientId = (await readAccessToken(server.pool, bearer, server.machineTime()))?.grant.clientId;
    } else if (authorization !== undefined || form.only('client_assertion') !== undefined) {
      const caller = await callerOf(server, context, form.only);
      clientId = caller.kind === 'client' ? caller.client.clientId : undefined;
    }
    if (clientId === undefined) {
      context.header('WWW-Authenticate', 'Bearer realm="Sandbox EHR"');
      const description = 'Introspection needs a live access token (Bearer), or the secret (Basic) or key of a registered client.';
      return context.json({ error: 'invalid_client', error_description: description }, 401);
    }
    if (token === undefined) return refuse(context, 400, 'invalid_request', 'token is missing.');
    return context.json(await introspect(server, token, clientId));
  });
  return routes;
}
