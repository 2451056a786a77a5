/** The loop-closure log as a file: which referrals closed, and on which days, for leads, with a purpose, on record (R96, R156). */
import { toCsv } from '@refloop/analytics/export-metrics';
import type { Warehouse } from '@refloop/analytics/warehouse';
import { specialtyById } from '@refloop/domain/clinical/specialty';
import type { LoopClosureQuestion } from '../client/insights.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { Store } from '../store/store.ts';
import { counted } from './insights.ts';

export type LoopClosureService = {
  file: (session: Session, question: LoopClosureQuestion, now: Date) => Promise<Uint8Array<ArrayBuffer> | Refusal>;
};

const COLUMNS = [
  'referral',
  'specialty',
  'urgency',
  'site',
  'ordered_on',
  'received_on',
  'seen_on',
  'note_returned_on',
  'closed_on',
  'as_of',
  'snapshot',
].map((name) => ({ name, type: 'varchar' as const }));

export function createLoopClosureService({ store, warehouse }: { store: Store; warehouse: Warehouse }): LoopClosureService {
  return {
    file: async (session, { filter, purpose }, now) => {
      const { tenant, issuer } = session.scope;
      const log = await counted(() => warehouse.loopClosure({ scope: { tenant, issuer }, filter }));
      if ('refused' in log) return log;
      if (log.more > 0) {
        return problem('unprocessable', 'More loops closed than one file holds. Ask for fewer months at once.', [
          { field: 'filter', message: `${log.more} more than ${log.loops.length}`, fix: 'Give from and to, such as 2026-10.' },
        ]);
      }
      return store.transaction(session.scope, async (unit) => {
        const pairs = await unit.warehousePseudonyms.find(log.loops.map(({ referral }) => referral));
        const known = new Map(pairs.map(({ pseudonym, referralId }) => [pseudonym, referralId]));
        const rows = log.loops.flatMap((loop) => {
          const referralId = known.get(loop.referral);
          if (referralId === undefined) return [];
          const specialty = specialtyById(loop.specialty ?? '')?.name ?? loop.specialty;
          const { urgency, site, orderedOn, receivedOn, seenOn, noteOn, closedOn } = loop;
          return [[referralId, specialty, urgency, site, orderedOn, receivedOn, seenOn, noteOn, closedOn, log.asOf, log.snapshot]];
        });
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'insights.loop-closure-exported',
          purpose: 'HOPERAT',
          payload: { filter, purpose, snapshot: log.snapshot, referrals: rows.length },
        });
        return new TextEncoder().encode(toCsv({ columns: COLUMNS, rows }));
      });
    },
  };
}
