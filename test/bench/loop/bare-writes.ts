/** What PostgreSQL needs for the same events and projections alone: the same bytes in the same transactions, nothing read, decided or sealed. */
import pg from 'pg';
import { LANES } from './whole-loops.ts';

type EventRow = Record<string, unknown> & { referral_id: string; written: string };

/** @returns events a second, after they were written into empty tables of the same form */
export async function bareWrites(url: string, tenant: string): Promise<{ events: number; perSecond: number }> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  try {
    await owner.query('drop table if exists bare_event, bare_referral');
    await owner.query('create table bare_event (like referral_event including all)');
    await owner.query('create table bare_referral (like referral including all)');
    const events = await owner.query<EventRow>(
      'select *, xmin::text as written from referral_event where tenant = $1 order by recorded_at, sequence',
      [tenant],
    );
    const rows = await owner.query<{ referral_id: string }>('select * from referral where tenant = $1', [tenant]);
    const columns = events.fields.map(({ name }) => name).filter((name) => name !== 'written');
    const projected = rows.fields.map(({ name }) => name);
    const byId = new Map(rows.rows.map((row) => [row.referral_id, row as Record<string, unknown>]));
    const insert = `insert into bare_event (${columns.join(', ')}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')})`;
    const put = `insert into bare_referral (${projected.join(', ')}) values (${projected.map((_, at) => `$${at + 1}`).join(', ')})
      on conflict (tenant, issuer, referral_id) do update set sequence = excluded.sequence, status = excluded.status,
        updated_at = excluded.updated_at, state_sealed = excluded.state_sealed, fold_version = excluded.fold_version`;
    const transactions = [...Map.groupBy(events.rows, ({ written }) => written).values()];
    let next = 0;
    const clients = await Promise.all(
      Array.from({ length: LANES }, async () => {
        const client = new pg.Client({ connectionString: url, pipeline: true });
        await client.connect();
        return client;
      }),
    );
    const started = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        for (let one = transactions[next++]; one !== undefined; one = transactions[next++]) {
          const referral = byId.get(one[0]?.referral_id ?? '') ?? {};
          await Promise.all([
            client.query('begin'),
            ...one.map((event) => client.query({ name: 'insert', text: insert, values: columns.map((name) => event[name]) })),
            client.query({ name: 'put', text: put, values: projected.map((name) => referral[name]) }),
            client.query('commit'),
          ]);
        }
      }),
    );
    const seconds = (performance.now() - started) / 1000;
    await Promise.all(clients.map((client) => client.end()));
    return { events: events.rows.length, perSecond: events.rows.length / seconds };
  } finally {
    await owner.query('drop table if exists bare_event, bare_referral');
    await owner.end();
  }
}
