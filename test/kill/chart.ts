/** The EHR that the referrals are about: the sandbox's own, over HTTP in the campaign's process, with a chart for each patient. */
import type { Resource, Task } from '@medplum/fhirtypes';
import { RECEIPT_IDENTIFIER_SYSTEM, REPORT_IDENTIFIER_SYSTEM, TASK_IDENTIFIER_SYSTEM } from '@refloop/domain/write-back/identifiers';
import { type RegisteredClient, refloopClient } from '@refloop/launch/auth/clients';
import { migrateAuth } from '@refloop/launch/auth/migrations';
import { openSigningKey } from '@refloop/launch/auth/signing-key';
import { practitionerOf, SANDBOX_USERS } from '@refloop/launch/auth/users';
import { createRepository } from '@refloop/launch/fhir/postgres-repository';
import { migrateEhr } from '@refloop/launch/fhir/schema';
import { createEhrApp } from '@refloop/launch/routes/app';
import { unreadableRequest } from '@refloop/server/app';
import { publicJwk, readSystemKey } from '@refloop/server/ehr/system-key';
import { openHttpServer } from '@refloop/server/http-server';
import { systemScopes } from '@refloop/server/sites';
import pg from 'pg';
import type { Watch } from './counterparts.ts';

export type Chart = {
  iss: string;
  /** A patient with an order; throws where the EHR does not take them. */
  add: (resources: Resource[]) => Promise<void>;
  /** Tasks of this key, as a search finds them. */
  tasks: (key: string) => Promise<Task[]>;
  /** How many notes that came back, or receipts of them, a search for the key finds. */
  count: (what: 'note' | 'receipt', key: string) => Promise<number>;
  close: () => Promise<void>;
};

export type ChartSettings = {
  databaseUrl: string;
  port: number;
  /** Refloop's origin, and the private key of its own access. */
  refloop: string;
  systemKey: string;
  now: () => Date;
  watch: Watch;
};

/** What Refloop writes there. */
const WRITTEN = /^\/fhir\/(Task|DocumentReference)(?:\/|$)/;

const MAY = { completes: true, tracks: true };

export async function openChart({ databaseUrl, port, refloop, systemKey, now, watch }: ChartSettings): Promise<Chart> {
  const origin = `http://127.0.0.1:${port}`;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 6 });
  await migrateEhr(pool);
  await migrateAuth(pool);
  const repository = createRepository(pool, { baseUrl: `${origin}/fhir`, now });
  const add: Chart['add'] = async (resources) => {
    const { refused } = await repository.loadResources(resources);
    if (refused.length > 0) throw new Error(`The EHR did not take the chart: ${JSON.stringify(refused)}`);
  };
  await add(SANDBOX_USERS.map(practitionerOf));
  const key = readSystemKey('env:KEY', { KEY: systemKey });
  if (!key.ok) throw new Error(key.message);
  const system: RegisteredClient = {
    clientId: 'refloop-system',
    name: 'Refloop’s own access',
    authentication: { kind: 'asymmetric', keys: { kind: 'inline', keys: [publicJwk(key.value)] } },
    redirectUris: [],
    scopes: systemScopes(MAY),
  };
  const signingKey = await openSigningKey(pool, now());
  const app = createEhrApp({
    pool,
    repository,
    origin,
    clients: [refloopClient(refloop), system],
    signingKey: () => signingKey,
    readiness: () => ({ status: 'ready' }),
    now,
    remoteAddress: () => '127.0.0.1',
    wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  });
  const server = await openHttpServer({
    fetch: async (request, bindings) => {
      const written = request.method === 'GET' ? undefined : WRITTEN.exec(new URL(request.url).pathname)?.[1];
      const channel = written === 'Task' ? 'task' : 'note';
      if (written) await watch(channel, 'reached');
      const answer = await app.fetch(request, bindings);
      if (written) await watch(channel, 'taken').then(() => void watch(channel, 'answered'));
      return answer;
    },
    unreadable: unreadableRequest,
    host: '127.0.0.1',
    port,
  });
  return {
    iss: `${origin}/fhir`,
    add,
    tasks: async (business) => (await repository.search<Task>('Task', `identifier=${TASK_IDENTIFIER_SYSTEM}|${business}`)).matches,
    count: async (what, business) => {
      const [type, system] =
        what === 'note' ? (['DocumentReference', REPORT_IDENTIFIER_SYSTEM] as const) : (['Task', RECEIPT_IDENTIFIER_SYSTEM] as const);
      return (await repository.search(type, new URLSearchParams({ identifier: `${system}|${business}` }))).matches.length;
    },
    close: async () => {
      await server.close(0);
      await pool.end();
    },
  };
}
