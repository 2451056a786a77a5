/** Reading the reports, taking one as a file, and asking for one now. */
import { toCsv } from '@refloop/analytics/export-metrics';
import { SOURCE_OF_TRUTH } from '@refloop/domain/referral/source-of-truth';
import type { ReconciliationAnswer } from '../client/reconciliation.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import { type Site, scopeOf } from '../sites.ts';
import type { Store, Unit } from '../store/store.ts';
import { cursorAfter } from './reconciliation-report.ts';

export type ReconciliationReader = {
  read: (session: Session) => Promise<ReconciliationAnswer>;
  /** One report as CSV: a difference a line, by referral and no patient. Who took it is put on record. */
  file: (session: Session, id: string, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
  /** The worker begins within a minute; where one is under way, or Refloop has no access of its own, nothing is added. */
  ask: (session: Session, now: Date) => Promise<ReconciliationAnswer>;
};

const MOST_REPORTS = 30;

const COLUMNS = ['report', 'started_at', 'standing', 'referral', 'field', 'refloop', 'ehr', 'whose_truth_holds', 'why'].map((name) => ({
  name,
  type: 'varchar' as const,
}));

export function createReconciliationReader({
  store,
  sites,
  newId,
}: {
  store: Store;
  sites: readonly Site[];
  newId: () => string;
}): ReconciliationReader {
  const isPossible = ({ scope }: Session): boolean =>
    sites.some((site) => site.system !== undefined && scopeOf(site).tenant === scope.tenant && scopeOf(site).issuer === scope.issuer);

  const answer = async (unit: Unit, session: Session): Promise<ReconciliationAnswer> => ({
    possible: isPossible(session),
    reports: (await unit.reconciliationReports.list(MOST_REPORTS)).map(
      ({ id, startedAt, finishedAt, standing, looked, unread, differences, more }) => ({
        id,
        startedAt,
        finishedAt,
        standing,
        looked,
        unread,
        differences,
        more,
      }),
    ),
    truths: Object.entries(SOURCE_OF_TRUTH).map(([field, { element, master, why }]) => ({ field, element, truth: master, why })),
  });

  return {
    read: (session) => store.transaction(session.scope, (unit) => answer(unit, session)),
    file: (session, id, now) =>
      store.transaction(session.scope, async (unit) => {
        const report = (await unit.reconciliationReports.list(MOST_REPORTS)).find((each) => each.id === id);
        if (!report) return problem('not-found', 'There is no such report here any more. Reload the page.');
        const { startedAt, standing, differences, more } = report;
        const rows = differences.map(({ referralId, field, ours, theirs, truth }) => [
          id,
          startedAt,
          standing,
          referralId,
          field,
          ours,
          theirs,
          truth,
          SOURCE_OF_TRUTH[field].why,
        ]);
        const payload = { id, rows: rows.length, more };
        const at = now.toISOString();
        await unit.audit.append({ at, actor: actorOf(session), action: 'reconciliation.exported', purpose: 'HOPERAT', payload });
        return new TextEncoder().encode(toCsv({ columns: COLUMNS, rows }));
      }),
    ask: (session, now) =>
      store.transaction(session.scope, async (unit) => {
        if (!isPossible(session)) return answer(unit, session);
        const at = now.toISOString();
        const [last] = await unit.reconciliationReports.list(1);
        const id = newId();
        const begun = await unit.reconciliationReports.begin({ id, startedAt: at, askedBy: session.subject, cursor: cursorAfter(last) });
        if (begun)
          await unit.audit.append({ at, actor: actorOf(session), action: 'reconciliation.asked', purpose: 'HOPERAT', payload: { id } });
        return answer(unit, session);
      }),
  };
}
