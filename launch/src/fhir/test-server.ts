/** For tests: the FHIR server on a fresh database, with tokens that say themselves what they grant. */
import type { BundleEntry, CapabilityStatementRest, Reference, Resource } from '@medplum/fhirtypes';
import { Hono } from 'hono';
import pg from 'pg';
import { createTestDatabase } from '../../../tools/test-database.ts';
import type { AccessContext, Authenticate } from './access.ts';
import { createFhirApp } from './app.ts';
import { createRepository } from './postgres-repository.ts';
import type { Repository } from './repository.ts';
import { migrateEhr } from './schema.ts';

export const baseUrl = 'http://localhost:5100/fhir';

export type TestServer = {
  app: Hono;
  pool: pg.Pool;
  repository: Repository;
  /** A request as the holder of these scopes, in this patient's context. */
  call: (request: Call) => Promise<Answer>;
  /** Loads resources of which none may be refused. */
  load: (resources: Resource[]) => Promise<void>;
  faults: unknown[];
  close: () => Promise<void>;
};

export type Call = {
  method?: string;
  path: string;
  /** Left out: every scope of a user. `null`: no token at all. */
  scopes?: string | null;
  patient?: string;
  body?: unknown;
  headers?: Record<string, string>;
};

export type Answer = { status: number; headers: Headers; text: string; json: Json };

/** What the tests read from an answer, whichever of Bundle, OperationOutcome, CapabilityStatement or another resource it is. */
export type Json = {
  [element: string]: unknown;
  resourceType: string;
  id: string;
  meta: { versionId: string };
  total?: number;
  link?: { relation: string; url: string }[];
  entry?: BundleEntry[];
  issue?: { code: string; diagnostics: string; expression?: string[] }[];
  rest?: CapabilityStatementRest[];
  supportingInfo?: Reference[];
};

export async function startTestServer(): Promise<TestServer> {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 8 });
  // Dropping the database cuts connections that are just closing; that is no failure of a test.
  pool.on('error', () => undefined);
  await migrateEhr(pool);
  const tokens = new Map<string, AccessContext>();
  const faults: unknown[] = [];
  const authenticate: Authenticate = (token) => Promise.resolve(tokens.get(token));
  const app = new Hono().route('/fhir', createFhirApp({ pool, baseUrl, authenticate, onFault: (error) => faults.push(error) }));
  const tokenFor = (scopes: string, patient: string | undefined): string => {
    const token = Buffer.from(`${scopes} ${patient ?? ''}`).toString('base64url');
    tokens.set(token, {
      subject: 'user-1',
      fhirUser: 'Practitioner/pract-1',
      clientId: 'refloop',
      scopes,
      ...(patient === undefined ? {} : { patient }),
      expiresAt: Math.floor(Date.now() / 1000) + 3600,
    });
    return token;
  };
  const repository = createRepository(pool, { baseUrl });
  return {
    app,
    pool,
    faults,
    repository,
    load: async (resources) => {
      const { refused } = await repository.loadResources(resources);
      if (refused.length > 0) throw new Error(`The test's own resources were refused: ${JSON.stringify(refused)}`);
    },
    call: async ({ method = 'GET', path, scopes = 'user/*.cruds', patient, body, headers = {} }) => {
      const response = await app.request(`${baseUrl}/${path}`, {
        method,
        headers: {
          ...(scopes === null ? {} : { Authorization: `Bearer ${tokenFor(scopes, patient)}` }),
          ...(body === undefined ? {} : { 'Content-Type': method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: (text === '' ? {} : JSON.parse(text)) as Json };
    },
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}

export const patientOf = (id: string, extra: object = {}): Resource =>
  ({
    resourceType: 'Patient',
    id,
    gender: 'female',
    birthDate: '1970-04-02',
    name: [{ family: `Family-${id}`, given: ['Ann'] }],
    ...extra,
  }) as Resource;

export const conditionOf = (id: string, patient: string, extra: object = {}): Resource =>
  ({
    resourceType: 'Condition',
    id,
    subject: { reference: `Patient/${patient}` },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '29857009' }], text: 'Chest pain' },
    ...extra,
  }) as Resource;

export const orderOf = (id: string, patient: string, extra: object = {}): Resource =>
  ({
    resourceType: 'ServiceRequest',
    id,
    status: 'draft',
    intent: 'order',
    subject: { reference: `Patient/${patient}` },
    code: { text: 'Referral to cardiologist' },
    ...extra,
  }) as Resource;

export const taskOf = (id: string, patient: string, order: string, extra: object = {}): Resource =>
  ({
    resourceType: 'Task',
    id,
    status: 'draft',
    intent: 'order',
    focus: { reference: `ServiceRequest/${order}` },
    basedOn: [{ reference: `ServiceRequest/${order}` }],
    for: { reference: `Patient/${patient}` },
    ...extra,
  }) as Resource;

export const practitionerOf = (id: string): Resource =>
  ({
    resourceType: 'Practitioner',
    id,
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }],
    name: [{ family: 'Lin', given: ['Grace'] }],
  }) as Resource;
