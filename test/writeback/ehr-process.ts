/**
 * The sandbox EHR as the campaign starts it: one for each lane, with a database and a clock of its own, in one process, since what it
 * reads of FHIR's definitions is large. Never killed: Refloop is what the campaign is about.
 */
import { type RegisteredClient, refloopClient, SYSTEM_SCOPES } from '@refloop/launch/auth/clients';
import { migrateAuth } from '@refloop/launch/auth/migrations';
import { openSigningKey } from '@refloop/launch/auth/signing-key';
import { practitionerOf, SANDBOX_USERS } from '@refloop/launch/auth/users';
import { createRepository } from '@refloop/launch/fhir/postgres-repository';
import { migrateEhr } from '@refloop/launch/fhir/schema';
import { SLOW_ANSWER_MILLISECONDS } from '@refloop/launch/modes/faults';
import { createEhrApp } from '@refloop/launch/routes/app';
import { unreadableRequest } from '@refloop/server/app';
import { publicJwk, readSystemKey } from '@refloop/server/ehr/system-key';
import { openHttpServer } from '@refloop/server/http-server';
import pg from 'pg';
import { answerQuestions, givenSettings, say } from './child-side.ts';
import { passes, timeOf } from './fast-clock.ts';
import type { EhrQuestion, EhrSettings } from './messages.ts';

/** The payer that every coverage of the campaign names. */
const PAYER = { resourceType: 'Organization', id: 'payer-a', active: true, name: 'Payer A' } as const;

const service = (clientId: string, key: string, scopes: string): RegisteredClient => {
  const read = readSystemKey('env:KEY', { KEY: key });
  if (!read.ok) throw new Error(read.message);
  const keys = { kind: 'inline' as const, keys: [publicJwk(read.value)] };
  return { clientId, name: clientId, authentication: { kind: 'asymmetric', keys }, redirectUris: [], scopes };
};

type Lane = { setClock: (clock: EhrSettings['clock']) => void; setSlowness: (factor: number) => void; idle: () => Promise<void> };

async function openLane(settings: EhrSettings): Promise<Lane> {
  let { clock } = settings;
  let slowness = 1;
  const now = (): Date => timeOf(clock);
  const origin = `http://127.0.0.1:${settings.port}`;
  const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 6 });
  await migrateEhr(pool);
  await migrateAuth(pool);
  const repository = createRepository(pool, { baseUrl: `${origin}/fhir`, now });
  const { refused } = await repository.loadResources([...SANDBOX_USERS.map(practitionerOf), PAYER]);
  if (refused.length > 0) throw new Error(`Not loaded: ${JSON.stringify(refused)}`);
  const signingKey = await openSigningKey(pool, now());
  /** What is still under way: requests, and what the EHR does long after it has answered. */
  let busy = 0;
  const counted = async <Value>(work: () => Value | Promise<Value>): Promise<Value> => {
    busy += 1;
    try {
      return await work();
    } finally {
      busy -= 1;
    }
  };
  const app = createEhrApp({
    pool,
    repository,
    origin,
    clients: [
      refloopClient(settings.refloop),
      service('refloop-system', settings.systemKey, SYSTEM_SCOPES),
      service('truth', settings.truthKey, 'system/*.cruds'),
    ],
    signingKey: () => signingKey,
    readiness: () => ({ status: 'ready' }),
    now,
    remoteAddress: () => '127.0.0.1',
    // An answer to a write that is held back outlasts every patience as it is.
    wait: (milliseconds) => counted(() => passes(milliseconds < SLOW_ANSWER_MILLISECONDS ? milliseconds * slowness : milliseconds)),
  });
  await openHttpServer({
    fetch: (request, bindings) => counted(() => app.fetch(request, bindings)),
    unreadable: unreadableRequest,
    host: '127.0.0.1',
    port: settings.port,
  });
  const isIdle = (): boolean => busy === 0 && pool.waitingCount === 0 && pool.idleCount === pool.totalCount;
  return {
    setClock: (newer) => {
      clock = newer;
    },
    setSlowness: (factor) => {
      slowness = factor;
    },
    idle: async () => {
      // Twice in a row: between a wait that ends and the write it held back there is a moment in which nothing shows.
      for (let quiet = 0; quiet < 2; ) {
        quiet = isIdle() ? quiet + 1 : 0;
        await new Promise((again) => setTimeout(again, 10));
      }
    },
  };
}

const lanes: Lane[] = [];
for (const settings of givenSettings as EhrSettings[]) lanes.push(await openLane(settings));
answerQuestions(async (content) => {
  const { lane, question } = content as EhrQuestion;
  if (question.kind === 'clock') lanes[lane]?.setClock(question.clock);
  if (question.kind === 'slowness') lanes[lane]?.setSlowness(question.factor);
  if (question.kind === 'idle') await lanes[lane]?.idle();
});
say({ note: 'ready' });
