/** Reading the reports, and asking for one now. */
import { SOURCE_OF_TRUTH } from '@refloop/domain/referral/source-of-truth';
import type { ReconciliationAnswer } from '../client/reconciliation.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import { type Site, scopeOf } from '../sites.ts';
import type { Store, Unit } from '../store/store.ts';
import { cursorAfter } from './reconciliation-report.ts';

export type ReconciliationReader = {
  read: (session: Session) => Promise<ReconciliationAnswer>;
  /** The worker begins within a minute; where one is under way, or Refloop has no access of its own, nothing is added. */
  ask: (session: Session, now: Date) => Promise<ReconciliationAnswer>;
};

const MOST_REPORTS = 30;

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
