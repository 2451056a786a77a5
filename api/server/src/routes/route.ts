/**
 * A route as a value: where it is, who may call it, what it takes and answers. The app mounts nothing else, so that the
 * list of routes is the list of rules, the OpenAPI document and the table a test walks through.
 */
import type { z } from 'zod';
import type { AdmittedClient } from '../cds/admission.ts';
import type { Role } from '../client/session.ts';
import type { Refusal } from '../problem.ts';
import type { PatientSession, Session } from '../sessions/session.ts';

/**
 * Who may call: anybody, an EHR that signs its call (CDS Hooks), or a session with one of these roles, opened for a patient or not.
 */
export type Access = { kind: 'public' } | { kind: 'cds-client' } | { kind: 'session'; roles: readonly Role[]; patientBound: boolean };

/** What a handler is given besides what the request carries. */
export type Call<Body, Params, Query, Who> = {
  session: Who;
  body: Body;
  params: Params;
  query: Query;
  /** The clock of the practice: of what happens, and of what is put on record. */
  now: Date;
  /** The machine's own clock, which nobody moves: by it sessions, tokens and leases end. */
  machineTime: Date;
  /** Names this request in the log and in every problem it answers with. */
  reference: string;
  signal: AbortSignal;
  /** Of a route that takes a file. */
  upload: Uploaded | undefined;
  /** Digest of the bearer token that came with it, whatever it opens. */
  bearerHash: string | undefined;
  /** Of a route for CDS clients: which of them calls. */
  cdsClient: AdmittedClient | undefined;
};

export type Uploaded = {
  bearer: string /** Of X-Refloop-Signature; empty where there is none. */;
  signature: string;
  bytes: Uint8Array<ArrayBuffer>;
};

/** A file that stands in the body as it is. Whoever may not give one is refused before a byte of it is read. */
export type Upload = {
  contentType: 'application/pdf' | 'application/json' | 'application/octet-stream';
  /** Largest file in bytes. */
  limit: number;
  admit: (bearer: string, at: Pick<Call<unknown, unknown, unknown, unknown>, 'now' | 'machineTime'>) => Promise<Refusal | undefined>;
};

export type ContentType =
  | 'application/json'
  | 'application/fhir+json'
  | 'application/pdf'
  | 'application/xml'
  | 'application/octet-stream'
  | 'text/csv'
  | 'application/vnd.apache.parquet';

type Part = z.ZodType | undefined;
type Parsed<Schema extends Part> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Answered<Schema extends Part> = Schema extends z.ZodType ? z.input<Schema> : undefined;

type Definition<Body extends Part, Params extends Part, Query extends Part, Answer extends Part, Who> = {
  method: 'get' | 'post' | 'put' | 'delete';
  /** Hono's form: `/recommendations/:id`. */
  path: string;
  /** One sentence for the OpenAPI document. */
  summary: string;
  body?: Body;
  params?: Params;
  query?: Query;
  /** Schema of the JSON answer; without one the answer is 204. */
  answer?: Answer;
  /** What a good answer is; JSON unless told. A file is answered as its bytes. */
  contentType?: ContentType;
  /** Status of a good answer with a body; 200 unless told. */
  status?: 200 | 201;
  /** Largest body in bytes; 256 KiB unless told. */
  bodyLimit?: number;
  /** In place of a JSON body. */
  upload?: Upload;
  /** Answers before the rest is ready; for a route that touches no store. */
  whileStarting?: boolean;
  /**
   * Packed for the way where the caller takes gzip. Only for answers without words that somebody outside chose: how short a packed answer
   * is tells whether such words stand in it twice (BREACH).
   */
  compressed?: boolean;
  /** A limit of its own, by network address, beside those that all routes have. */
  limit?: 'sign-in' | 'office' | 'patient';
  /** Whether a page of a registered EHR may ask (CORS); of no other origin ever. */
  fromEhrPages?: boolean;
  handle: (call: Call<Parsed<Body>, Parsed<Params>, Parsed<Query>, Who>) => Promise<Answered<Answer> | Refusal>;
};

export type Route = {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  summary: string;
  access: Access;
  body: z.ZodType | undefined;
  params: z.ZodType | undefined;
  query: z.ZodType | undefined;
  answer: z.ZodType | undefined;
  contentType: ContentType;
  status: 200 | 201;
  bodyLimit: number;
  upload: Upload | undefined;
  whileStarting: boolean;
  compressed: boolean;
  limit: 'sign-in' | 'office' | 'patient' | undefined;
  fromEhrPages: boolean;
  handle: (call: Call<unknown, unknown, unknown, Session | undefined>) => Promise<unknown>;
};

export const DEFAULT_BODY_LIMIT = 256 * 1024;

function toRoute(definition: Definition<Part, Part, Part, Part, never>, access: Access): Route {
  return {
    method: definition.method,
    path: definition.path,
    summary: definition.summary,
    access,
    body: definition.body,
    params: definition.params,
    query: definition.query,
    answer: definition.answer,
    contentType: definition.contentType ?? 'application/json',
    status: definition.status ?? 200,
    bodyLimit: definition.bodyLimit ?? DEFAULT_BODY_LIMIT,
    upload: definition.upload,
    whileStarting: definition.whileStarting ?? false,
    compressed: definition.compressed ?? false,
    limit: definition.limit,
    fromEhrPages: definition.fromEhrPages ?? false,
    // The app parses by these very schemas and checks the session before it calls.
    handle: definition.handle as Route['handle'],
  };
}

/** A route anybody may call. */
export const publicRoute = <
  Body extends Part = undefined,
  Params extends Part = undefined,
  Query extends Part = undefined,
  Answer extends Part = undefined,
>(
  definition: Definition<Body, Params, Query, Answer, undefined>,
): Route => toRoute(definition as unknown as Definition<Part, Part, Part, Part, never>, { kind: 'public' });

/** A route for EHRs that say who they are by a token they sign for this call; their pages may ask too. */
export const cdsClientRoute = <
  Body extends Part = undefined,
  Params extends Part = undefined,
  Query extends Part = undefined,
  Answer extends Part = undefined,
>(
  definition: Omit<Definition<Body, Params, Query, Answer, undefined>, 'handle'> & {
    handle: (
      call: Call<Parsed<Body>, Parsed<Params>, Parsed<Query>, undefined>,
      asked: AdmittedClient,
    ) => Promise<Answered<Answer> | Refusal>;
  },
): Route => {
  const handle = (call: Call<Parsed<Body>, Parsed<Params>, Parsed<Query>, undefined>): Promise<Answered<Answer> | Refusal> => {
    if (!call.cdsClient) throw new Error('A route for CDS clients was reached without one.');
    return definition.handle(call, call.cdsClient);
  };
  return toRoute({ ...definition, handle, fromEhrPages: true } as unknown as Definition<Part, Part, Part, Part, never>, {
    kind: 'cds-client',
  });
};

/** A route for sessions with one of the roles, opened for a patient or not. */
export const sessionRoute = <
  Body extends Part = undefined,
  Params extends Part = undefined,
  Query extends Part = undefined,
  Answer extends Part = undefined,
>(
  definition: Definition<Body, Params, Query, Answer, Session> & { roles: readonly Role[] },
): Route =>
  toRoute(definition as unknown as Definition<Part, Part, Part, Part, never>, {
    kind: 'session',
    roles: definition.roles,
    patientBound: false,
  });

/** A route for sessions with one of the roles that were opened for a patient; its handler has that patient. */
export const patientRoute = <
  Body extends Part = undefined,
  Params extends Part = undefined,
  Query extends Part = undefined,
  Answer extends Part = undefined,
>(
  definition: Definition<Body, Params, Query, Answer, PatientSession> & { roles: readonly Role[] },
): Route =>
  toRoute(definition as unknown as Definition<Part, Part, Part, Part, never>, {
    kind: 'session',
    roles: definition.roles,
    patientBound: true,
  });
