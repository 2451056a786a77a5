/** A real server on a real PostgreSQL, killed again and again under load, and what is found in the database afterwards. */
import { verifyAudit } from '@refloop/server/audit/verify';
import type { Thread } from '@refloop/server/client/worklist';
import { DEVELOPMENT_KEY } from '@refloop/server/config';
import { createKeyRing } from '@refloop/server/crypto/key-ring';
import { drawsOf } from '@refloop/server/practice/draws';
import { putInForce } from '@refloop/server/services/engine/test-in-force';
import { differingReferrals } from '@refloop/server/services/projections';
import { digest, newToken } from '@refloop/server/sessions/token';
import { sandboxSite, scopeOf } from '@refloop/server/sites';
import { openPostgresStore } from '@refloop/server/store/postgres/store';
import type { Scope, Store } from '@refloop/server/store/store';
import { freePort, processes, type Started, untilReady } from '@refloop/server/test-process';
import { monotonicFactory } from 'ulid';
import { openOwnPostgres } from '../../tools/own-postgres.ts';

export type KillRun = {
  kills: number;
  pressed: number;
  acknowledged: number;
  /** Presses of which no answer came, and which were pressed again with the same key. */
  doubtful: number;
  events: number;
  effects: number;
  violations: string[];
};

const LANES = 6;
const LONGEST_LIFE_MS = 1500;
const PATIENCE_MS = 5000;
const DAY_MS = 86_400_000;
/** What was begun when the process died is found out about once its lease of five minutes is over. */
const SETTLES_WITHIN_MS = 7 * 60_000;

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

async function prepare(store: Store, scope: Scope): Promise<string> {
  const token = newToken();
  const now = new Date();
  const at = now.toISOString();
  await store.transaction(scope, async (unit) => {
    const kim = { subject: 'kim', fhirUser: 'Practitioner/kim', name: 'Kim' };
    await unit.grants.put({ ...kim, roles: ['coordinator'], grantedBy: 'campaign', grantedAt: at, reason: 'The campaign' });
    const until = new Date(now.getTime() + DAY_MS).toISOString();
    await unit.sessions.insert({ tokenHash: digest(token), ...kim, patientId: null, startedAt: at, lastActivity: at, expiresAt: until });
  });
  for (let lane = 0; lane < LANES; lane += 1)
    await putInForce(store, scope, `referral-${lane}`, new Date(now.getTime() - 60_000).toISOString());
  return token;
}

type Press = { key: string; referralId: string; what: Record<string, unknown>; told: boolean; tries: number };

/** One person on one referral, who presses until an answer comes, and then goes on. */
function createLane(referralId: string, token: string, seed: string) {
  const draws = drawsOf(`${seed} ${referralId}`);
  const presses: Press[] = [];
  let sequence: number | undefined;
  let open: Press | undefined;

  async function ask(url: string, method: string, body?: unknown): Promise<{ status: number; thread: Thread } | undefined> {
    try {
      const answer = await fetch(`${url}/worklist/referrals/${referralId}${method === 'POST' ? '/acts' : ''}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, thread: (await answer.json()) as Thread };
    } catch {
      return undefined;
    }
  }

  const next = (): Press => {
    const at = new Date(Date.now() - 1000).toISOString();
    const startsAt = new Date(Date.now() + draws.integer(1, 30) * DAY_MS).toISOString();
    const what =
      presses.length === 0
        ? { act: 'sent', channel: 'fax', at }
        : draws.pick([
            { act: 'contacted', outcome: 'reached' },
            { act: 'booked', startsAt, at },
          ]);
    const press = { key: `press-${referralId}-${presses.length}`, referralId, what, told: false, tries: 0 };
    presses.push(press);
    return press;
  };

  return {
    presses,
    work: async (url: string, lives: () => boolean): Promise<void> => {
      while (lives()) {
        if (sequence === undefined) {
          const read = await ask(url, 'GET');
          if (read?.status !== 200) continue;
          sequence = read.thread.sequence;
        }
        open ??= next();
        open.tries += 1;
        const answer = await ask(url, 'POST', { key: open.key, sequence, what: open.what });
        if (answer?.status === 200) {
          open.told = true;
          open = undefined;
          sequence = answer.thread.sequence;
        } else sequence = undefined;
      }
    },
  };
}
type Lane = ReturnType<typeof createLane>;

/** Presses by key, as the events hold them. */
async function judge(store: Store, scope: Scope, lanes: readonly Lane[]): Promise<Pick<KillRun, 'events' | 'effects' | 'violations'>> {
  const violations: string[] = [];
  const kept = new Map<string, number>();
  let [events, effects] = [0, 0];
  await store.transaction(scope, async (unit) => {
    for (const referralId of await unit.events.referralIds()) {
      const history = await unit.events.read(referralId);
      events += history.length;
      for (const { data } of history) {
        const { factKey } = data as { factKey?: string };
        if (factKey !== undefined) kept.set(factKey, (kept.get(factKey) ?? 0) + 1);
      }
      const open = (await unit.obligations.openOf(referralId)).filter(({ owner }) => owner !== null);
      if (open.length === 0) violations.push(`${referralId} is open, and nobody owes anything`);
      const sent = history.filter(({ type }) => type === 'attempt-sent').length;
      if (sent !== 1) violations.push(`${referralId} was sent ${sent} times`);
    }
    for (const id of await unit.outbox.ids()) {
      const effect = await unit.outbox.get(id);
      effects += 1;
      if (effect && effect.dueAt !== null) violations.push(`an effect (${effect.kind}) is still ${effect.standing.status}`);
    }
  });
  for (const { key, told } of lanes.flatMap(({ presses }) => presses)) {
    const times = kept.get(`by-hand/${key}`) ?? 0;
    if (told && times !== 1) violations.push(`${key} was acknowledged and is there ${times} times`);
    if (!told && times > 1) violations.push(`${key} is there ${times} times`);
  }
  for (const referralId of await differingReferrals(store, scope)) violations.push(`${referralId} is not what its events say`);
  const audit = await verifyAudit(store.auditTrail, new Date());
  if (audit.status !== 'whole') violations.push(`the audit is ${audit.status}`);
  return { events, effects, violations };
}

/** Until nothing of the outbox is due and every entry of the audit is numbered, or the time is over. */
async function settled(store: Store, scope: Scope): Promise<void> {
  for (const until = Date.now() + SETTLES_WITHIN_MS; Date.now() < until; ) {
    await pause(500);
    const due = await store.transaction(scope, async (unit) => {
      const all = await Promise.all((await unit.outbox.ids()).map((id) => unit.outbox.get(id)));
      return all.some((effect) => effect !== undefined && effect.dueAt !== null);
    });
    if (!due && (await verifyAudit(store.auditTrail, new Date())).status === 'whole') return;
  }
}

/** @param told after each kill */
export async function runKills(seed: number, runs: number, told: (done: number) => void): Promise<KillRun> {
  const postgres = await openOwnPostgres();
  const ehrPort = await freePort();
  const scope = scopeOf(sandboxSite(ehrPort));
  const started = processes(postgres.url);
  const draws = drawsOf(`kill ${seed}`);
  const start = async (): Promise<Started> => {
    const server = await started.start({ REFLOOP_EHR_PORT: String(ehrPort) });
    await untilReady(server);
    return server;
  };
  try {
    let server = await start();
    const store = await openPostgresStore({
      url: postgres.url,
      keyRing: createKeyRing([DEVELOPMENT_KEY]),
      newId: monotonicFactory(),
      poolSize: 2,
    });
    try {
      const token = await prepare(store, scope);
      const lanes = Array.from({ length: LANES }, (_, at) => createLane(`referral-${at}`, token, String(seed)));
      for (let run = 1; run <= runs; run += 1) {
        let lives = true;
        const work = lanes.map((lane) => lane.work(server.url, () => lives));
        await pause(draws.integer(50, LONGEST_LIFE_MS));
        server.child.kill('SIGKILL');
        lives = false;
        await Promise.all([server.ended, ...work]);
        server = await start();
        told(run);
      }
      // What was cut off last is pressed again.
      let lives = true;
      const work = lanes.map((lane) => lane.work(server.url, () => lives));
      await pause(LONGEST_LIFE_MS);
      lives = false;
      await Promise.all(work);
      await settled(store, scope);
      const presses = lanes.flatMap((lane) => lane.presses);
      return {
        kills: runs,
        pressed: presses.length,
        acknowledged: presses.filter((press) => press.told).length,
        doubtful: presses.filter(({ tries }) => tries > 1).length,
        ...(await judge(store, scope, lanes)),
      };
    } finally {
      await store.close();
    }
  } finally {
    await started.endAll();
    await postgres.close();
  }
}
