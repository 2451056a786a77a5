import type { ReconciliationReport, ReconciliationReportStore, ReportedDifference, ReportStanding } from '../reconciliation-reports.ts';
import { key, type UnitContext } from './context.ts';
import { instant } from './database.ts';

type Row = {
  id: string;
  started_at: Date;
  finished_at: Date | null;
  standing: ReportStanding;
  asked_by: string;
  plan_cursor: string;
  looked: number;
  unread: number;
  differences: ReportedDifference[];
  more: number;
};

const COLUMNS = 'id, started_at, finished_at, standing, asked_by, plan_cursor, looked, unread, differences, more';

const reportOf = (row: Row): ReconciliationReport => ({
  id: row.id,
  startedAt: instant(row.started_at),
  finishedAt: row.finished_at && instant(row.finished_at),
  standing: row.standing,
  askedBy: row.asked_by,
  cursor: row.plan_cursor,
  looked: row.looked,
  unread: row.unread,
  differences: row.differences,
  more: row.more,
});

export const postgresReconciliationReports = (unit: UnitContext): ReconciliationReportStore => {
  return {
    begin: async ({ id, startedAt, askedBy, cursor }) => {
      const begun = await unit.client.query(
        `insert into reconciliation_report (tenant, issuer, site, id, started_at, standing, asked_by, plan_cursor)
         values ($1, $2, $3, $4, $5, 'under-way', $6, $7) on conflict (tenant, issuer) where finished_at is null do nothing`,
        [...key(unit), unit.scope.site, id, startedAt, askedBy, cursor],
      );
      return begun.rowCount === 1;
    },
    underWay: async () => {
      const found = await unit.client.query<Row>(
        `select ${COLUMNS} from reconciliation_report where tenant = $1 and issuer = $2 and finished_at is null`,
        key(unit),
      );
      return found.rows[0] && reportOf(found.rows[0]);
    },
    take: async (id, holder, now, until) => {
      const taken = await unit.client.query(
        `update reconciliation_report set held_by = $4, held_until = $6
         where tenant = $1 and issuer = $2 and id = $3 and finished_at is null and (held_by is null or held_by = $4 or held_until <= $5)`,
        [...key(unit), id, holder, now, until],
      );
      return taken.rowCount === 1;
    },
    advance: async (id, holder, until, { cursor, looked, unread, differences, more }) => {
      const done = await unit.client.query(
        `update reconciliation_report set held_until = $5, plan_cursor = $6, looked = $7, unread = $8, differences = $9, more = $10
         where tenant = $1 and issuer = $2 and id = $3 and finished_at is null and held_by = $4`,
        [...key(unit), id, holder, until, cursor, looked, unread, JSON.stringify(differences), more],
      );
      return done.rowCount === 1;
    },
    finish: async (id, holder, at, standing) => {
      const done = await unit.client.query(
        `update reconciliation_report set finished_at = $5, standing = $6, held_by = null, held_until = null
         where tenant = $1 and issuer = $2 and id = $3 and finished_at is null and held_by = $4`,
        [...key(unit), id, holder, at, standing],
      );
      return done.rowCount === 1;
    },
    list: async (limit) => {
      const found = await unit.client.query<Row>(
        `select ${COLUMNS} from reconciliation_report where tenant = $1 and issuer = $2 order by started_at desc, id collate "C" desc limit $3`,
        [...key(unit), limit],
      );
      return found.rows.map(reportOf);
    },
  };
};
