import type { HistoryLoad, HistoryLoadStore } from '../history-loads.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  seed: string;
  until: Date;
  referrals: number;
  staffing: unknown;
  loaded: number;
  events: string;
  started_at: Date;
  finished_at: Date | null;
};

async function get(unit: UnitContext): Promise<HistoryLoad | undefined> {
  const { rows } = await unit.client.query<Row>(
    'select seed, until, referrals, staffing, loaded, events, started_at, finished_at from history_load where tenant = $1 and issuer = $2',
    key(unit),
  );
  const [row] = rows;
  return (
    row && {
      seed: row.seed,
      until: instant(row.until),
      referrals: row.referrals,
      staffing: row.staffing,
      loaded: row.loaded,
      events: Number(row.events),
      startedAt: instant(row.started_at),
      finishedAt: row.finished_at && instant(row.finished_at),
    }
  );
}

export const postgresHistoryLoads = (unit: UnitContext): HistoryLoadStore => ({
  get: () => get(unit),
  begin: async ({ seed, until, referrals, staffing, startedAt }) => {
    await unit.client.query(
      `insert into history_load (tenant, issuer, site, seed, until, referrals, staffing, loaded, events, started_at)
       values ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8) on conflict do nothing`,
      [...key(unit), unit.scope.site, seed, until, referrals, JSON.stringify(staffing ?? null), startedAt],
    );
    const kept = await get(unit);
    if (!kept) throw new Error('A history load that was just begun is not there.');
    return kept;
  },
  advance: async ({ from, to, events, finishedAt }) => {
    const moved = await unit.client.query(
      `update history_load set loaded = $4, events = events + $5, finished_at = $6
       where tenant = $1 and issuer = $2 and loaded = $3 and finished_at is null`,
      [...key(unit), from, to, events, finishedAt],
    );
    return moved.rowCount === 1;
  },
});
