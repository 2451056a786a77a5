/**
 * The HTTP surface of Refloop: mounts the routes with their rules, answers every refusal in one form, serves the built
 * app. Tests call `createApp(deps).request(…)`; nothing here listens.
 */
import { randomBytes } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { compress } from 'hono/compress';
import { fromEhrPages } from './ehr-pages.ts';
import type { Logger } from './logging/log.ts';
import { describeRoutes, openApiRoute } from './openapi.ts';
import { fieldErrors, isRefusal, problem, problemResponse, type Refusal, Refused } from './problem.ts';
import { clientAddress } from './rate-limits/client-address.ts';
import type { LimitName } from './rate-limits/limits.ts';
import { type Read, readBody, readUpload } from './request-body.ts';
import type { ContentType, Route } from './routes/route.ts';
import { securityHeaders } from './security-headers.ts';
import { type AuthorizeDeps, authorize, isOfAccess, machineTimeOf, recordRefusal } from './sessions/authorize.ts';
import { bearerDigest } from './sessions/token.ts';
import type { Site } from './sites.ts';
import { type BuiltApp, serveBuiltApp } from './static.ts';
import { StoreUnavailable } from './store/unavailable.ts';

export type AppDeps = AuthorizeDeps & {
  routes: Route[];
  sites: Site[];
  production: boolean;
  /** Origins of the token endpoints that discovery found. */
  tokenOrigins: () => Iterable<string>;
  /** Waits, within bounds, for what the pages' headers need. */
  beforePage: () => Promise<void>;
  log: Logger;
  /** Why it cannot serve yet, or undefined once it can. */
  notReady: () => string | undefined;
  /** How many proxies of our own stand in front; none unless told. */
  trustedProxies?: number;
  /** The built smart-app; undefined where there is none (tests of the API). */
  builtApp: BuiltApp | undefined;
  /** Whether each answer tells what time it is in the practice, which the sandbox may have moved. */
  tellsTime?: boolean;
  /** Whether /openapi.json is served; it is, unless there is nothing but health to describe. */
  described?: boolean;
};

export type AppEnv = {
  Bindings: Partial<HttpBindings>;
  Variables: { reference: string; nonce: string; route: string; sessionId: string | undefined; limit: LimitName | undefined };
};

/** What became of a request that met no database. */
const AWAY: Record<StoreUnavailable['kept'], string> = {
  nothing: 'Nothing was changed. Try again in a moment.',
  unknown: 'Whether this was kept cannot be said just now. Look in a moment before you do it again.',
};

/** PostgreSQL takes U+0000 in no text: a value that holds it is none that any schema takes. */
const withoutNul = (values: Record<string, string>): Record<string, string | null> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.includes('\u0000') ? null : value]));

function parse(schema: Route['body'], value: unknown, where: string): Read {
  if (schema === undefined) return { ok: true, value: undefined };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const detail = `The ${where} does not have the form that /openapi.json describes. Mend the fields named here and send it again.`;
  return { ok: false, refusal: problem('invalid-request', detail, fieldErrors(parsed.error.issues)) };
}

function addressOf(deps: AppDeps, c: Context<AppEnv>): string {
  // A request that came over no socket (tests of the API) has no bindings, whatever the type says.
  const bindings = c.env as AppEnv['Bindings'] | undefined;
  return clientAddress(bindings?.incoming?.socket.remoteAddress, c.req.header('x-forwarded-for'), deps.trustedProxies ?? 0);
}

/** Counts what comes without a session that is known here. Health is asked by machines of the site, often and for little. */
function refuseByAddress({ limits, ...deps }: AppDeps, c: Context<AppEnv>): Refusal | undefined {
  if (!limits || c.req.path.startsWith('/health')) return undefined;
  const session = bearerDigest(c.req.header('authorization'));
  if (session !== undefined && limits.knows(session)) return undefined;
  c.set('limit', 'address');
  return limits.take('address', addressOf(deps, c));
}

/** A request that was refused through the caller's own doing weighs more in the limit it was counted under. */
function weighRefusal(deps: AppDeps, c: Context<AppEnv>): void {
  const limit = c.get('limit');
  const { status } = c.res;
  const own =
    limit === 'sign-in' || limit === 'office' || limit === 'patient' ? status >= 400 && status < 500 && status !== 429 : status === 401;
  if (limit && own) deps.limits?.refused(limit, addressOf(deps, c));
}

/** What the route says: its answer, or its refusal, whether that is returned or thrown out of a transaction. */
async function handled(route: Route, call: Parameters<Route['handle']>[0]): Promise<unknown> {
  try {
    return await route.handle(call);
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

const FILE_NAMES: Record<Exclude<ContentType, 'application/json'>, string> = {
  'application/fhir+json': 'referral.json',
  'application/pdf': 'referral.pdf',
  'application/xml': 'referral.xml',
  'application/octet-stream': 'note',
  'text/csv': 'referrals.csv',
  'application/vnd.apache.parquet': 'referrals.parquet',
};

const notReadyYet = (why: string): Refusal => problem('not-ready', `${why} Try again in a moment.`);

async function answer(deps: AppDeps, route: Route, c: Context<AppEnv>): Promise<Response> {
  const refuse = (refusal: Refusal): Response => problemResponse(refusal, c.get('reference'));
  const why = deps.notReady();
  if (why !== undefined && !route.whileStarting) return refuse(notReadyYet(why));
  if (route.limit && deps.limits) {
    c.set('limit', route.limit);
    const limited = deps.limits.take(route.limit, addressOf(deps, c));
    if (limited) return refuse(limited);
  }
  const asked = { header: c.req.header('authorization'), routeName: `${route.method} ${route.path}`, path: c.req.path };
  const admitted = await authorize(deps, route.access, asked);
  if (!admitted.ok) return refuse(admitted.refusal);
  c.set('sessionId', admitted.session?.sessionId);
  const file = route.upload && (await readUpload(c.req.raw, route.upload, { now: deps.now(), machineTime: machineTimeOf(deps) }));
  if (file && !file.ok) return refuse(file.refusal);
  const raw: Read = route.body ? await readBody(c.req.raw, route.bodyLimit) : { ok: true, value: undefined };
  if (!raw.ok) return refuse(raw.refusal);
  const body = parse(route.body, raw.value, 'body');
  if (!body.ok) return refuse(body.refusal);
  const params = parse(route.params, withoutNul(c.req.param()), 'path');
  if (!params.ok) return refuse(params.refusal);
  const query = parse(route.query, withoutNul(c.req.query()), 'query');
  if (!query.ok) return refuse(query.refusal);
  const result = await handled(route, {
    session: admitted.session,
    body: body.value,
    params: params.value,
    query: query.value,
    now: deps.now(),
    machineTime: machineTimeOf(deps),
    reference: c.get('reference'),
    signal: c.req.raw.signal,
    upload: file?.upload,
    bearerHash: bearerDigest(c.req.header('authorization')),
    cdsClient: admitted.cdsClient,
  });
  if (isRefusal(result)) {
    if (admitted.session && isOfAccess(result)) await recordRefusal(deps, admitted.session, `${route.method} ${route.path}`, result);
    return refuse(result);
  }
  c.header('cache-control', 'no-store');
  if (route.answer === undefined) return c.body(null, 204);
  if (route.contentType === 'application/json') return c.json(result as object, route.status);
  // A name that tells nothing: files end up in download folders.
  c.header('content-disposition', `attachment; filename="${FILE_NAMES[route.contentType]}"`);
  c.header('content-type', route.contentType);
  return c.body(result as Uint8Array<ArrayBuffer>, route.status);
}

/** What is answered where no request could be made of what came: nothing of it is known, so nothing is allowed. */
export const unreadableRequest = (): Response => {
  const refusal = problem('invalid-request', 'The address or the host of this request cannot be read.');
  const response = problemResponse(refusal, randomBytes(6).toString('hex'));
  response.headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('referrer-policy', 'no-referrer');
  return response;
};

/** The whole app. Routes are matched in the order given; what matches none is a 404 problem. */
export function createApp(deps: AppDeps): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>();
  const headersFor = securityHeaders(deps.sites, deps.tokenOrigins, deps.production);

  app.use('*', async (c, next) => {
    const started = performance.now();
    c.set('reference', randomBytes(6).toString('hex'));
    c.set('nonce', randomBytes(18).toString('base64'));
    c.set('route', '(none)');
    const limited = refuseByAddress(deps, c);
    if (limited) c.res = problemResponse(limited, c.get('reference'));
    else await next();
    weighRefusal(deps, c);
    for (const [name, value] of headersFor(c.get('nonce'))) c.res.headers.set(name, value);
    if (deps.tellsTime) c.res.headers.set('refloop-time', deps.now().toISOString());
    deps.log.request({
      method: c.req.method,
      route: c.get('route'),
      status: c.res.status,
      ms: Math.round((performance.now() - started) * 10) / 10,
      reference: c.get('reference'),
      session: c.get('sessionId'),
      limit: c.res.status === 429 ? c.get('limit') : undefined,
    });
  });

  app.onError((error, c) => {
    deps.log.failure({ route: c.get('route'), reference: c.get('reference'), error });
    if (error instanceof StoreUnavailable) return problemResponse(problem('database-away', AWAY[error.kept]), c.get('reference'));
    const detail = 'Nothing was changed unless you were told so. Try again; if it stays, tell your administrator the reference.';
    return problemResponse(problem('internal', detail), c.get('reference'));
  });

  // Before the store is open no route that needs it is there: whoever asks for one is to ask again, and not to give up.
  app.notFound((c) => {
    const why = deps.notReady();
    const refusal = why === undefined ? problem('not-found', 'There is nothing at this address.') : notReadyYet(why);
    return problemResponse(refusal, c.get('reference'));
  });

  // Made when somebody first asks: it takes longer than everything else here together.
  let document: object | undefined;
  const described = openApiRoute(() => (document ??= describeRoutes(app, routes)));
  const routes = deps.described === false ? deps.routes : [...deps.routes, described];
  const ehrPages = fromEhrPages(deps.sites);
  for (const path of new Set(routes.filter((route) => route.fromEhrPages).map((route) => route.path))) app.use(path, ehrPages);
  for (const route of routes) {
    if (route.compressed) app.use(route.path, compress({ encoding: 'gzip', contentTypeFilter: /^application\/json/ }));
    app.on(route.method.toUpperCase(), route.path, (c) => {
      c.set('route', route.path);
      return answer(deps, route, c);
    });
  }

  if (deps.builtApp) serveBuiltApp(app, deps.builtApp, deps.beforePage);
  return app;
}
