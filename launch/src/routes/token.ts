/** The token and introspection endpoints. Errors in the shape of RFC 6749 §5.2, nothing cached, readable by registered apps. */
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type AuthorizationServer, exchangeCode, introspect, refreshTokens, type TokenOutcome } from '../auth/authorization-server.ts';
import { authenticateClient, registeredOrigins } from '../auth/clients.ts';
import { readAccessToken } from '../auth/grants.ts';

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

export function tokenRoutes(server: AuthorizationServer): Hono {
  const routes = new Hono();
  const registered = cors({
    origin: registeredOrigins(server.clients),
    allowMethods: ['POST', 'OPTIONS'],
    allowHeaders: ['Authorization', 'Content-Type', 'Accept'],
    maxAge: 600,
  });
  for (const path of ['/auth/token', '/auth/introspect']) {
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
    if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
      return refuse(context, 400, 'unsupported_grant_type', 'grant_type must be authorization_code or refresh_token.');
    }
    const caller = authenticateClient(server.clients, context.req.header('authorization'), form.only('client_id'));
    if (caller.kind === 'refused') return refuse(context, 401, 'invalid_client', caller.description);
    const outcome: TokenOutcome =
      grantType === 'authorization_code'
        ? await exchangeCode(
            server,
            caller.client,
            present({ code: form.only('code'), redirectUri: form.only('redirect_uri'), codeVerifier: form.only('code_verifier') }),
          )
        : await refreshTokens(server, caller.client, present({ refreshToken: form.only('refresh_token'), scope: form.only('scope') }));
    if (outcome.kind === 'refused') return refuse(context, outcome.status, outcome.error, outcome.description);
    return context.json(outcome.response);
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
      clientId = (await readAccessToken(server.pool, bearer, server.now()))?.grant.clientId;
    } else if (authorization !== undefined) {
      const caller = authenticateClient(server.clients, authorization, form.only('client_id'));
      clientId = caller.kind === 'client' ? caller.client.clientId : undefined;
    }
    if (clientId === undefined) {
      context.header('WWW-Authenticate', 'Bearer realm="Sandbox EHR"');
      const description = 'Introspection needs a live access token (Bearer) or the secret of a registered client (Basic).';
      return context.json({ error: 'invalid_client', error_description: description }, 401);
    }
    if (token === undefined) return refuse(context, 400, 'invalid_request', 'token is missing.');
    return context.json(await introspect(server, token, clientId));
  });
  return routes;
}
