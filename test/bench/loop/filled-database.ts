/**
 * Fills a database with referrals that are over, beside a fixed number that are not: rows as the product writes them, sealed under a key
 * each, copied in as the owner. Beyond a hundred thousand they are copies of the first under other ids, made by PostgreSQL: they fill tables and
 * indexes as any, and cannot be opened, since what is sealed says where it belongs. What is open, and what of it is due, is told, so that each
 * answer can be judged without asking the database.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { due } from '@refloop/domain/sla/due';
import { defaultPolicy } from '@refloop/domain/sla/policy';
import { taskKey } from '@refloop/domain/write-back/identifiers';
import { TASK_STANDING, type TaskStandingContent } from '@refloop/server/channels/task-standing';
import { createKeyRing } from '@refloop/server/crypto/key-ring';
import { createPatientIndex } from '@refloop/server/crypto/patient-index';
import { sealJson } from '@refloop/server/crypto/seal';
import { DEVELOPMENT_KEY } from '@refloop/server/environment/keys';
import { contentOf } from '@refloop/server/services/engine/obligation-content';
import { clinicCalendar } from '@refloop/server/services/engine/policy-in-force';
import { newEvent, projectionOf } from '@refloop/server/services/referral-log';
import { effectId } from '@refloop/server/store/outbox';
import { lineOf } from '@refloop/server/store/postgres/bulk-load';
import { referralOwner } from '@refloop/server/store/postgres/context';
import { openPool } from '@refloop/server/store/postgres/database';
import { EVENT_COLUMNS, eventRow } from '@refloop/server/store/postgres/events';
import { holdKeys } from '@refloop/server/store/postgres/held-keys';
import { readIndexRoot } from '@refloop/server/store/postgres/index-root';
import { OBLIGATION_COLUMNS, obligationRow } from '@refloop/server/store/postgres/obligations';
import { TIMER_COLUMNS } from '@refloop/server/store/postgres/referral-timers';
import { REFERRAL_COLUMNS, referralRow } from '@refloop/server/store/postgres/referrals';
import { dataKeyPlace } from '@refloop/server/store/postgres/vault';
import type { Scope } from '@refloop/server/store/store';
import pg from 'pg';
import { from } from 'pg-copy-streams';
import { closedReferral, type MadeReferral, openReferral } from './made-referral.ts';

const COLUMNS = {
  data_key: 'tenant, issuer, owner, site, kid, wrapped',
  referral_event: EVENT_COLUMNS,
  referral: REFERRAL_COLUMNS,
  obligation: `${OBLIGATION_COLUMNS}, settled_at`,
  referral_timer: TIMER_COLUMNS,
  outbox:
    'tenant, issuer, site, id, referral_id, kind, key, lane, place, asked_at, due_at, tries, status, since, content_sealed, outcome_sealed',
  plan: 'tenant, issuer, id, site, referral_id, recommendation_id, patient_index, subject, made_at, finished, revision, look_due_at, looks, content_sealed',
  inbound_document: 'tenant, issuer, site, id, source, sha256, received_at, status, settled_at, referral_id, content_sealed, file_sealed',
} as const;
type Table = keyof typeof COLUMNS;
const TABLES = Object.keys(COLUMNS) as Table[];

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Of the open ones, those of which something is due now; as many again are due later. */
export const DUE = { timers: 200, effects: 300, plans: 60, documents: 30 };
/** One in so many referrals that are over had a note that came by a gateway. */
const WITH_DOCUMENT = 50;

/** What is not over, as it was put in. */
export type OpenWork = {
  timers: { referralId: string; at: string }[];
  effects: { id: string; at: string }[];
  looks: { planId: string; at: string }[];
  documents: { id: string; at: string }[];
  obligations: { id: string; owner: string; dueAt: string }[];
};

export type FilledDatabase = {
  open: OpenWork;
  /** Adds referrals that are over until there are so many of them. */
  growTo: (closed: number, progress: (closed: number) => void) => Promise<void>;
  close: () => Promise<void>;
};

type Batch = Record<Table, unknown[][]>;
const emptyBatch = (): Batch => Object.fromEntries(TABLES.map((table): [Table, unknown[][]] => [table, []])) as Batch;

const AT_ONCE = 2000;
const SETTLING_TRIES = 50;
/** So many are made one by one. */
const MADE = 100_000;

/** What is other in a copy of a row; every other column is the same. */
const RENAMED: Record<Exclude<Table, 'referral_timer'>, readonly string[]> = {
  data_key: ['owner'],
  referral_event: ['referral_id'],
  referral: ['referral_id'],
  obligation: ['id', 'referral_id'],
  outbox: ['id', 'referral_id', 'key', 'lane'],
  plan: ['id', 'referral_id', 'recommendation_id'],
  inbound_document: ['id', 'referral_id'],
};
const OF_CLOSED: Record<keyof typeof RENAMED, string> = {
  data_key: `owner like 'referral/made-0%' or owner like 'inbound/document-%'`,
  referral_event: `referral_id like 'made-0%'`,
  referral: `referral_id like 'made-0%'`,
  obligation: `referral_id like 'made-0%'`,
  outbox: `referral_id like 'made-0%'`,
  plan: `referral_id like 'made-0%'`,
  inbound_document: `id like 'document-%'`,
};

/** @param count of referrals that are not over, at every size of the database */
export async function openFilledDatabase(url: string, scope: Scope, now: Date, count: number): Promise<FilledDatabase> {
  const ring = createKeyRing([DEVELOPMENT_KEY]);
  const reading = openPool(url, 'refloop_app', 1);
  const index = createPatientIndex(await readIndexRoot(reading, holdKeys(ring)));
  await reading.end();
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  // Nobody is told of a row before it is safe: it is made again where this breaks off.
  await owner.query('set synchronous_commit = off');
  const policy = defaultPolicy(clinicCalendar('America/Chicago'));
  const at = now.toISOString();
  const since = (milliseconds: number): string => new Date(now.getTime() - milliseconds).toISOString();
  const place = [scope.tenant, scope.issuer] as const;

  function keyFor(batch: Batch, name: string): Uint8Array {
    const { key, stored } = ring.newDataKey(dataKeyPlace(scope, name));
    batch.data_key.push([...place, name, scope.site, stored.kid, stored.wrapped]);
    return key;
  }

  /** Everything of one referral that every referral has, however far it went. */
  async function base(batch: Batch, { referral, events, planId }: MadeReferral, lookDueAt: string | null) {
    const key = keyFor(batch, referralOwner(referral.id));
    const seal = (table: string, id: string, column: string, value: unknown): Buffer =>
      sealJson(key, value, { table, id, column, tenant: scope.tenant, issuer: scope.issuer });
    const nothing = () => Promise.reject(new Error('Nothing is read while rows are made.'));
    const vault = {
      seal: async (_owner: string, where: { table: string; id: string; column: string }, value: unknown) =>
        seal(where.table, where.id, where.column, value),
      open: nothing,
      readAhead: nothing,
    };
    const unit = { scope, index, vault };
    const last = events.at(-1)?.recordedAt ?? at;
    batch.referral.push(await referralRow(unit, projectionOf(referral, last)));
    for (const event of events)
      batch.referral_event.push(await eventRow(unit, referral.id, event.sequence, newEvent(event, event.actor, event.recordedAt), null));
    const content = { patientId: referral.patientId, content: { rung: 1, steps: [], leftOut: [] } };
    batch.plan.push([
      ...place,
      planId,
      scope.site,
      referral.id,
      `rec-${referral.id}`,
      index.patient(scope, referral.patientId),
      's',
      referral.startedAt,
      't',
      1,
      lookDueAt,
      lookDueAt === null ? 1 : 0,
      seal('plan', planId, 'content', content),
    ]);
    return { unit, seal };
  }

  type Effect = { number: number; askedAt: string; dueAt: string | null; status: 'waiting' | 'done' | 'unknown' };

  function effect(batch: Batch, referralId: string, patientId: string, seal: Awaited<ReturnType<typeof base>>['seal'], given: Effect) {
    const task = taskKey(referralId, 1);
    const key = `${task}/${given.number}`;
    const id = effectId(scope, TASK_STANDING, key);
    const content: TaskStandingContent = {
      attempt: 1,
      patientId,
      key: task,
      task: null,
      work: 'sent',
      why: null,
      at: given.askedAt,
      approvedAt: given.askedAt,
      draft: null,
      transmissionId: null,
    };
    const over = given.status !== 'waiting';
    batch.outbox.push([
      ...place,
      scope.site,
      id,
      referralId,
      TASK_STANDING,
      key,
      `task/${task}`,
      given.number,
      given.askedAt,
      given.dueAt,
      over ? 1 : 0,
      given.status,
      given.askedAt,
      seal('outbox', id, 'content', content),
      over ? seal('outbox', id, 'outcome', { words: `Task/${referralId}/_history/2` }) : null,
    ]);
    return id;
  }

  type Arrived = { id: string; receivedAt: string; standing: { status: string; settledAt: string | null; referralId: string | null } };

  function inbound(batch: Batch, { id, receivedAt, standing: { status, settledAt, referralId } }: Arrived): void {
    const key = keyFor(batch, `inbound/${id}`);
    const seal = (column: string, value: unknown): Buffer =>
      sealJson(key, value, { table: 'inbound_document', id, column, tenant: scope.tenant, issuer: scope.issuer });
    const content = seal('content', { reading: null, type: 'application/pdf', link: null, why: null, note: '' });
    const file = status === 'placed' ? null : seal('file', { base64: 'JVBERi0=' });
    batch.inbound_document.push([...place, scope.site, id, 'gateway', id, receivedAt, status, settledAt, referralId, content, file]);
  }

  async function addClosed(batch: Batch, number: number): Promise<void> {
    const made = closedReferral(number, now.getTime() - 730 * DAY_MS + ((number * 7919) % 640_000) * 1000 * 86);
    const { referral, events } = made;
    const { unit, seal } = await base(batch, made, null);
    const last = events.at(-1)?.recordedAt ?? at;
    for (const [step, kind] of ['send', 'answer'].entries()) {
      const id = `${referral.id}/${kind}/attempt-1/${step}`;
      const row = await obligationRow(unit, {
        id,
        referralId: referral.id,
        kind,
        raisedAt: referral.startedAt,
        dueAt: last,
        owner: 'kim',
        raisedBy: 's',
        content: { detail: 'It was done.' },
      });
      batch.obligation.push([...row.map((value) => (value === 'open' ? 'done' : value)), last]);
    }
    effect(batch, referral.id, referral.patientId, seal, { number: 6, askedAt: last, dueAt: null, status: 'done' });
    if (number % WITH_DOCUMENT === 0)
      inbound(batch, {
        id: `document-${number}`,
        receivedAt: last,
        standing: { status: 'placed', settledAt: last, referralId: referral.id },
      });
  }

  const open: OpenWork = { timers: [], effects: [], looks: [], documents: [], obligations: [] };

  /** Due when it is one of the first so many, later when it is one of as many again; else not to be looked at by itself. */
  const dueOf = (place: number, of: number): string | null => {
    if (place >= 2 * of) return null;
    return place < of ? since((place + 1) * MINUTE_MS) : since(-(place + 1) * MINUTE_MS);
  };

  async function addOpen(batch: Batch, number: number): Promise<void> {
    // Their numbers come after all others.
    const made = openReferral(90_000_000 + number, now.getTime() - DAY_MS - ((number * 7919) % count) * 15 * MINUTE_MS);
    const { referral, events, planId } = made;
    const lookAt = dueOf(number, DUE.plans);
    const { unit, seal } = await base(batch, made, lookAt);
    if (lookAt !== null) open.looks.push({ planId, at: lookAt });
    const timer = dueOf(number, DUE.timers) ?? since(-5 * DAY_MS - number * MINUTE_MS);
    batch.referral_timer.push([...place, scope.site, referral.id, timer]);
    open.timers.push({ referralId: referral.id, at: timer });
    const effectAt = dueOf(number, DUE.effects);
    effect(batch, referral.id, referral.patientId, seal, { number: 5, askedAt: referral.startedAt, dueAt: null, status: 'done' });
    const id = effect(batch, referral.id, referral.patientId, seal, {
      number: 6,
      askedAt: referral.startedAt,
      dueAt: effectAt,
      status: effectAt === null ? 'unknown' : 'waiting',
    });
    if (effectAt !== null) open.effects.push({ id, at: effectAt });
    for (const owed of due(referral, policy, at)) {
      const owner = ['kim', 'lou', 'max', 'noa'][number % 4] ?? 'kim';
      const about = { id: `${referral.id}/${owed.kind}`, dueAt: owed.dueAt };
      const lastEvent = { type: events.at(-1)?.fact.type ?? '', at };
      const content = contentOf(referral, owed, { patientName: 'Rosa Example', requesterName: 'Dr. Example', lastEvent });
      const row = await obligationRow(unit, {
        ...about,
        referralId: referral.id,
        kind: owed.kind,
        raisedAt: owed.since ?? at,
        owner,
        raisedBy: 's',
        content,
      });
      batch.obligation.push([...row, null]);
      open.obligations.push({ ...about, owner });
    }
    if (number < DUE.documents) {
      const document = { id: `waiting-${number}`, at: since((number + 1) * MINUTE_MS) };
      inbound(batch, { id: document.id, receivedAt: document.at, standing: { status: 'waiting', settledAt: null, referralId: null } });
      open.documents.push(document);
    }
  }

  async function write(batch: Batch): Promise<void> {
    await owner.query('begin');
    for (const table of TABLES) {
      if (batch[table].length === 0) continue;
      const target = owner.query(from(`copy ${table} (${COLUMNS[table]}) from stdin`));
      await pipeline(Readable.from(batch[table].map(lineOf)), target);
    }
    await owner.query('commit');
  }

  const first = emptyBatch();
  for (let number = 0; number < count; number += 1) await addOpen(first, number);
  await write(first);

  /** All that were made, once more under ids of their own. */
  async function copyMade(times: number): Promise<void> {
    for (const table of Object.keys(RENAMED) as (keyof typeof RENAMED)[]) {
      const columns = COLUMNS[table].split(',').map((column) => column.trim());
      const values = columns.map((column) => {
        if (!RENAMED[table].includes(column)) return column;
        if (table === 'outbox' && column === 'id') return 'gen_random_uuid()';
        return `replace(replace(${column}, 'made-', 'copy${times}-made-'), 'document-', 'document-copy${times}-')`;
      });
      await owner.query(
        `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from ${table} where tenant = $1 and (${OF_CLOSED[table]})`,
        [scope.tenant],
      );
    }
  }

  /**
   * As autovacuum does after so many rows; the visibility map and the statistics are then what a database at rest has. Where few pages have
   * something to be taken out of their indexes (of a claim that was rolled back), PostgreSQL leaves that for later and those pages unseen,
   * unless it is told otherwise (PostgreSQL 18, VACUUM, INDEX_CLEANUP). What else looks at this database at that moment (a worker of
   * autovacuum, of another table) keeps the latest rows from being seen by all (Routine Vacuuming): then once more.
   */
  async function settle(): Promise<void> {
    let unseen: string[] = [];
    for (let tries = 0; tries < SETTLING_TRIES; tries += 1) {
      await owner.query('vacuum (analyze, index_cleanup on)');
      const found = await owner.query<{ words: string }>(
        `select relname || ' ' || relallvisible || ' of ' || relpages as words from pg_class
         where relname = any($1) and relkind = $2 and relallvisible < relpages`,
        [TABLES, 'r'],
      );
      unseen = found.rows.map(({ words }) => words);
      if (unseen.length === 0) return;
      await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error(`The tables do not come to rest. Pages that all see: ${unseen.join(', ')}.`);
  }

  let there = 0;
  return {
    open,
    growTo: async (closed, progress) => {
      while (there < Math.min(closed, MADE)) {
        const batch = emptyBatch();
        const until = Math.min(closed, MADE, there + AT_ONCE);
        for (let number = there; number < until; number += 1) await addClosed(batch, number);
        await write(batch);
        there = until;
        progress(there);
      }
      for (let times = Math.round(there / MADE); there < closed; times += 1) {
        await copyMade(times);
        there += MADE;
        progress(there);
      }
      await settle();
      await owner.query('checkpoint');
      // What this connection has read is told now, and not amid what another reads afterwards (PostgreSQL, Monitoring Statistics).
      await owner.query('select pg_stat_force_next_flush()');
    },
    close: () => owner.end(),
  };
}
