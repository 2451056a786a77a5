/** The store as it stood a moment ago, for a search index that lags behind what was written. */
import type { PoolClient } from 'pg';
import type { Stored } from './repository.ts';
import { clearIndex, joinProvenances, prepare, writeIndex } from './rows.ts';

type Changed = { key: string; version: number | null; last_updated: Date | null; content: string | null };

/** Puts back what each resource that changed since was then: another content under other index rows, or nothing. */
async function putBack(client: PoolClient, moment: Date): Promise<void> {
  const { rows } = await client.query<Changed>(
    `select r.key, v.version, v.last_updated, v.content from ehr.resource r
     left join lateral (
       select version, last_updated, content from ehr.version where key = r.key and last_updated <= $1 order by version desc limit 1
     ) v on true
     where r.last_updated > $1 order by r.key for no key update of r`,
    [moment],
  );
  const absent = rows.filter(({ content }) => content === null).map(({ key }) => key);
  await client.query('update ehr.resource set deleted = true where key = any($1::bigint[])', [absent]);
  const present = rows.flatMap(({ key, version, last_updated: lastUpdated, content }) =>
    content === null ? [] : [{ key, version, lastUpdated, prepared: prepare(JSON.parse(content) as Stored) }],
  );
  for (const { key, version, lastUpdated, prepared } of present) {
    await client.query(
      'update ehr.resource set deleted = false, version = $2, last_updated = $3, content = $4, targets = $5 where key = $1',
      [key, version, lastUpdated, prepared.content, prepared.targets],
    );
  }
  const keys = present.map(({ key }) => key);
  await clearIndex(client, keys, 'forget');
  await writeIndex(
    client,
    present.map(({ prepared }) => prepared),
    keys,
  );
  await joinProvenances(client, keys);
}

/**
 * Looks through the store as it stood at a moment: what changed since is put back, looked through, and rolled back. It happens inside the
 * client's open transaction; what another transaction commits during it may be seen too early.
 */
export async function asItStood<Result>(client: PoolClient, moment: Date, look: () => Promise<Result>): Promise<Result> {
  await client.query('savepoint earlier');
  try {
    await putBack(client, moment);
    return await look();
  } finally {
    await client.query('rollback to savepoint earlier');
  }
}
