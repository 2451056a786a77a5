/** The FHIR R4 server over HTTP: who is asking, what they may, and the answer with its headers. */
import { gzipSync } from 'node:zlib';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Pool } from 'pg';
import type { BulkServer } from '../bulk/export-server.ts';
import type { AccessContext, Authenticate } from './access.ts';
import { respondToBundle } from './bundle.ts';
import { capabilityStatement, type SmartEndpoints } from './capability.ts';
import { FhirError, operationOutcome, refusal } from './fhir-error.ts';
import { type FhirHabits, fullHabits, sound } from './habits.ts';
import { permissionsIn, permissionsOf } from './permission.ts';
import { openRepository, type PostgresRepository } from './postgres-repository.ts';
import { etagOf, type FhirRequest, type FhirResponse, respond, type Server } from './rest.ts';
import { refusedByDatabase } from './work.ts';
import { writerOf } from './writer.ts';
import { writtenForm } from './written-form.ts';

/** A request that is let in and not yet answered. */
export type FhirCall = {
  context: Context;
  access: AccessContext;
  isWrite: boolean;
  answer: () => Promise<Response>;
  /** The status it would be answered with; nothing is kept. Throws the refusal where there is one. */
  rehearse: () => Promise<number>;
  /** Does it and answers nobody, who may long be gone; a refusal is lost like the answer. */
  perform: () => Promise<void>;
};

export type FhirAppOptions = {
  pool: Pool;
  /** The absolute FHIR base without a trailing slash, for example `http://localhost:4010/fhir`; the app is mounted at its path. */
  baseUrl: string;
  authenticate: Authenticate;
  /** Origins of the apps that may call from a browser; any origin when left out, since a bearer token and not a cookie opens the door. */
  allowedOrigins?: readonly string[];
  /** Endpoints of the authorization server, named in the CapabilityStatement. */
  smart?: SmartEndpoints;
  /** What is offered, and how writes are taken; everything when left out. */
  habits?: FhirHabits;
  /** FHIR Bulk Data, where this EHR offers it. */
  bulk?: BulkServer;
  /** Stands between a call and its answer: it may answer itself, or change what is answered. */
  around?: (call: FhirCall) => Promise<Response>;
  /** Told of errors that are the server's own. They may hold values of resources, so whoever logs them must leave the message out. */
  onFault?: (error: unknown) => void;
  /** By which resources are written and found; the machine's own unless told. */
  now?: () => Date;
  /** By which tokens end; `now` unless told. */
  machineTime?: () => Date;
};

const largestBody = 1024 * 1024;
/** R4 resources nest a few dozen levels at most; more is an attempt to exhaust the stack. */
const deepestNesting = 100;
const fhirJson = 'application/fhir+json; charset=utf-8';

export function createFhirApp(options: FhirAppOptions): Hono {
  const app = new Hono();
  const onFault = options.onFault ?? reportKind;
  const habits = options.habits ?? fullHabits;
  const around = options.around ?? (({ answer }) => answer());
  const repository = openRepository(options.pool, { baseUrl: options.baseUrl, ...(options.now ? { now: options.now } : {}) });
  const basePath = new URL(options.baseUrl).pathname.replace(/\/$/, '');
  const headers = {
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'Accept', 'If-Match', 'If-None-Match', 'If-None-Exist', 'Prefer'],
    exposeHeaders: [...habits.exposedHeaders],
    maxAge: 600,
  };

  app.use('/metadata', cors({ origin: '*', ...headers }));
  app.use('*', cors({ origin: options.allowedOrigins ? [...options.allowedOrigins] : '*', ...headers }));
  app.onError((error, c) => {
    const known = error instanceof FhirError ? error : refusedByDatabase(error);
    if (known instanceof FhirError) return send(c, { status: known.status, body: known.outcome });
    onFault(error);
    return send(c, {
      status: 500,
      body: operationOutcome([{ code: 'exception', text: 'The server failed on this request. Try it again.' }]),
    });
  });

  const metadata = metadataAnswer(options);
  app.get('/metadata', (c) => metadata(c));

  app.use(
    '*',
    bodyLimit({
      maxSize: largestBody,
      onError: () => {
        throw refusal(413, 'too-long', `The body is larger than ${largestBody} bytes. Send less at a time.`);
      },
    }),
  );
  app.all('*', async (c) => {
    const access = await authenticated(c, options);
    if (access === undefined) return unauthorized(c, options.baseUrl);
    const path = pathBelow(c, basePath);
    const soundness = access.soundness ?? sound;
    const seen = repository
      .permitting(permissionsIn(habits, soundness, permissionsOf(access)))
      .keeping(writtenForm(habits, soundness))
      .lagging(soundness.searchLagMilliseconds)
      .writingAs(writerOf(access));
    if (options.bulk?.owns(path)) {
      const { bulk } = options;
      const permissions = permissionsIn(habits, soundness, permissionsOf(access));
      const answer = (): Promise<Response> => bulk.respond(c, { access, permissions, path, body: () => bundleOf(c) });
      // Nothing is kept of any of it: what goes wrong with writes does not go wrong here.
      return around({ context: c, access, isWrite: false, answer, rehearse: async () => 202, perform: async () => undefined });
    }
    const isBundle = path === '' && c.req.method === 'POST';
    const run = async (on: PostgresRepository): Promise<FhirResponse> => {
      requireJson(c);
      const server: Server = { repository: on, baseUrl: options.baseUrl, habits, soundness };
      if (isBundle) return { status: 200, body: await respondToBundle(server, await bundleOf(c), onFault) };
      return respond(server, await requestOf(c, path));
    };
    return around({
      context: c,
      access,
      isWrite: !['GET', 'HEAD'].includes(c.req.method) && !path.endsWith('/_search'),
      answer: async () => send(c, await run(seen)),
      rehearse: async () => {
        // Each entry of a batch stands by itself, and the batch is answered 200 whatever became of them.
        if (isBundle && ((await bundleOf(c)) as { type?: unknown }).type === 'batch') return 200;
        return seen.rehearsed(async (inside) => (await run(inside)).status);
      },
      perform: () =>
        run(seen).then(
          () => undefined,
          (error: unknown) => {
            if (!(refusedByDatabase(error) instanceof FhirError)) onFault(error);
          },
        ),
    });
  });
  return app;
}

/** Neither the message nor the details of a fault: both can hold what a resource said. */
function reportKind(error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error;
  const frames =
    error instanceof Error
      ? (error.stack ?? '')
          .split('\n')
          .filter((line) => /^\s+at /.test(line))
          .slice(0, 5)
          .join('\n')
      : '';
  console.error(`FHIR server fault: ${name}\n${frames}`);
}

/** The token that a request carries (RFC 6750 §2.1). */
export const bearerToken = (c: Context): string | undefined =>
  /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(c.req.header('Authorization') ?? '')?.[1];

async function authenticated(c: Context, { authenticate, now, machineTime = now }: FhirAppOptions): Promise<AccessContext | undefined> {
  const token = bearerToken(c);
  const access = token === undefined ? undefined : await authenticate(token);
  return access && access.expiresAt * 1000 > (machineTime?.().getTime() ?? Date.now()) ? access : undefined;
}

function unauthorized(c: Context, baseUrl: string): Response {
  const hasToken = c.req.header('Authorization') !== undefined;
  c.header('WWW-Authenticate', `Bearer realm="${baseUrl}"${hasToken ? ', error="invalid_token"' : ''}`);
  const text = hasToken
    ? 'The access token is unknown, expired or revoked. Launch the app again.'
    : 'This needs an access token. Send it as Authorization: Bearer, after a SMART launch.';
  return send(c, { status: 401, body: operationOutcome([{ code: 'login', text }]) });
}

function pathBelow(c: Context, basePath: string): string {
  const path = new URL(c.req.url).pathname;
  const below = path.startsWith(basePath) ? path.slice(basePath.length) : path;
  try {
    return decodeURIComponent(below).replace(/^\//, '').replace(/\/$/, '');
  } catch {
    throw refusal(400, 'invalid', 'The path is not valid percent-encoding.');
  }
}

async function requestOf(c: Context, path: string): Promise<FhirRequest> {
  const method = c.req.method === 'HEAD' ? 'GET' : c.req.method;
  const ifMatch = c.req.header('If-Match');
  const ifNoneMatch = c.req.header('If-None-Match');
  const ifNoneExist = c.req.header('If-None-Exist');
  return {
    method,
    path,
    query: new URL(c.req.url).searchParams,
    body: await bodyOf(c, method, path),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
  };
}

async function bodyOf(c: Context, method: string, path: string): Promise<unknown> {
  switch (method) {
    case 'POST':
      if (!path.endsWith('/_search')) return jsonBody(c, ['application/fhir+json', 'application/json']);
      requireType(c, ['application/x-www-form-urlencoded']);
      return new URLSearchParams(await c.req.text());
    case 'PUT':
      return jsonBody(c, ['application/fhir+json', 'application/json']);
    case 'PATCH':
      return jsonBody(c, ['application/json-patch+json']);
    default:
      return undefined;
  }
}

const bundleOf = (c: Context): Promise<unknown> => jsonBody(c, ['application/fhir+json', 'application/json']);

function requireJson(c: Context): void {
  const accept = c.req.header('Accept');
  if (accept !== undefined && !/json|\*\/\*|application\/\*/i.test(accept)) {
    throw refusal(406, 'not-supported', `Accept: ${accept} cannot be served; this server speaks application/fhir+json only.`);
  }
}

function requireType(c: Context, types: string[]): void {
  const given = (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!types.includes(given)) throw refusal(415, 'not-supported', `Content-Type must be ${types.join(' or ')}, not "${given}".`);
}

async function jsonBody(c: Context, types: string[]): Promise<unknown> {
  requireType(c, types);
  const text = await c.req.text();
  if (nesting(text) > deepestNesting) throw refusal(400, 'structure', `The body nests deeper than ${deepestNesting} levels.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refusal(400, 'structure', 'The body is not valid JSON. Check its quotes, commas and brackets.');
  }
}

/** Depth of brackets outside strings, looked at before anything recursive touches the text. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isInString) {
      if (character === '\\') i += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}

function send(c: Context, { status, body, version, location }: FhirResponse): Response {
  if (version) {
    c.header('ETag', etagOf(version.versionId));
    c.header('Last-Modified', new Date(version.lastUpdated).toUTCString());
  }
  if (location) {
    c.header('Location', location);
    c.header('Content-Location', location);
  }
  // What a token opened must not lie in a cache that another user of the browser reads.
  c.header('Cache-Control', 'no-store');
  const isMinimal =
    /(^|[,;\s])return=minimal($|[,;\s])/.test(c.req.header('Prefer') ?? '') && status < 300 && body?.resourceType !== 'Bundle';
  if (!body || (isMinimal && c.req.method !== 'GET')) return c.body(null, status as ContentfulStatusCode);
  return c.body(JSON.stringify(body), status as ContentfulStatusCode, { 'Content-Type': fhirJson });
}

/** The statement is the same for everyone and large, so it is made and compressed once, at the first question. */
function metadataAnswer({ baseUrl, smart, habits, bulk }: FhirAppOptions): (c: Context) => Response {
  let made: { plain: string; zipped: Uint8Array<ArrayBuffer> } | undefined;
  return (c) => {
    if (!made) {
      const plain = JSON.stringify(capabilityStatement(baseUrl, smart, habits ?? fullHabits, bulk !== undefined));
      made = { plain, zipped: new Uint8Array(gzipSync(plain)) };
    }
    c.header('Content-Type', fhirJson);
    c.header('Vary', 'Accept-Encoding');
    if (!(c.req.header('Accept-Encoding') ?? '').includes('gzip')) return c.body(made.plain);
    c.header('Content-Encoding', 'gzip');
    return c.body(made.zipped);
  };
}
