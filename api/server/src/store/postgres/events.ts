import type { AppendAnswer, EventStore, HistoryMark, NewEvent, StoredEvent, StoredHistory } from '../events.ts';
import { key, referralOwner, type UnitContext } from './context.ts';
import { instant } from './database.ts';
import { DataKeyDestroyed } from './vault.ts';

type Row = {
  sequence: number;
  type: string;
  version: number;
  effective_at: Date | null;
  recorded_at: Date;
  actor: unknown;
  data_sealed: Buffer;
};

const at = (referralId: string, sequence: number) => ({ table: 'referral_event', id: `${referralId}/${sequence}`, column: 'data' });

/** Appends to one history, and takes of one fact, wait for each other; locks go in one order, so that none wait in a ring. */
async function lock(unit: UnitContext, names: string[]): Promise<void> {
  for (const name of [...names].sort()) {
    await unit.client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [JSON.stringify([...key(unit), name])]);
  }
}

async function lastSequence(unit: UnitContext, referralId: string): Promise<number> {
  const found = await unit.client.query<{ last: number }>(
    'select coalesce(max(sequence), 0)::int as last from referral_event where tenant = $1 and issuer = $2 and referral_id = $3',
    [...key(unit), referralId],
  );
  return found.rows[0]?.last ?? 0;
}

/** The events whose fact is not known yet; the same fact twice within the list counts once. */
async function unknownFacts(unit: UnitContext, events: NewEvent[]): Promise<{ event: NewEvent; fact: Buffer | null }[]> {
  const withFact = events.map((event) => ({
    event,
    fact: event.factKey === undefined ? null : unit.index.fact(unit.scope, event.factKey),
  }));
  const facts = withFact.flatMap(({ fact }) => fact ?? []);
  if (facts.length === 0) return withFact;
  const found = await unit.client.query<{ fact_index: Buffer }>(
    'select fact_index from referral_event where tenant = $1 and issuer = $2 and fact_index = any($3)',
    [...key(unit), facts],
  );
  const known = new Set(found.rows.map((row) => row.fact_index.toString('hex')));
  return withFact.filter(({ fact }) => {
    if (fact === null) return true;
    const name = fact.toString('hex');
    if (known.has(name)) return false;
    known.add(name);
    return true;
  });
}

export const EVENT_COLUMNS =
  'tenant, issuer, referral_id, sequence, site, type, version, effective_at, recorded_at, actor, data_sealed, fact_index';

/** One row of the table, its columns in the order of EVENT_COLUMNS. */
export async function eventRow(
  unit: Pick<UnitContext, 'scope' | 'vault'>,
  referralId: string,
  sequence: number,
  event: NewEvent,
  fact: Buffer | null,
): Promise<unknown[]> {
  const { scope, vault } = unit;
  return [
    scope.tenant,
    scope.issuer,
    referralId,
    sequence,
    scope.site,
    event.type,
    event.version,
    event.effectiveAt,
    event.recordedAt,
    JSON.stringify(event.actor),
    await vault.seal(referralOwner(referralId), at(referralId, sequence), { data: event.data, factKey: event.factKey }),
    fact,
  ];
}

async function append(unit: UnitContext, referralId: string, expected: number, events: NewEvent[]): Promise<AppendAnswer> {
  const facts = events.flatMap(({ factKey }) => (factKey === undefined ? [] : [`fact ${factKey}`]));
  await lock(unit, [`referral ${referralId}`, ...facts]);
  const sequence = await lastSequence(unit, referralId);
  const fresh = await unknownFacts(unit, events);
  if (fresh.length === 0) return { status: 'appended', sequence, appended: 0 };
  if (sequence !== expected) return { status: 'conflict', sequence };
  let next = sequence;
  for (const { event, fact } of fresh) {
    next += 1;
    await unit.client.query(
      `insert into referral_event (${EVENT_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      await eventRow(unit, referralId, next, event, fact),
    );
  }
  return { status: 'appended', sequence: next, appended: fresh.length };
}

async function opened(unit: UnitContext, referralId: string, row: Row): Promise<StoredEvent> {
  const opened = await unit.vault.open(referralOwner(referralId), at(referralId, row.sequence), row.data_sealed);
  const { data, factKey } = opened as { data: unknown; factKey?: string };
  return {
    referralId,
    sequence: row.sequence,
    type: row.type,
    version: row.version,
    effectiveAt: row.effective_at && instant(row.effective_at),
    recordedAt: instant(row.recorded_at),
    actor: row.actor,
    data,
    ...(factKey === undefined ? {} : { factKey }),
  };
}

/**
 * In the order of the primary key, so that each page is read from where the last one ended. What was sealed bears a nonce of its own:
 * the same events in number and the same last row mean the same history, also when a backup was restored and others were appended.
 */
async function marks(unit: UnitContext, after: string, limit: number): Promise<HistoryMark[]> {
  const found = await unit.client.query<{ referral_id: string; mark: string | null }>(
    `with page as (
       select referral_id from referral_event
       where tenant = $1 and issuer = $2 and referral_id > $3 and sequence = 1 order by referral_id limit $4
     )
     select page.referral_id,
       case when data_key.owner is not null
         then counted.last || ' ' || counted.events || ' ' || left(encode(sha256(event.data_sealed), 'hex'), 32) end as mark
     from page
     cross join lateral (
       select max(sequence) as last, count(*) as events from referral_event
       where tenant = $1 and issuer = $2 and referral_id = page.referral_id
     ) as counted
     inner join referral_event as event on event.tenant = $1 and event.issuer = $2
       and event.referral_id = page.referral_id and event.sequence = counted.last
     left join data_key on data_key.tenant = $1 and data_key.issuer = $2 and data_key.owner = 'referral/' || page.referral_id
     order by page.referral_id`,
    [...key(unit), after, limit],
  );
  return found.rows.map((row) => ({ referralId: row.referral_id, mark: row.mark }));
}

async function openedAll(unit: UnitContext, referralId: string, rows: readonly Row[]): Promise<StoredHistory[]> {
  try {
    const events: StoredEvent[] = [];
    for (const row of rows) events.push(await opened(unit, referralId, row));
    return events.length === 0 ? [] : [{ referralId, events }];
  } catch (error) {
    if (error instanceof DataKeyDestroyed) return [];
    throw error;
  }
}

async function histories(unit: UnitContext, referralIds: string[]): Promise<StoredHistory[]> {
  const [found] = await Promise.all([
    unit.client.query<Row & { referral_id: string }>(
      `select referral_id, sequence, type, version, effective_at, recorded_at, actor, data_sealed from referral_event
       where tenant = $1 and issuer = $2 and referral_id = any($3) order by referral_id, sequence`,
      [...key(unit), referralIds],
    ),
    unit.vault.readAhead(referralIds.map(referralOwner)),
  ]);
  const rows = Map.groupBy(found.rows, ({ referral_id }) => referral_id);
  const read: StoredHistory[] = [];
  for (const referralId of referralIds) read.push(...(await openedAll(unit, referralId, rows.get(referralId) ?? [])));
  return read;
}

async function read(unit: UnitContext, referralId: string): Promise<StoredEvent[]> {
  const found = await unit.client.query<Row>(
    `select sequence, type, version, effective_at, recorded_at, actor, data_sealed from referral_event
     where tenant = $1 and issuer = $2 and referral_id = $3 order by sequence`,
    [...key(unit), referralId],
  );
  const events: StoredEvent[] = [];
  for (const row of found.rows) events.push(await opened(unit, referralId, row));
  return events;
}

async function referralIds(unit: UnitContext): Promise<string[]> {
  const found = await unit.client.query<{ referral_id: string }>(
    'select distinct referral_id collate "C" as referral_id from referral_event where tenant = $1 and issuer = $2 order by 1',
    key(unit),
  );
  return found.rows.map((row) => row.referral_id);
}

export const postgresEvents = (unit: UnitContext): EventStore => ({
  append: (referralId, expected, events) => append(unit, referralId, expected, events),
  hold: (referralId) => lock(unit, [`referral ${referralId}`]),
  read: (referralId) => read(unit, referralId),
  referralIds: () => referralIds(unit),
  count: async () => {
    const found = await unit.client.query<{ count: number }>(
      'select count(*)::int as count from referral_event where tenant = $1 and issuer = $2 and sequence = 1',
      key(unit),
    );
    return found.rows[0]?.count ?? 0;
  },
  marks: ({ after, limit }) => marks(unit, after, limit),
  histories: (ids) => histories(unit, ids),
});
