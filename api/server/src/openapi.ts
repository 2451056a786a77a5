/** The OpenAPI 3.1 document, made from the routes: what is mounted is what is described. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { type ZodObject, z } from 'zod';
import type { AppEnv } from './app.ts';
import { Problem } from './client/session.ts';
import { type ContentType, publicRoute, type Route } from './routes/route.ts';

const braces = (path: string): string => path.replaceAll(/:([A-Za-z]+)/g, '{$1}');

const problemContent = { 'application/problem+json': { schema: Problem } };

/** What a route demands, for people: the roles, and whether a patient must be in context. */
function rule(route: Route): string {
  if (route.access.kind === 'public') return 'No session needed.';
  if (route.access.kind === 'cds-client') return 'For EHRs of the site file, by a token they sign for this call (CDS Hooks 2.0).';
  const roles = route.access.roles.join(', ');
  return `For ${roles}${route.access.patientBound ? ', in a session opened from a patient’s chart' : ''}.`;
}

const SCHEMES = { public: undefined, session: 'session', 'cds-client': 'cdsClient' } as const;

/** The scheme whose bearer a route asks for. */
export function securityOf({ access }: Pick<Route, 'access'>): Record<string, string[]>[] {
  const scheme = SCHEMES[access.kind];
  return scheme === undefined ? [] : [{ [scheme]: [] }];
}

const BINARY = { type: 'string' as const, format: 'binary' };

/** A file has no fields to describe. */
const contentOf = (contentType: ContentType, answer: z.ZodType) =>
  contentType === 'application/json' ? { 'application/json': { schema: answer } } : { [contentType]: { schema: BINARY } };

/** Describes the routes. Every one says who may call it; those that need a session carry the bearer scheme. */
export function describeRoutes(app: OpenAPIHono<AppEnv>, routes: Route[]) {
  const registry = app.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'session', {
    type: 'http',
    scheme: 'bearer',
    description: 'The token that POST /sessions answers with.',
  });
  registry.registerComponent('securitySchemes', 'cdsClient', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A JSON web token signed by a registered EHR: RS384 or ES384, aud = the address that is called, used once.',
  });
  for (const route of routes) {
    const good =
      route.answer === undefined
        ? { 204: { description: 'Done; there is nothing to say.' } }
        : { [route.status]: { description: 'Done.', content: contentOf(route.contentType, route.answer) } };
    registry.registerPath({
      method: route.method,
      path: braces(route.path),
      summary: route.summary,
      description: rule(route),
      security: securityOf(route),
      request: {
        ...(route.upload ? { body: { required: true, content: { [route.upload.contentType]: { schema: BINARY } } } } : {}),
        ...(route.body ? { body: { required: true, content: { 'application/json': { schema: route.body } } } } : {}),
        ...(route.params ? { params: route.params as ZodObject } : {}),
        ...(route.query ? { query: route.query as ZodObject } : {}),
      },
      responses: { ...good, default: { description: 'Refused: problem details (RFC 9457).', content: problemContent } },
    });
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Refloop',
      version: '1',
      description: 'Closed-loop referrals inside the EHR. Sessions are opened with the EHR’s own sign-in and belong to one patient.',
    },
  });
}

/** The document itself, for whoever wants to call Refloop: it needs no session. */
export const openApiRoute = (document: () => object): Route =>
  publicRoute({
    method: 'get',
    path: '/openapi.json',
    summary: 'This document.',
    answer: z.looseObject({ openapi: z.string() }),
    whileStarting: true,
    handle: async () => document() as { openapi: string },
  });
